/**
 * What the fault switches do to an order at the moment it is placed, and ids for clients that send none.
 * Called by the order endpoints of all surfaces. Must never change an order that no switch is in scope of.
 */
import type { FaultBoard } from '#domain/protocol/faults'
import { amount } from '#domain/amount'
import type { OrderRequest } from '#domain/engine/check-order'
import type { Order } from '#domain/order'
import type { Account } from '#domain/state'

export function underFaults(faults: FaultBoard, account: Account, request: OrderRequest, now: number): OrderRequest {
  const call = { venue: account.venue, accountId: account.id, operation: 'place' } as const
  const hidden = faults.strike('delay-visibility', call)
  const partial = faults.strike('partial-fill', call)
  if (hidden === undefined && partial === undefined) return request
  return {
    ...request,
    visibleFrom: hidden === undefined ? undefined : now + hidden.milliseconds,
    fillFraction: partial === undefined ? undefined : amount(partial.fraction),
  }
}

export function isVisible(order: Order, now: number): boolean {
  return order.visibleFrom <= now
}
