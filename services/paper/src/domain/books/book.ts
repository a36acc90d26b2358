/**
 * The orders of one market that a price can reach: limits, triggers, trailing stops, and liquidation bands.
 * Called by the fold (to add) and by the tick (to take what was reached). Must never be asked to remove: an order
 * that ended is skipped when it comes to the top.
 */
import type { Amount } from '../amount.ts'
import { isResting, triggersAbove, type Order } from '../order.ts'
import { PriceHeap } from './price-heap.ts'
import { TrailingGroups } from './trailing-groups.ts'

/** Outside this price the account must be looked at again: it might have to be liquidated. */
export interface LiquidationBand {
  readonly account: { readonly id: string; readonly bandVersion: number }
  readonly version: number
}

const waiting = (order: Order) => order.status === 'waiting'
const inactive = (order: Order) => order.status === 'waiting' && !order.activated
const current = (band: LiquidationBand) => band.account.bandVersion === band.version

export class Book {
  readonly buys = new PriceHeap<Order>('highest', isResting)
  readonly sells = new PriceHeap<Order>('lowest', isResting)
  readonly triggersAbove = new PriceHeap<Order>('lowest', waiting)
  readonly triggersBelow = new PriceHeap<Order>('highest', waiting)
  readonly activationsAbove = new PriceHeap<Order>('lowest', inactive)
  readonly activationsBelow = new PriceHeap<Order>('highest', inactive)
  readonly trailingSells = new TrailingGroups('sell')
  readonly trailingBuys = new TrailingGroups('buy')
  readonly bandsAbove = new PriceHeap<LiquidationBand>('lowest', current)
  readonly bandsBelow = new PriceHeap<LiquidationBand>('highest', current)

  /** A limit that now stands in the book. */
  rest(order: Order): void {
    if (order.price !== null) (order.side === 'buy' ? this.buys : this.sells).push(order.price, order.id, order)
  }

  /** A conditional order that waits for its trigger, or a trailing stop that waits for its activation. */
  wait(order: Order): void {
    if (order.type === 'trailing-stop-market') {
      if (order.activationPrice === null) return
      const heap = order.side === 'sell' ? this.activationsAbove : this.activationsBelow
      heap.push(order.activationPrice, order.id, order)
    } else if (order.triggerPrice !== null) {
      const heap = triggersAbove(order.type, order.side) ? this.triggersAbove : this.triggersBelow
      heap.push(order.triggerPrice, order.id, order)
    }
  }

  trail(order: Order, price: Amount): void {
    ;(order.side === 'sell' ? this.trailingSells : this.trailingBuys).add(order, price)
  }

  /** An inactive trailing stop whose activation price the market has reached. */
  takeActivated(price: Amount): Order | undefined {
    const above = this.activationsAbove.peek()
    if (above !== undefined && price >= above.key) return this.activationsAbove.pop()
    const below = this.activationsBelow.peek()
    if (below !== undefined && price <= below.key) return this.activationsBelow.pop()
    return undefined
  }

  /** A conditional order that the market has triggered. */
  takeTriggered(price: Amount): Order | undefined {
    const above = this.triggersAbove.peek()
    if (above !== undefined && price >= above.key) return this.triggersAbove.pop()
    const below = this.triggersBelow.peek()
    if (below !== undefined && price <= below.key) return this.triggersBelow.pop()
    return this.trailingSells.takeReached(price) ?? this.trailingBuys.takeReached(price)
  }

  /** A resting limit that bid or ask has crossed. */
  takeCrossed(bid: Amount, ask: Amount): Order | undefined {
    const buy = this.buys.peek()
    if (buy !== undefined && ask <= buy.key) return this.buys.pop()
    const sell = this.sells.peek()
    if (sell !== undefined && bid >= sell.key) return this.sells.pop()
    return undefined
  }

  /** The id of an account that must be looked at again. */
  takeOutsideBand(price: Amount): string | undefined {
    const below = this.bandsBelow.peek()
    if (below !== undefined && price <= below.key) return this.bandsBelow.pop()?.account.id
    const above = this.bandsAbove.peek()
    if (above !== undefined && price >= above.key) return this.bandsAbove.pop()?.account.id
    return undefined
  }
}
