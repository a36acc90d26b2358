/**
 * Positions, pending orders, closed trades and balance operations of a user as trade records: each has a ticket of its own,
 * and what is left of a position that was closed in part has a new one. Called by the operations on trades.
 * Must never show what a fault switch hides.
 */
import { closingPriceOf, ticketProfitOf } from '#domain/cfd/contract-margin'
import type { CloseCause } from '#domain/cfd/deal-terms'
import { pendingPriceOf } from '#domain/cfd/ticket-book'
import type { ClosedTicket, Ticket } from '#domain/cfd/ticket'
import type { ManagedUser, Transfer } from '#domain/accounts/managed-user'
import { isFinal, type Order } from '#domain/order'
import { heldMarketOf, type Account } from '#domain/state'
import { UNIT, type Amount } from '#domain/amount'
import { accountOf, exact, serverTimeText, type ManagerCall } from './call.wire.ts'
import { unitsOf } from './record.map.ts'
import { venueName } from './token.wire.ts'

export const commentCharactersMax = 31

/** Our engine counts from far above the tickets of a trade server, which are 32 bits. */
const engineIdMin = 8_000_000_000

export function ticketOf(engineId: number): number {
  return engineId - engineIdMin
}

/** A trade as it is looked through; the record is made only where it is shown. */
export interface TradeView {
  readonly order: number
  readonly login: number
  readonly state: 'OpenNormal' | 'ClosedNormal' | 'ClosedPart' | 'Deleted'
  /** The venue's symbol; empty for money. */
  readonly symbol: string
  readonly openedAt: number
  readonly closedAt: number
  /** What a transaction acts on. */
  readonly ticket: Ticket | null
  readonly pending: Order | null
  readonly record: () => object
}

/** All trades of a user that are shown now, by ticket. */
export function tradesOf(call: ManagerCall, user: ManagedUser): TradeView[] {
  const account = accountOf(call, user)
  const pieces = Map.groupBy(account.closedTickets, ({ ticket }) => ticket)
  const held = [...new Set([...pieces.keys(), ...account.tickets.values()])]
  const positions = held
    .filter(({ openedBy }) => openedBy.visibleFrom <= call.now)
    .flatMap((ticket) => viewsOf({ call, user, account }, ticket, pieces.get(ticket) ?? []))
  const waiting = account.orders.filter(isPendingOrder).filter(({ visibleFrom }) => visibleFrom <= call.now)
  const money = [depositOf(account), ...account.transfers]
  return [
    ...positions,
    ...waiting.map((order) => pendingView({ call, user, account }, order)),
    ...money.map((transfer) => transferView(user, transfer)),
  ].toSorted((one, other) => one.order - other.order)
}

export function openTradesOf(call: ManagerCall, user: ManagedUser): TradeView[] {
  return tradesOf(call, user).filter(isOpen)
}

export function isOpen({ state, symbol }: TradeView): boolean {
  return state === 'OpenNormal' && symbol !== ''
}

function isPendingOrder({ type, deal, status }: Order): boolean {
  return type !== 'market' && deal?.ticketId === null && status !== 'filled'
}

/** The deposit that every account begins with. */
function depositOf(account: Account): Transfer {
  const { deposit: moved, createdAt: at } = account
  return { id: engineIdMin + 1, purpose: 'balance', moved, comment: 'Deposit', expiresAt: null, at }
}

interface Whose {
  readonly call: ManagerCall
  readonly user: ManagedUser
  readonly account: Account
}

interface Terms {
  readonly order: number
  readonly login: number
  readonly symbol: string
  readonly digits: number
  readonly tradeCommand: string
  readonly volume: Amount
  readonly state: TradeView['state']
  readonly openPrice: Amount
  readonly levels: { readonly stopLoss: Amount | null; readonly takeProfit: Amount | null }
  readonly openedAt: number
  readonly closedAt: number
  readonly closePrice: Amount
  readonly commission: Amount
  readonly swap: Amount
  readonly profit: Amount
  readonly comment: string
  readonly expiresAt: number
  readonly activation: string
  readonly changedAt: number
}

