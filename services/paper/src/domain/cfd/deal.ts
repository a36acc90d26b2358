/**
 * Deals of contract accounts: open, close, change stops and targets, pending orders.
 * Called by the protocols through the running venue, and by the tick. Must never accept what the checks refuse.
 */
import type { Side } from '@tradewire/contracts/common'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { absolute, least, times, type Amount } from '../amount.ts'
import { orderOf } from '../engine/apply.ts'
import { takerPrice } from '../engine/levels.ts'
import { isFinal, type Order, type OrderTerms } from '../order.ts'
import type { Desk } from '../engine/session.ts'
import { contractMargin, contractOf, inAccountCurrency, lotsOf, symbolMarginOf } from './contract-margin.ts'
import { profitOf } from './contract.ts'
import { noLevels, type CloseCause, type Levels, type Note } from './deal-terms.ts'
import type { Ticket } from './ticket.ts'

export type DealRefusal =
  | 'VOLUME'
  | 'PRICE'
  | 'STOPS'
  | 'NO_MONEY'
  | 'UNKNOWN_POSITION'
  | 'ALREADY_CLOSED'
  | 'EXPIRATION'
  | 'TOO_MANY_ORDERS'

export interface DealRequest extends Partial<Levels> {
  /** Where the venue has numbered the request before; a new number when left out. */
  readonly orderId?: number | undefined
  readonly clientOrderId: string
  readonly side: Side
  readonly type: 'market' | 'limit' | 'stop-market'
  readonly volume: Amount
  /** Of a limit or a stop; a market deal takes what the market gives. */
  readonly price?: Amount | undefined
  readonly expiresAt?: number | null
  readonly note?: Note | undefined
  /** Fault switch: nothing shows the order before this moment (ms). */
  readonly visibleFrom?: number | undefined
}

export interface CloseRequest {
  readonly orderId?: number | undefined
  readonly ticketId: number
  /** All of it when left out. */
  readonly volume?: Amount | undefined
  readonly clientOrderId: string
  readonly note?: Note | undefined
  readonly visibleFrom?: number | undefined
}

/** A market deal is filled when this returns, a pending order waits. */
export function openDeal(desk: Desk, request: DealRequest): Result<Order, DealRefusal> {
  const refused = checkDeal(desk, request)
  if (refused !== undefined) return err(refused)
  const order = acceptDeal(desk, request, null, 'client')
  if (request.type === 'market') fillOpening(desk, order, takerPrice(desk.market, request.side))
  return ok(order)
}

/** Closes a position, or a part of it, by market. */
export function closeDeal(desk: Desk, request: CloseRequest): Result<Order, DealRefusal> {
  const ticket = desk.account.tickets.get(request.ticketId)
  if (ticket === undefined) return err(wasClosed(desk, request.ticketId) ? 'ALREADY_CLOSED' : 'UNKNOWN_POSITION')
  const volume = request.volume ?? ticket.volume
  if (volume <= 0n || volume > ticket.volume || volume % desk.market.instrument.quantityStep !== 0n) {
    return err('VOLUME')
  }
  return ok(closeTicket(desk, ticket, { ...request, volume, cause: 'client' }))
}

function wasClosed({ account }: Desk, ticketId: number): boolean {
  return account.closedTickets.some(({ ticket }) => ticket.id === ticketId)
}

export function changeTicket(desk: Desk, ticketId: number, levels: Levels): Result<Ticket, DealRefusal> {
  const { session, account } = desk
  const ticket = account.tickets.get(ticketId)
  if (ticket === undefined) return err(wasClosed(desk, ticketId) ? 'ALREADY_CLOSED' : 'UNKNOWN_POSITION')
  const price = ticket.side === 'buy' ? desk.market.bid : desk.market.ask
  if (!levelsAllowed(desk, ticket.side, price, levels)) return err('STOPS')
  session.emit({ kind: 'ticket-changed', accountId: account.id, ticketId, levels, at: session.now })
  return ok(ticket)
}

