/**
 * A position of a contract account: it has an id of its own, and its stop and target stand on it.
 * Called by the deals, the margin and the protocols. Must never be changed but by the fold.
 */
import type { Side } from '@tradewire/contracts/common'
import type { Amount } from '../amount.ts'
import type { Order } from '../order.ts'
import type { CloseCause, Levels } from './deal-terms.ts'

export interface Ticket {
  readonly id: number
  readonly accountId: string
  readonly symbol: string
  readonly side: Side
  /** In lots; zero once closed. */
  volume: Amount
  /** Weighted by volume where netting adds to it. */
  openPrice: Amount
  readonly openedAt: number
  /** The order that opened it: its client order id is the position's comment. */
  readonly openedBy: Order
  levels: Levels
  /** Earned or owed so far, in the account's currency; it is booked with the close. */
  swap: Amount
  commission: Amount
  updatedAt: number
}

/** A position, or a part of one, that was closed. */
export interface ClosedTicket {
  readonly ticket: Ticket
  readonly volume: Amount
  readonly openPrice: Amount
  readonly closePrice: Amount
  readonly closedAt: number
  readonly closedBy: Order
  readonly cause: CloseCause
  readonly levels: Levels
  /** In the account's currency, without swap and commission. */
  readonly profit: Amount
  readonly swap: Amount
  readonly commission: Amount
  readonly tradeId: number
}
