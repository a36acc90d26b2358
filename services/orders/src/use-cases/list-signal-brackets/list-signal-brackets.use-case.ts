/** What became of signals. Called by the rpc controller. Must never show what is not the caller's. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import { bracketsPerSignalMax, type listSignalBrackets } from '@tradewire/contracts/rpc/orders'
import type { CodedError } from '@tradewire/kernel/errors'
import { ok, type Result } from '@tradewire/kernel/result'
import { scopeOf } from '../../domain/bracket/ownership.ts'
import { OrderHistory } from '../../ports/order-history.port.ts'

@Injectable()
export class ListSignalBrackets {
  constructor(private readonly history: OrderHistory) {}

  async execute({
    caller,
    signalIds,
  }: RequestOf<typeof listSignalBrackets>): Promise<Result<ReplyOf<typeof listSignalBrackets>, CodedError>> {
    return ok({ items: await this.history.ofSignals(scopeOf(caller), signalIds, bracketsPerSignalMax) })
  }
}