export interface PendingChange {
  readonly price: Amount
  readonly levels: Levels
  readonly expiresAt: number | null
}

export function changePending(desk: Desk, order: Order, change: PendingChange): Result<Order, DealRefusal> {
  const { session } = desk
  if (isFinal(order.status)) return err('ALREADY_CLOSED')
  if (!pendingPriceAllowed(desk, order, change.price)) return err('PRICE')
  if (!levelsAllowed(desk, order.side, change.price, change.levels)) return err('STOPS')
  session.emit({ kind: 'order-changed', orderId: order.id, ...change, at: session.now })
  return ok(order)
}

/** Fills an opening order; netting takes an opposite position off first. */
export function fillOpening(desk: Desk, order: Order, price: Amount): void {
  const { session, account } = desk
  let rest = order.quantity ?? 0n
  const held = account.mode === 'netting' ? nettedTicket(desk) : undefined
  if (held !== undefined && held.side !== order.side) {
    const closing = least(rest, held.volume)
    emitFill(desk, order, { price, volume: closing, ticket: held, cause: 'client' })
    rest -= closing
  }
  if (rest === 0n) return
  const added = held !== undefined && held.side === order.side ? held.id : session.nextId()
  emitFill(desk, order, { price, volume: rest, ticketId: added })
}

function nettedTicket({ account, market }: Desk): Ticket | undefined {
  return [...account.tickets.values()].find(({ symbol }) => symbol === market.instrument.symbol)
}

/** True when the account has the margin that so many more lots of one side need. */
export function marginAllows(
  { session, account, market }: Desk,
  order: { readonly side: Side; readonly volume: Amount },
): boolean {
  const { state } = session
  const before = lotsOf(account, market.instrument.symbol)
  const after = { ...before }
  const opposite = order.side === 'buy' ? 'sell' : 'buy'
  const netted = account.mode === 'netting' ? least(order.volume, before[opposite]) : 0n
  after[opposite] -= netted
  after[order.side] += order.volume - netted
  const extra = symbolMarginOf(state, account, market, after) - symbolMarginOf(state, account, market, before)
  return extra <= 0n || extra <= contractMargin(state, account).free
}

export interface Closing {
  readonly orderId?: number | undefined
  readonly volume: Amount
  readonly cause: CloseCause
  readonly clientOrderId: string
  /** A target is filled at its own price; anything else by market. */
  readonly price?: Amount | undefined
  readonly note?: Note | undefined
  readonly visibleFrom?: number | undefined
}

export function closeTicket(desk: Desk, ticket: Ticket, closing: Closing): Order {
  const side = ticket.side === 'buy' ? 'sell' : 'buy'
  const { volume, cause, clientOrderId, orderId, note, visibleFrom } = closing
  const request: DealRequest = { orderId, clientOrderId, side, type: 'market', volume, note, visibleFrom }
  const order = acceptDeal(desk, request, ticket.id, cause)
  const price = closing.price ?? takerPrice(desk.market, side)
  emitFill(desk, order, { price, volume, ticket, cause })
  return order
}

function acceptDeal(desk: Desk, request: DealRequest, ticketId: number | null, cause: CloseCause): Order {
  const { session, account, market } = desk
  const { stopLoss, takeProfit, trailingDistance } = { ...noLevels, ...request }
  const price = request.price ?? null
  const terms: OrderTerms = {
    id: request.orderId ?? session.nextId(),
    accountId: account.id,
    clientOrderId: request.clientOrderId,
    symbol: market.instrument.symbol,
    side: request.side,
    type: request.type,
    timeInForce: request.type === 'market' ? 'ioc' : 'gtc',
    quantity: request.volume,
    quoteQuantity: null,
    price: request.type === 'limit' ? price : null,
    triggerPrice: request.type === 'stop-market' ? price : null,
    activationPrice: null,
    callbackRate: null,
    reduceOnly: ticketId !== null,
    closePosition: false,
    listId: null,
    listClientOrderId: null,
    forced: cause === 'stop-out',
    lock: 0n,
    acceptedAt: session.now,
    visibleFrom: request.visibleFrom ?? 0,
    deal: {
      ticketId,
      cause,
      stopLoss,
      takeProfit,
      trailingDistance,
      expiresAt: request.expiresAt ?? null,
      ...(request.note === undefined ? {} : { note: request.note }),
    },
  }
  session.emit({ kind: 'accepted', order: terms })
  return orderOf(session.state, terms.id)
}

