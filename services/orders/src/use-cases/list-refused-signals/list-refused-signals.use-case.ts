/** Signals that nobody got an order of. Called by the rpc controller. Must never show those of strategies that are none of the caller's. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { listRefusedSignals } from '@tradewire/contracts/rpc/orders'
import { pageById } from '@tradewire/database/page'
import type { CodedError } from '@tradewire/kernel/errors'
import type { Result } from '@tradewire/kernel/result'
import { scopeOf } from '../../domain/bracket/ownership.ts'
import { OrderHistory } from '../../ports/order-history.port.ts'

@Injectable()
export class ListRefusedSignals {
  constructor(private readonly history: OrderHistory) {}

  execute({
    caller,
    page,
    ...filter
  }: RequestOf<typeof listRefusedSignals>): Promise<Result<ReplyOf<typeof listRefusedSignals>, CodedError>> {
    const read = (window: { readonly afterId: string | undefined; readonly limit: number }) =>
      this.history.refused(scopeOf(caller), { ...filter, ...window })
    return pageById(page, read, (signal) => signal)
  }
}