function recordOf(terms: Terms): object {
  return {
    order: terms.order,
    login: terms.login,
    symbol: terms.symbol,
    digits: terms.digits,
    tradeCommand: terms.tradeCommand,
    volume: unitsOf(terms.volume),
    volumeLots: exact(terms.volume),
    tradeRecordState: terms.state,
    openPrice: exact(terms.openPrice),
    sl: exact(terms.levels.stopLoss ?? 0n),
    tp: exact(terms.levels.takeProfit ?? 0n),
    openTime: serverTimeText(terms.openedAt),
    closeTime: serverTimeText(terms.closedAt),
    closePrice: exact(terms.closePrice),
    commission: exact(terms.commission),
    commissionAgent: 0,
    storage: exact(terms.swap),
    profit: exact(terms.profit),
    taxes: 0,
    magic: 0,
    comment: terms.comment.slice(0, commentCharactersMax),
    expiration: serverTimeText(terms.expiresAt),
    tradeRecordReason: 'Dealer',
    activationType: terms.activation,
    timeStamp: serverTimeText(terms.changedAt),
    marginRate: exact(UNIT),
  }
}

const causes: Readonly<Record<CloseCause, { readonly suffix: string; readonly activation: string }>> = {
  client: { suffix: '', activation: 'None' },
  'stop-loss': { suffix: '[sl]', activation: 'SL' },
  'take-profit': { suffix: '[tp]', activation: 'TP' },
  'stop-out': { suffix: '', activation: 'Stopout' },
}

/** The level of a reached stop or target stands behind the comment; a stop-out takes its place. */
function closedComment(comment: string, { cause, closedBy }: ClosedTicket): string {
  if (cause === 'stop-out') return 'so: 50.0%'
  const { suffix } = causes[cause]
  const own = closedBy.deal?.note?.comment ?? comment
  return own.slice(0, commentCharactersMax - suffix.length) + suffix
}

function viewsOf(whose: Whose, ticket: Ticket, pieces: readonly ClosedTicket[]): TradeView[] {
  const tickets = [ticket.openedBy, ...pieces.map(({ closedBy }) => closedBy)].map(({ id }) => ticketOf(id))
  const isHeld = whose.account.tickets.get(ticket.id) === ticket
  const commentAt = (index: number) =>
    index === 0 ? (ticket.openedBy.deal?.note?.comment ?? '') : `from #${tickets[index - 1]}`
  const closed = pieces.map((piece, index) => {
    const isLast = !isHeld && index === pieces.length - 1
    const comment = isLast ? closedComment(commentAt(index), piece) : `to #${tickets[index + 1]}`
    return closedView(whose, piece, { order: tickets[index] ?? 0, comment, isLast })
  })
  if (!isHeld) return closed
  const index = pieces.length
  return [...closed, openView(whose, ticket, { order: tickets[index] ?? 0, comment: commentAt(index) })]
}

function openView(whose: Whose, ticket: Ticket, { order, comment }: { order: number; comment: string }): TradeView {
  const { call, user, account } = whose
  const market = heldMarketOf(call.venue.state, venueName, ticket.symbol)
  const { login } = user
  const symbol = market.instrument.venueSymbol
  const record = () =>
    recordOf({
      order,
      login,
      symbol,
      comment,
      state: 'OpenNormal',
      digits: market.instrument.priceDecimals,
      tradeCommand: ticket.side === 'buy' ? 'Buy' : 'Sell',
      volume: ticket.volume,
      openPrice: ticket.openPrice,
      levels: ticket.levels,
      openedAt: ticket.openedAt,
      closedAt: 0,
      closePrice: closingPriceOf(market, ticket),
      commission: -ticket.commission,
      swap: ticket.swap,
      profit: ticketProfitOf(call.venue.state, account, ticket),
      expiresAt: 0,
      activation: 'None',
      changedAt: ticket.updatedAt,
    })
  const shared = { order, login, symbol, openedAt: ticket.openedAt, closedAt: 0 }
  return { ...shared, state: 'OpenNormal', ticket, pending: null, record }
}

