/**
 * Activated trailing stops of one side of one market, grouped by the best price that they have seen.
 * Called by the book on every tick. Must never touch each order on a tick: a new best price merges groups as wholes,
 * and only the tightest callback of each group is compared.
 */
import { share, type Amount } from '../amount.ts'
import { PriceHeap } from './price-heap.ts'
import type { Order } from '../order.ts'

interface Group {
  best: Amount
  orders: PriceHeap<Order>
}

const PERCENT: Amount = 10_000_000_000n

/** The price at which a trailing stop fires: the best price seen, less (sell) or plus (buy) its callback in percent. */
export function trailingTrigger(side: 'buy' | 'sell', best: Amount, callbackRate: Amount): Amount {
  const distance = share(best, callbackRate, PERCENT)
  return side === 'sell' ? best - distance : best + distance
}

export class TrailingGroups {
  /** The most favourable best price comes first. */
  private groups: Group[] = []

  constructor(private readonly side: 'buy' | 'sell') {}

  add(order: Order, best: Amount): void {
    let index = this.groups.length
    while (index > 0 && this.better(best, (this.groups[index - 1] as Group).best)) index -= 1
    const neighbour = this.groups[index - 1]
    const group = neighbour?.best === best ? neighbour : this.emptyGroup(best)
    if (group !== neighbour) this.groups.splice(index, 0, group)
    group.orders.push(order.callbackRate ?? 0n, order.id, order)
  }

  /** Takes the extreme prices since the last call into account. */
  observe(low: Amount, high: Amount): void {
    const extreme = this.side === 'sell' ? high : low
    let merged: Group | undefined
    let last = this.groups.at(-1)
    while (last !== undefined && this.better(extreme, last.best)) {
      this.groups.pop()
      merged = merged === undefined ? last : this.merge(merged, last)
      last = this.groups.at(-1)
    }
    if (merged === undefined || merged.orders.peek() === undefined) return
    if (last?.best === extreme) {
      last.orders.absorb(merged.orders)
      return
    }
    merged.best = extreme
    this.groups.push(merged)
  }

  /** Takes out one order whose callback the price has reached, if there is one. */
  takeReached(price: Amount): Order | undefined {
    for (let index = 0; index < this.groups.length; index += 1) {
      const group = this.groups[index] as Group
      const tightest = group.orders.peek()
      if (tightest === undefined) {
        this.groups.splice(index, 1)
        index -= 1
        continue
      }
      const trigger = trailingTrigger(this.side, group.best, tightest.key)
      if (this.side === 'sell' ? price <= trigger : price >= trigger) return group.orders.pop()
    }
    return undefined
  }

  private better(left: Amount, right: Amount): boolean {
    return this.side === 'sell' ? left > right : left < right
  }

  private merge(left: Group, right: Group): Group {
    const [large, small] = left.orders.size >= right.orders.size ? [left, right] : [right, left]
    large.orders.absorb(small.orders)
    return large
  }

  private emptyGroup(best: Amount): Group {
    return { best, orders: new PriceHeap<Order>('lowest', (order) => order.status === 'waiting') }
  }
}