type DealFill = { readonly price: Amount; readonly volume: Amount } & (
  | { readonly ticketId: number }
  | { readonly ticket: Ticket; readonly cause: CloseCause }
)

function emitFill(desk: Desk, order: Order, fill: DealFill): void {
  const { session, account, market } = desk
  const { price, volume } = fill
  const contract = contractOf(market)
  const closes = 'ticket' in fill ? fill.ticket : null
  const prices = { open: closes?.openPrice ?? price, close: price }
  const profit =
    closes === null
      ? 0n
      : inAccountCurrency(session.state, account, market, profitOf(contract, closes.side, volume, prices))
  session.emit({
    kind: 'filled',
    orderId: order.id,
    tradeId: session.nextId(),
    price,
    quantity: volume,
    fee: times(contract.commissionPerLot, volume),
    feeCurrency: account.currency,
    realizedPnl: profit,
    maker: false,
    at: session.now,
    deal:
      'ticket' in fill
        ? { ticketId: fill.ticket.id, closes: true, cause: fill.cause }
        : { ticketId: fill.ticketId, closes: false, cause: 'client' },
  })
}

function checkDeal(desk: Desk, request: DealRequest): DealRefusal | undefined {
  const { account, market, session } = desk
  const { instrument } = market
  const { volume, side, type, price } = request
  if (volume < instrument.quantityMinimum || volume > instrument.quantityMaximum) return 'VOLUME'
  if (volume % instrument.quantityStep !== 0n) return 'VOLUME'
  if (type !== 'market') {
    if (price === undefined || !pendingPriceAllowed(desk, { side, type }, price)) return 'PRICE'
    if (account.open.size >= instrument.openOrdersMax) return 'TOO_MANY_ORDERS'
    const { expiresAt } = request
    if (expiresAt !== undefined && expiresAt !== null && expiresAt <= session.now) return 'EXPIRATION'
  }
  // A market deal opens at one side of the quote and would be stopped at the other.
  const reference = type === 'market' ? (side === 'buy' ? market.bid : market.ask) : (price ?? 0n)
  if (!levelsAllowed(desk, side, reference, { ...noLevels, ...request })) return 'STOPS'
  return type !== 'market' || marginAllows(desk, { side, volume }) ? undefined : 'NO_MONEY'
}

/** A limit lies on the good side of the market, a stop on the other; both on a step. */
function pendingPriceAllowed({ market }: Desk, order: Pick<Order, 'side' | 'type'>, price: Amount): boolean {
  const { instrument, bid, ask } = market
  if (price < instrument.priceMinimum || price > instrument.priceMaximum) return false
  if (price % instrument.priceStep !== 0n) return false
  const below = (order.type === 'limit') === (order.side === 'buy')
  return below ? price < (order.side === 'buy' ? ask : bid) : price > (order.side === 'buy' ? ask : bid)
}

/** A long position's stop lies below the price that it would close at and its target above; a short one's the other way. */
function levelsAllowed({ market }: Desk, side: Side, price: Amount, levels: Levels): boolean {
  const { priceStep } = market.instrument
  const distance = contractOf(market).stopsDistance
  const good = (level: Amount | null, above: boolean) =>
    level === null ||
    (level > 0n &&
      level % priceStep === 0n &&
      (above ? level > price : level < price) &&
      absolute(level - price) >= distance)
  const long = side === 'buy'
  return good(levels.stopLoss, !long) && good(levels.takeProfit, long)
}
