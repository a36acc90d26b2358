/** Lists trades. Called over RPC. Must never show another user's trade. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { listTrades } from '@tradewire/contracts/rpc/reporting'
import { pageById } from '@tradewire/database/page'
import type { CodedError } from '@tradewire/kernel/errors'
import type { Result } from '@tradewire/kernel/result'
import { visibleTo } from '@tradewire/contracts/caller'
import { Ledger } from '../../ports/ledger.port.ts'

@Injectable()
export class ListTrades {
  constructor(private readonly ledger: Ledger) {}

  execute({
    caller,
    page,
    ...filter
  }: RequestOf<typeof listTrades>): Promise<Result<ReplyOf<typeof listTrades>, CodedError>> {
    const userId = visibleTo(caller)
    return pageById(
      page,
      (window) => this.ledger.list({ ...filter, userId }, window),
      (trade) => trade,
    )
  }
}