function closedView(
  whose: Whose,
  piece: ClosedTicket,
  { order, comment, isLast }: { order: number; comment: string; isLast: boolean },
): TradeView {
  const { ticket, closedAt, cause } = piece
  const { login } = whose.user
  const { instrument } = heldMarketOf(whose.call.venue.state, venueName, ticket.symbol)
  const symbol = instrument.venueSymbol
  const state = isLast ? 'ClosedNormal' : 'ClosedPart'
  const record = () =>
    recordOf({
      order,
      login,
      symbol,
      comment,
      state,
      closedAt,
      digits: instrument.priceDecimals,
      tradeCommand: ticket.side === 'buy' ? 'Buy' : 'Sell',
      volume: piece.volume,
      openPrice: piece.openPrice,
      levels: piece.levels,
      openedAt: ticket.openedAt,
      closePrice: piece.closePrice,
      commission: -piece.commission,
      swap: piece.swap,
      profit: piece.profit,
      expiresAt: 0,
      activation: causes[cause].activation,
      changedAt: closedAt,
    })
  return { order, login, symbol, openedAt: ticket.openedAt, closedAt, state, ticket: null, pending: null, record }
}

function pendingView(whose: Whose, order: Order): TradeView {
  const { login } = whose.user
  const market = heldMarketOf(whose.call.venue.state, venueName, order.symbol)
  const ended = isFinal(order.status)
  const ticket = ticketOf(order.id)
  const symbol = market.instrument.venueSymbol
  const side = order.side === 'buy' ? 'Buy' : 'Sell'
  const closedAt = ended ? order.updatedAt : 0
  const state = ended ? 'Deleted' : 'OpenNormal'
  const { stopLoss, takeProfit, note, expiresAt } = order.deal ?? { stopLoss: null, takeProfit: null }
  const why = order.status === 'expired' ? '[expiration]' : ended ? 'cancelled' : ''
  const record = () =>
    recordOf({
      order: ticket,
      login,
      symbol,
      state,
      closedAt,
      digits: market.instrument.priceDecimals,
      tradeCommand: `${side}${order.type === 'limit' ? 'Limit' : 'Stop'}`,
      volume: order.quantity ?? 0n,
      openPrice: pendingPriceOf(order) ?? 0n,
      levels: { stopLoss, takeProfit },
      openedAt: order.acceptedAt,
      closePrice: order.side === 'buy' ? market.ask : market.bid,
      commission: 0n,
      swap: 0n,
      profit: 0n,
      comment: note?.comment === undefined || note.comment === '' ? why : note.comment,
      expiresAt: expiresAt ?? 0,
      activation: 'None',
      changedAt: order.updatedAt,
    })
  const shared = { order: ticket, login, symbol, openedAt: order.acceptedAt, closedAt, state } as const
  return { ...shared, ticket: null, pending: ended ? null : order, record }
}

function transferView({ login }: ManagedUser, { id, purpose, moved, comment, expiresAt, at }: Transfer): TradeView {
  const order = ticketOf(id)
  const shared = { order, login, symbol: '', openedAt: at, closedAt: at, state: 'ClosedNormal' } as const
  const none = { stopLoss: null, takeProfit: null }
  const record = () =>
    recordOf({
      ...shared,
      comment,
      digits: 0,
      volume: 0n,
      openPrice: 0n,
      closePrice: 0n,
      levels: none,
      tradeCommand: purpose === 'balance' ? 'Balance' : 'Credit',
      commission: 0n,
      swap: 0n,
      profit: moved,
      expiresAt: expiresAt ?? 0,
      activation: 'None',
      changedAt: at,
    })
  return { ...shared, ticket: null, pending: null, record }
}
