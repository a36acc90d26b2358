/** Orders of an account that ended. Called by the rpc controller. Must never show what is not the caller's. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import { endedOrdersMax, type listEndedOrders } from '@tradewire/contracts/rpc/orders'
import type { CodedError } from '@tradewire/kernel/errors'
import { ok, type Result } from '@tradewire/kernel/result'
import { scopeOf } from '../../domain/bracket/ownership.ts'
import { OrderHistory } from '../../ports/order-history.port.ts'

@Injectable()
export class ListEndedOrders {
  constructor(private readonly history: OrderHistory) {}

  async execute({
    caller,
    ...of
  }: RequestOf<typeof listEndedOrders>): Promise<Result<ReplyOf<typeof listEndedOrders>, CodedError>> {
    return ok({ items: await this.history.ended(scopeOf(caller), of, endedOrdersMax) })
  }
}
