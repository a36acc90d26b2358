/**
 * The venue's own account of everything, for audits: what was accepted, filled, held; and which ids came twice.
 * Called by the control surface. Must never hide an order: fault switches do not apply here.
 */
import type { LedgerFill, LedgerOrder, LedgerReply, PaperAccount } from '@tradewire/contracts/paper/control'
import type { Venue } from '@tradewire/contracts/common'
import { formatAmount, most, type Amount } from './amount.ts'
import { closingPriceOf, contractMargin, ticketProfitOf } from './cfd/contract-margin.ts'
import type { Ticket } from './cfd/ticket.ts'
import { isSpot } from './listing/instruments.ts'
import { accountMargin } from './margin/margin.ts'
import { averagePriceOf, isFinal, type Fill, type Order } from './order.ts'
import { entryPriceOf } from './margin/position.ts'
import { leverageOf, marketOf, type Account, type VenueState } from './state.ts'

const duplicatesMax = 100

export interface LedgerFilter {
  readonly venue?: Venue | undefined
  readonly accountId?: string | undefined
  readonly since?: number | undefined
  readonly view: 'full' | 'totals'
}

export function timeText(at: number): string {
  return new Date(at).toISOString()
}

export function textOrNull(value: Amount | null): string | null {
  return value === null ? null : formatAmount(value)
}

export function accountView(account: Account): PaperAccount {
  const { id, venue, label, currency, apiKey, createdAt } = account
  return { accountId: id, venue, label, currency, apiKey, createdAt: timeText(createdAt) }
}

export function ledgerOf(state: VenueState, filter: LedgerFilter, now: number): LedgerReply {
  const accounts = selected(state, filter)
  const full = filter.view === 'full'
  const since = filter.since ?? 0
  const changed = accounts.flatMap((account) => account.orders.filter((order) => full && order.updatedAt >= since))
  return {
    generatedAt: timeText(now),
    accounts: full ? accounts.map(accountView) : [],
    orders: changed.map((order) => orderView(state, order)),
    fills: accounts.flatMap((account) =>
      full ? account.fills.filter((fill) => fill.at >= since).map((fill) => fillView(account, fill)) : [],
    ),
    positions: full ? accounts.flatMap((account) => positionViews(state, account)) : [],
    balances: full ? accounts.flatMap((account) => balanceViews(state, account)) : [],
    totals: totalsOf(accounts),
    duplicates: duplicatesOf(accounts).slice(0, duplicatesMax),
  }
}

function selected(state: VenueState, { venue, accountId }: LedgerFilter): Account[] {
  if (accountId !== undefined) {
    const account = state.accounts.get(accountId)
    return account !== undefined && (venue === undefined || account.venue === venue) ? [account] : []
  }
  return [...state.accounts.values()].filter((account) => venue === undefined || account.venue === venue)
}

function orderView(state: VenueState, order: Order): LedgerOrder {
  const account = state.accounts.get(order.accountId) as Account
  return {
    venue: account.venue,
    accountId: account.id,
    triggeredOrderId: order.triggeredId === null ? null : String(order.triggeredId),
    ...orderFigures(order),
    forced: order.forced,
    acceptedAt: timeText(order.acceptedAt),
  }
}

/** What the ledger and the direct protocol say alike of an order. */
export function orderFigures(order: Order) {
  return {
    orderId: String(order.id),
    clientOrderId: order.clientOrderId,
    symbol: order.symbol,
    side: order.side,
    type: order.type,
    status: order.status,
    quantity: textOrNull(order.quantity),
    filledQuantity: formatAmount(order.filled),
    averagePrice: textOrNull(averagePriceOf(order)),
    price: textOrNull(order.price),
    triggerPrice: textOrNull(order.triggerPrice),
    reduceOnly: order.reduceOnly,
    closePosition: order.closePosition,
    fee: formatAmount(order.fee),
    feeCurrency: order.feeCurrency,
    reason: order.reason,
    updatedAt: timeText(order.updatedAt),
  } satisfies Partial<LedgerOrder>
}

function fillView(account: Account, fill: Fill): LedgerFill {
  return { venue: account.venue, accountId: account.id, ...fillFigures(fill) }
}

