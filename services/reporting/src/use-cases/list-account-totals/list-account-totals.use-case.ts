/** Shows what accounts hold in their own currencies. Called over RPC by services. Must never be behind a route. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { listAccountTotals } from '@tradewire/contracts/rpc/reporting'
import type { CodedError } from '@tradewire/kernel/errors'
import { ok, type Result } from '@tradewire/kernel/result'
import { Worths } from '../../ports/worths.port.ts'

@Injectable()
export class ListAccountTotals {
  constructor(private readonly worths: Worths) {}

  async execute({
    accountIds,
  }: RequestOf<typeof listAccountTotals>): Promise<Result<ReplyOf<typeof listAccountTotals>, CodedError>> {
    return ok({ items: await this.worths.totals(accountIds) })
  }
}
