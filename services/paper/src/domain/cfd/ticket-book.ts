/**
 * What a bid or an ask of one market can reach: stops and targets of positions, and pending orders.
 * Called by the fold (to add) and by the tick (to take). Must never be asked to remove: what changed is skipped on top.
 */
import type { Amount } from '../amount.ts'
import { isFinal, type Order } from '../order.ts'
import { PriceHeap } from '../books/price-heap.ts'
import type { Ticket } from './ticket.ts'

export type Watch =
  | { readonly kind: 'stop-loss' | 'take-profit'; readonly ticket: Ticket; readonly price: Amount }
  | { readonly kind: 'pending'; readonly order: Order; readonly price: Amount }

/** Where a pending order waits: its limit or its trigger. */
export function pendingPriceOf(order: Order): Amount | null {
  return order.type === 'limit' ? order.price : order.triggerPrice
}

function alive(watch: Watch): boolean {
  if (watch.kind === 'pending') return !isFinal(watch.order.status) && pendingPriceOf(watch.order) === watch.price
  const { levels, volume } = watch.ticket
  return volume > 0n && (watch.kind === 'stop-loss' ? levels.stopLoss : levels.takeProfit) === watch.price
}

export class TicketBook {
  /** Open positions of this market. */
  readonly open = new Set<Ticket>()
  /** Pending orders of this market. */
  readonly pending = new Set<Order>()
  private readonly bidFalls = new PriceHeap<Watch>('highest', alive)
  private readonly bidRises = new PriceHeap<Watch>('lowest', alive)
  private readonly askFalls = new PriceHeap<Watch>('highest', alive)
  private readonly askRises = new PriceHeap<Watch>('lowest', alive)

  /** Long positions close at the bid, short ones at the ask. */
  watchTicket(ticket: Ticket): void {
    const { levels, side, id } = ticket
    const { stopLoss, takeProfit } = levels
    const [stops, targets] = side === 'buy' ? [this.bidFalls, this.bidRises] : [this.askRises, this.askFalls]
    if (stopLoss !== null) stops.push(stopLoss, id, { kind: 'stop-loss', ticket, price: stopLoss })
    if (takeProfit !== null) targets.push(takeProfit, id, { kind: 'take-profit', ticket, price: takeProfit })
  }

  /** Buys open at the ask, sells at the bid. */
  watchOrder(order: Order): void {
    const price = pendingPriceOf(order)
    if (price === null) return
    this.pending.add(order)
    const [limits, stops] = order.side === 'buy' ? [this.askFalls, this.askRises] : [this.bidRises, this.bidFalls]
    const heap = order.type === 'limit' ? limits : stops
    heap.push(price, order.id, { kind: 'pending', order, price })
  }

  /** The next that the quote has reached. */
  takeReached(bid: Amount, ask: Amount): Watch | undefined {
    return (
      fallen(this.bidFalls, bid) ?? fallen(this.askFalls, ask) ?? risen(this.askRises, ask) ?? risen(this.bidRises, bid)
    )
  }
}

function fallen(heap: PriceHeap<Watch>, price: Amount): Watch | undefined {
  const first = heap.peek()
  return first !== undefined && price <= first.key ? heap.pop() : undefined
}

function risen(heap: PriceHeap<Watch>, price: Amount): Watch | undefined {
  const first = heap.peek()
  return first !== undefined && price >= first.key ? heap.pop() : undefined
}
