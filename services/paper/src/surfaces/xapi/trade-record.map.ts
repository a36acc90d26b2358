/**
 * Positions, pending orders and closed trades as the records of the protocol.
 * Called by the trading commands and the stream. Must never show what a fault switch still hides.
 */
import type { Amount } from '#domain/amount'
import { closingPriceOf, contractMargin, inAccountCurrency, ticketProfitOf } from '#domain/cfd/contract-margin'
import type { ClosedTicket, Ticket } from '#domain/cfd/ticket'
import type { Order } from '#domain/order'
import { marketOf, type Account, type Market, type VenueState } from '#domain/state'
import { numberOf, timeString } from './values.wire.ts'

const operation = { buy: 0, sell: 1 } as const
const pendingOperation = { limit: { buy: 2, sell: 3 }, 'stop-market': { buy: 4, sell: 5 } } as const
const UNIT = 100_000_000n

export const recordType = { open: 0, pending: 1, close: 2 } as const

/** Code of what the order asks for. */
export function operationOf(order: Pick<Order, 'type' | 'side'>): number {
  if (order.type === 'limit' || order.type === 'stop-market') return pendingOperation[order.type][order.side]
  return operation[order.side]
}

type Fields = Record<string, unknown>

function level(value: Amount | null): unknown {
  return value === null ? 0 : numberOf(value)
}

function offsetOf(distance: Amount | null, market: Market): unknown {
  const pip = market.instrument.contract?.pip ?? UNIT
  return distance === null ? 0 : numberOf((distance * UNIT) / pip)
}

function marketFor(state: VenueState, account: Account, symbol: string): Market {
  const market = marketOf(state, account.venue, symbol)
  if (market === undefined) throw new Error(`${symbol} is not listed`)
  return market
}

function common(state: VenueState, account: Account, market: Market): Fields {
  return {
    digits: market.instrument.priceDecimals,
    symbol: market.instrument.venueSymbol,
    margin_rate: numberOf(inAccountCurrency(state, account, market, UNIT)),
  }
}

export function openRecord(state: VenueState, account: Account, ticket: Ticket): Fields {
  const market = marketFor(state, account, ticket.symbol)
  return {
    ...common(state, account, market),
    close_price: numberOf(closingPriceOf(market, ticket)),
    close_time: null,
    closed: false,
    cmd: operation[ticket.side],
    comment: '',
    commission: numberOf(-ticket.commission),
    customComment: ticket.openedBy.clientOrderId,
    expiration: null,
    offset: offsetOf(ticket.levels.trailingDistance, market),
    open_price: numberOf(ticket.openPrice),
    open_time: ticket.openedAt,
    order: ticket.id,
    order2: ticket.openedBy.id,
    position: ticket.id,
    profit: numberOf(ticketProfitOf(state, account, ticket)),
    sl: level(ticket.levels.stopLoss),
    storage: numberOf(ticket.swap),
    timestamp: ticket.updatedAt,
    tp: level(ticket.levels.takeProfit),
    volume: numberOf(ticket.volume),
  }
}

const causes = { client: '', 'stop-loss': '[S/L]', 'take-profit': '[T/P]', 'stop-out': '[S/O]' } as const

export function closedRecord(state: VenueState, account: Account, closed: ClosedTicket): Fields {
  const { ticket } = closed
  const market = marketFor(state, account, ticket.symbol)
  return {
    ...common(state, account, market),
    close_price: numberOf(closed.closePrice),
    close_time: closed.closedAt,
    closed: true,
    cmd: operation[ticket.side],
    comment: causes[closed.cause],
    commission: numberOf(-closed.commission),
    // A close keeps the comment of the position that it closes.
    customComment: ticket.openedBy.clientOrderId,
    expiration: null,
    offset: offsetOf(closed.levels.trailingDistance, market),
    open_price: numberOf(closed.openPrice),
    open_time: ticket.openedAt,
    order: closed.tradeId,
    order2: closed.closedBy.id,
    position: ticket.id,
    profit: numberOf(closed.profit),
    sl: level(closed.levels.stopLoss),
    storage: numberOf(closed.swap),
    timestamp: closed.closedAt,
    tp: level(closed.levels.takeProfit),
    volume: numberOf(closed.volume),
  }
}

export function pendingRecord(state: VenueState, account: Account, order: Order): Fields {
  const market = marketFor(state, account, order.symbol)
  const price = (order.type === 'limit' ? order.price : order.triggerPrice) ?? 0n
  const expiresAt = order.deal?.expiresAt ?? null
  return {
    ...common(state, account, market),
    close_price: numberOf(order.side === 'buy' ? market.ask : market.bid),
    close_time: null,
    closed: false,
    cmd: operationOf(order),
    comment: '',
    commission: 0,
    customComment: order.clientOrderId,
    expiration: expiresAt,
    offset: offsetOf(order.deal?.trailingDistance ?? null, market),
    open_price: numberOf(price),
    open_time: order.acceptedAt,
    order: order.id,
    order2: order.id,
    position: order.id,
    profit: 0,
    sl: level(order.deal?.stopLoss ?? null),
    storage: 0,
    timestamp: order.updatedAt,
    tp: level(order.deal?.takeProfit ?? null),
    volume: numberOf(order.quantity ?? 0n),
  }
}

/** The record as the stream tells it: without the time of its last change. */
export function streamed({ timestamp: _, ...record }: Fields): Fields {
  return record
}

/** The record as request-reply commands answer it: with its times as text. */
export function withTimeStrings(record: Fields): Fields {
  const text = (at: unknown) => (typeof at === 'number' ? timeString(at) : null)
  return {
    ...record,
    close_timeString: text(record['close_time']),
    expirationString: text(record['expiration']),
    open_timeString: text(record['open_time']),
  }
}

export function balanceRecord(state: VenueState, account: Account): Fields {
  const { balance, equity, margin, free, level: percent } = contractMargin(state, account)
  return {
    balance: numberOf(balance),
    credit: 0,
    equity: numberOf(equity),
    margin: numberOf(margin),
    marginFree: numberOf(free),
    marginLevel: percent === null ? 0 : numberOf(percent),
  }
}
