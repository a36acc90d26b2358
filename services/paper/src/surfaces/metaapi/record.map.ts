/**
 * Positions, pending orders, orders of the history and deals as the protocol shows them. Called by its endpoints.
 * Must never show a number through a binary fraction.
 */
import type { Amount } from '#domain/amount'
import {
  closingPriceOf,
  contractMargin,
  contractOf,
  inAccountCurrency,
  ticketProfitOf,
} from '#domain/cfd/contract-margin'
import { tickValueOf } from '#domain/cfd/contract'
import type { CloseCause } from '#domain/cfd/deal-terms'
import { pendingPriceOf } from '#domain/cfd/ticket-book'
import type { Ticket } from '#domain/cfd/ticket'
import { averagePriceOf, isFinal, type Fill, type Order } from '#domain/order'
import { heldMarketOf, type Account } from '#domain/state'
import { brokerTimeOf, exact, timesOf, type TerminalCall } from './endpoint.wire.ts'
import { brokerName } from './provisioning.controller.ts'
import { venueName } from './token.wire.ts'

const currencyDigits = 2
const reasons: Readonly<Record<CloseCause, string>> = {
  client: 'EXPERT',
  'stop-loss': 'SL',
  'take-profit': 'TP',
  'stop-out': 'SO',
}

export function accountInformation({ venue, account, cloud }: TerminalCall) {
  const { balance, equity, margin, free, level } = contractMargin(venue.state, account)
  return {
    platform: 'mt5',
    broker: brokerName,
    currency: account.currency,
    server: cloud.server,
    balance: exact(balance),
    equity: exact(equity),
    margin: exact(margin),
    freeMargin: exact(free),
    leverage: account.leverageMax,
    ...(level === null ? {} : { marginLevel: exact(level) }),
    tradeAllowed: true,
    investorMode: false,
    marginMode:
      account.mode === 'netting' ? 'ACCOUNT_MARGIN_MODE_RETAIL_NETTING' : 'ACCOUNT_MARGIN_MODE_RETAIL_HEDGING',
    name: cloud.name,
    login: Number(account.apiKey),
    credit: 0,
    type: 'ACCOUNT_TRADE_MODE_DEMO',
    currencyDigits,
  }
}

/** A position bears the number of the order that opened it. */
export function positionIdOf(ticket: Ticket): string {
  return String(ticket.openedBy.id)
}

/** Id, comment and number of the program that traded, as far as they were given. */
function noteOf(order: Order) {
  const { clientOrderId } = order
  const { comment, magic } = order.deal?.note ?? {}
  return {
    magic: magic ?? 0,
    ...(comment === undefined || comment === '' ? {} : { comment }),
    ...(clientOrderId === '' || isVenueMade(order) ? {} : { clientId: clientOrderId }),
  }
}

function isVenueMade({ deal }: Order): boolean {
  return deal !== undefined && deal.cause !== 'client'
}

function levelsOf({ stopLoss, takeProfit }: { readonly stopLoss: Amount | null; readonly takeProfit: Amount | null }) {
  return {
    ...(stopLoss === null ? {} : { stopLoss: exact(stopLoss) }),
    ...(takeProfit === null ? {} : { takeProfit: exact(takeProfit) }),
  }
}

export function positionRecord(call: TerminalCall, ticket: Ticket) {
  const { venue, account } = call
  const market = heldMarketOf(venue.state, venueName, ticket.symbol)
  const profit = ticketProfitOf(venue.state, account, ticket)
  const tick = tickValueOf(contractOf(market), market.instrument.priceStep)
  const updated = timesOf(ticket.updatedAt)
  return {
    id: positionIdOf(ticket),
    platform: 'mt5',
    type: ticket.side === 'buy' ? 'POSITION_TYPE_BUY' : 'POSITION_TYPE_SELL',
    symbol: market.instrument.venueSymbol,
    ...noteOf(ticket.openedBy),
    ...timesOf(ticket.openedAt),
    updateTime: updated.time,
    openPrice: exact(ticket.openPrice),
    currentPrice: exact(closingPriceOf(market, ticket)),
    currentTickValue: exact(inAccountCurrency(venue.state, account, market, tick)),
    ...levelsOf(ticket.levels),
    volume: exact(ticket.volume),
    swap: exact(ticket.swap),
    unrealizedSwap: exact(ticket.swap),
    realizedSwap: 0,
    profit: exact(profit),
    unrealizedProfit: exact(profit),
    realizedProfit: 0,
    commission: exact(-ticket.commission),
    unrealizedCommission: 0,
    realizedCommission: exact(-ticket.commission),
    reason: 'POSITION_REASON_EXPERT',
  }
}

export function orderTypeOf({ type, side }: Pick<Order, 'type' | 'side'>): string {
  const word = side === 'buy' ? 'BUY' : 'SELL'
  if (type === 'market') return `ORDER_TYPE_${word}`
  return type === 'limit' ? `ORDER_TYPE_${word}_LIMIT` : `ORDER_TYPE_${word}_STOP`
}