/** What the ledger and the direct protocol say alike of a fill. */
export function fillFigures(fill: Fill): Omit<LedgerFill, 'venue' | 'accountId'> {
  return {
    tradeId: String(fill.tradeId),
    orderId: String(fill.order.id),
    clientOrderId: fill.order.clientOrderId,
    symbol: fill.order.symbol,
    side: fill.order.side,
    price: formatAmount(fill.price),
    quantity: formatAmount(fill.quantity),
    fee: formatAmount(fill.fee),
    feeCurrency: fill.feeCurrency,
    realizedPnl: formatAmount(fill.realizedPnl),
    maker: fill.maker,
    at: timeText(fill.at),
  }
}

function positionViews(state: VenueState, account: Account): LedgerReply['positions'] {
  if (isSpot(account.venue)) return []
  if (account.mode !== 'one-way')
    return [...account.tickets.values()].map((ticket) => ticketView(state, account, ticket))
  return accountMargin(state, account)
    .symbols.filter(({ position }) => position.quantity !== 0n)
    .map(({ position, market, unrealizedPnl }) => ({
      venue: account.venue,
      accountId: account.id,
      symbol: position.symbol,
      quantity: formatAmount(position.quantity),
      entryPrice: formatAmount(entryPriceOf(position)),
      markPrice: formatAmount(market.price),
      unrealizedPnl: formatAmount(unrealizedPnl),
      leverage: leverageOf(account, position.symbol),
    }))
}

function ticketView(state: VenueState, account: Account, ticket: Ticket): LedgerReply['positions'][number] {
  const market = marketOf(state, account.venue, ticket.symbol)
  return {
    venue: account.venue,
    accountId: account.id,
    symbol: ticket.symbol,
    quantity: formatAmount(ticket.side === 'buy' ? ticket.volume : -ticket.volume),
    entryPrice: formatAmount(ticket.openPrice),
    markPrice: formatAmount(market === undefined ? ticket.openPrice : closingPriceOf(market, ticket)),
    unrealizedPnl: formatAmount(ticketProfitOf(state, account, ticket)),
    leverage: Math.min(account.leverageMax, market?.instrument.contract?.leverageMax ?? 1),
  }
}

function contractBalance(state: VenueState, account: Account): LedgerReply['balances'][number] {
  const { balance, equity, margin, free } = contractMargin(state, account)
  return {
    venue: account.venue,
    accountId: account.id,
    currency: account.currency,
    total: formatAmount(balance),
    free: formatAmount(most(0n, free)),
    locked: formatAmount(margin),
    equity: formatAmount(equity),
  }
}

function balanceViews(state: VenueState, account: Account): LedgerReply['balances'] {
  if (account.mode !== 'one-way') return [contractBalance(state, account)]
  const spot = isSpot(account.venue)
  const margin = spot ? undefined : accountMargin(state, account)
  return [...account.balances].map(([currency, { free, locked }]) => ({
    venue: account.venue,
    accountId: account.id,
    currency,
    total: formatAmount(free + locked),
    free: formatAmount(margin === undefined ? free : margin.available),
    locked: formatAmount(margin === undefined ? locked : margin.initialMargin),
    equity: formatAmount(margin === undefined ? free + locked : margin.marginBalance),
  }))
}

function totalsOf(accounts: readonly Account[]): LedgerReply['totals'] {
  let ordersAccepted = 0
  let ordersOpen = 0
  let fills = 0
  let liquidations = 0
  for (const account of accounts) {
    fills += account.fills.length
    for (const order of account.orders) {
      if (order.forced) liquidations += 1
      else ordersAccepted += 1
      if (!isFinal(order.status)) ordersOpen += 1
    }
  }
  const duplicateClientOrderIds = duplicatesOf(accounts).reduce((total, { orders }) => total + orders - 1, 0)
  return { accounts: accounts.length, ordersAccepted, ordersOpen, fills, duplicateClientOrderIds, liquidations }
}

function duplicatesOf(accounts: readonly Account[]): LedgerReply['duplicates'] {
  const found: LedgerReply['duplicates'] = []
  for (const account of accounts) {
    for (const [clientOrderId, orders] of account.byClientOrderId) {
      if (orders.length > 1) found.push({ accountId: account.id, clientOrderId, orders: orders.length })
    }
  }
  return found
}
