/**
 * How records change the positions and pending orders of contract accounts. Called by the fold only.
 * Must never decide anything, nor read a clock.
 */
import { least, share, type Amount } from '../amount.ts'
import type { Order } from '../order.ts'
import type { OrderChanged, OrderFilled, SwapCharged, TicketChanged } from '../records.ts'
import { marketOf, type Account, type Market, type VenueState } from '../state.ts'
import { noLevels } from './deal-terms.ts'
import type { Ticket } from './ticket.ts'

interface DealParts {
  readonly account: Account
  readonly market: Market
  readonly order: Order
}

export function settleDeal(parts: DealParts, fill: OrderFilled, deal: NonNullable<OrderFilled['deal']>): void {
  const { account, market, order } = parts
  const known = account.tickets.get(deal.ticketId)
  const balance = account.balances.get(account.currency)
  if (balance !== undefined) balance.free += fill.realizedPnl - fill.fee
  if (known === undefined) return open(parts, fill, deal.ticketId)
  if (!deal.closes) return add(market, known, order, fill)
  const volume = least(fill.quantity, known.volume)
  const swap = volume === known.volume ? known.swap : share(known.swap, volume, known.volume)
  const commission = share(known.commission, volume, known.volume)
  if (balance !== undefined) balance.free += swap
  account.closedTickets.push({
    ticket: known,
    volume,
    openPrice: known.openPrice,
    closePrice: fill.price,
    closedAt: fill.at,
    closedBy: order,
    cause: deal.cause,
    levels: known.levels,
    profit: fill.realizedPnl,
    swap,
    commission: commission + fill.fee,
    tradeId: fill.tradeId,
  })
  known.volume -= volume
  known.swap -= swap
  known.commission -= commission
  known.updatedAt = fill.at
  if (known.volume > 0n) return
  account.tickets.delete(known.id)
  market.tickets.open.delete(known)
}

function open({ account, market, order }: DealParts, fill: OrderFilled, id: number): void {
  const { stopLoss, takeProfit, trailingDistance } = order.deal ?? noLevels
  const ticket: Ticket = {
    id,
    accountId: account.id,
    symbol: order.symbol,
    side: order.side,
    volume: fill.quantity,
    openPrice: fill.price,
    openedAt: fill.at,
    openedBy: order,
    levels: { stopLoss, takeProfit, trailingDistance },
    swap: 0n,
    commission: fill.fee,
    updatedAt: fill.at,
  }
  account.tickets.set(id, ticket)
  market.tickets.open.add(ticket)
  market.tickets.watchTicket(ticket)
}

/** Netting: the new part joins the position, whose levels are those of the newest order that names any. */
function add(market: Market, ticket: Ticket, order: Order, fill: OrderFilled): void {
  ticket.openPrice = weighted([ticket.openPrice, ticket.volume], [fill.price, fill.quantity])
  ticket.volume += fill.quantity
  ticket.commission += fill.fee
  ticket.updatedAt = fill.at
  const { stopLoss, takeProfit, trailingDistance } = order.deal ?? noLevels
  if (stopLoss === null && takeProfit === null && trailingDistance === null) return
  ticket.levels = { stopLoss, takeProfit, trailingDistance }
  market.tickets.watchTicket(ticket)
}

function weighted(first: readonly [Amount, Amount], second: readonly [Amount, Amount]): Amount {
  return (first[0] * first[1] + second[0] * second[1]) / (first[1] + second[1])
}

export function applyTicketChanged(state: VenueState, account: Account, record: TicketChanged): void {
  const ticket = account.tickets.get(record.ticketId)
  if (ticket === undefined) return
  ticket.levels = record.levels
  ticket.updatedAt = record.at
  marketOf(state, account.venue, ticket.symbol)?.tickets.watchTicket(ticket)
}

export function applyOrderChanged(market: Market, order: Order, record: OrderChanged): void {
  if (order.type === 'limit') order.price = record.price
  else order.triggerPrice = record.price
  if (order.deal !== undefined) order.deal = { ...order.deal, ...record.levels, expiresAt: record.expiresAt }
  order.updatedAt = record.at
  market.tickets.watchOrder(order)
}

export function applySwap(account: Account, record: SwapCharged): void {
  const ticket = account.tickets.get(record.ticketId)
  if (ticket === undefined) return
  ticket.swap += record.swap
  ticket.updatedAt = record.at
}