function orderStateOf({ status }: Order): string {
  switch (status) {
    case 'waiting':
    case 'open':
      return 'ORDER_STATE_PLACED'
    case 'partially-filled':
      return 'ORDER_STATE_PARTIAL'
    case 'filled':
      return 'ORDER_STATE_FILLED'
    case 'cancelled':
      return 'ORDER_STATE_CANCELED'
    case 'expired':
      return 'ORDER_STATE_EXPIRED'
    case 'rejected':
      return 'ORDER_STATE_REJECTED'
  }
}

/** The position that an order closes, or else the one that it opened: that bears the order's own number. */
function positionOfOrder(account: Account, order: Order): string | undefined {
  const fill = account.fills.find((each) => each.order === order)
  const ticketId = order.deal?.ticketId ?? fill?.deal?.ticketId
  return ticketId === undefined ? undefined : positionOfTicket(account, ticketId)
}

function positionOfTicket(account: Account, ticketId: number): string | undefined {
  const ticket =
    account.tickets.get(ticketId) ?? account.closedTickets.find((closed) => closed.ticket.id === ticketId)?.ticket
  return ticket === undefined ? undefined : positionIdOf(ticket)
}

export function orderRecord(call: TerminalCall, order: Order) {
  const { account } = call
  const market = heldMarketOf(call.venue.state, venueName, order.symbol)
  const quantity = order.quantity ?? 0n
  const positionId = positionOfOrder(account, order)
  const done = isFinal(order.status) ? timesOf(order.updatedAt) : null
  const expiresAt = order.deal?.expiresAt ?? null
  const price = pendingPriceOf(order) ?? averagePriceOf(order)
  return {
    id: String(order.id),
    platform: 'mt5',
    type: orderTypeOf(order),
    state: orderStateOf(order),
    symbol: market.instrument.venueSymbol,
    ...noteOf(order),
    ...timesOf(order.acceptedAt),
    ...(done === null ? {} : { doneTime: done.time, doneBrokerTime: done.brokerTime }),
    ...(price === null ? {} : { openPrice: exact(price) }),
    currentPrice: exact(order.side === 'buy' ? market.ask : market.bid),
    ...levelsOf(order.deal ?? { stopLoss: null, takeProfit: null }),
    volume: exact(quantity),
    currentVolume: exact(quantity - order.filled),
    ...(positionId === undefined ? {} : { positionId }),
    reason: `ORDER_REASON_${reasons[order.deal?.cause ?? 'client']}`,
    fillingMode: order.type === 'market' ? 'ORDER_FILLING_FOK' : 'ORDER_FILLING_RETURN',
    expirationType: expiresAt === null ? 'ORDER_TIME_GTC' : 'ORDER_TIME_SPECIFIED',
    ...(expiresAt === null ? {} : { expirationTime: new Date(expiresAt).toISOString() }),
  }
}

/** The deposit that every account begins with. */
export function balanceDeal(account: Account) {
  return {
    id: `${account.apiKey}0`,
    platform: 'mt5',
    type: 'DEAL_TYPE_BALANCE',
    ...timesOf(account.createdAt),
    profit: exact(account.deposit),
    commission: 0,
    swap: 0,
  }
}

export function positionOfFill(account: Account, { deal }: Fill): string | undefined {
  return deal === undefined ? undefined : positionOfTicket(account, deal.ticketId)
}

export function dealRecord(call: TerminalCall, fill: Fill) {
  const { account } = call
  const { order, deal } = fill
  const closed = account.closedTickets.find(({ tradeId }) => tradeId === fill.tradeId)
  const positionId = positionOfFill(account, fill)
  const cause = deal?.cause ?? 'client'
  return {
    id: String(fill.tradeId),
    platform: 'mt5',
    type: order.side === 'buy' ? 'DEAL_TYPE_BUY' : 'DEAL_TYPE_SELL',
    entryType: deal?.closes === true ? 'DEAL_ENTRY_OUT' : 'DEAL_ENTRY_IN',
    symbol: heldMarketOf(call.venue.state, venueName, order.symbol).instrument.venueSymbol,
    ...noteOf(order),
    ...timesOf(fill.at),
    volume: exact(fill.quantity),
    price: exact(fill.price),
    commission: exact(-fill.fee),
    swap: closed === undefined ? 0 : exact(closed.swap),
    profit: exact(fill.realizedPnl),
    ...(positionId === undefined ? {} : { positionId }),
    orderId: String(order.id),
    reason: `DEAL_REASON_${reasons[cause]}`,
    ...levelsOf(closed?.levels ?? order.deal ?? { stopLoss: null, takeProfit: null }),
  }
}

export function serverTime(now: number, quoteAt: number) {
  const quote =
    quoteAt === 0 ? {} : { lastQuoteTime: new Date(quoteAt).toISOString(), lastQuoteBrokerTime: brokerTimeOf(quoteAt) }
  return { ...timesOf(now), ...quote }
}
