/**
 * The fold: how each record changes the books. Used live, right after a record is made, and at replay.
 * Called by the engine's emit and by the journal's replay. Must never decide anything, nor read a clock.
 */
import { unreachable } from '@tradewire/kernel/result'
import { least, times, type Amount } from '../amount.ts'
import { applyOrderChanged, applySwap, applyTicketChanged, settleDeal } from '../cfd/apply-deal.ts'
import { isSpot } from '../listing/instruments.ts'
import { addedAccount, changeAccount } from '../accounts/cloud-account.ts'
import { changeUser, moveFunds, openedUser } from './apply-user.ts'
import { freshKey } from '../accounts/key-rules.ts'
import { refreshBands } from '../margin/liquidation-bands.ts'
import { hasLimit, isConditional, isFinal, isResting, remainingOf, type Order, type OrderTerms } from '../order.ts'
import { afterFill } from '../margin/position.ts'
import type { AccountCreated, OrderEnded, OrderFilled, OrderTriggered, PriceMoved, VenueRecord } from '../records.ts'
import { marketOf, type Account, type Balance, type Market, type Position, type VenueState } from '../state.ts'

export function apply(state: VenueState, record: VenueRecord): void {
  switch (record.kind) {
    case 'price':
      return applyPrice(state, record)
    case 'accepted':
      return applyAccepted(state, record.order)
    case 'filled':
      return applyFilled(state, record)
    case 'ended':
      return applyEnded(state, record)
    case 'triggered':
      return applyTriggered(state, record)
    case 'activated': {
      const order = orderOf(state, record.orderId)
      order.activated = true
      return marketOfOrder(state, order).book.trail(order, record.price)
    }
    case 'account-created':
      return applyAccountCreated(state, record)
    case 'key-revoked':
      state.accountsByKey.delete(accountOf(state, record.accountId).apiKey)
      return
    case 'key-changed':
      accountOf(state, record.accountId).keyRules = record.rules
      return
    case 'market-changed': {
      const market = marketOf(state, record.venue, record.symbol)
      if (market !== undefined) market.settings = record.settings
      return
    }
    case 'leverage':
      accountOf(state, record.accountId).leverage.set(record.symbol, record.leverage)
      return
    case 'insured': {
      const account = accountOf(state, record.accountId)
      balanceFor(account, account.currency).free += record.paid
      return
    }
    case 'order-changed': {
      const order = orderOf(state, record.orderId)
      return applyOrderChanged(marketOfOrder(state, order), order, record)
    }
    case 'ticket-changed':
      return applyTicketChanged(state, accountOf(state, record.accountId), record)
    case 'swapped':
      return applySwap(accountOf(state, record.accountId), record)
    case 'cloud-account-added':
      state.cloudAccounts.set(record.cloudId, addedAccount(record))
      return
    case 'cloud-account-changed':
      return changeAccount(state.cloudAccounts, record)
    case 'user-opened':
      state.users.set(record.accountId, openedUser(record))
      return
    case 'user-changed':
      return changeUser(state.users.get(record.accountId), accountOf(state, record.accountId), record)
    case 'funds-moved':
      state.nextId = Math.max(state.nextId, record.id + 1)
      return moveFunds(accountOf(state, record.accountId), record)
    default:
      return unreachable(record)
  }
}

export function accountOf(state: VenueState, accountId: string): Account {
  const account = state.accounts.get(accountId)
  if (account === undefined) throw new Error(`the journal names an unknown account ${accountId}`)
  return account
}

export function orderOf(state: VenueState, orderId: number): Order {
  const order = state.orders.get(orderId)
  if (order === undefined) throw new Error(`the journal names an unknown order ${String(orderId)}`)
  return order
}

function marketOfOrder(state: VenueState, order: Order): Market {
  const market = marketOf(state, accountOf(state, order.accountId).venue, order.symbol)
  if (market === undefined) throw new Error(`the journal names an unknown symbol ${order.symbol}`)
  return market
}

export function balanceFor(account: Account, asset: string): Balance {
  const known = account.balances.get(asset)
  if (known !== undefined) return known
  const balance = { free: 0n, locked: 0n }
  account.balances.set(asset, balance)
  return balance
}

export function positionFor(account: Account, symbol: string): Position {
  const known = account.positions.get(symbol)
  if (known !== undefined) return known
  const position = { symbol, quantity: 0n, cost: 0n, openBuys: 0n, openSells: 0n, updatedAt: 0 }
  account.positions.set(symbol, position)
  return position
}

function applyPrice(state: VenueState, record: PriceMoved): void {
  const market = marketOf(state, record.venue, record.symbol)
  if (market === undefined) return
  market.price = record.close
  market.bid = record.bid
  market.ask = record.ask
  market.updatedAt = record.at
  market.candles.add(record)
  market.book.trailingSells.observe(record.low, record.high)
  market.book.trailingBuys.observe(record.low, record.high)
}

function applyAccountCreated(state: VenueState, record: AccountCreated): void {
  const account: Account = {
    id: record.accountId,
    venue: record.venue,
    label: record.label,
    currency: record.currency,
    apiKey: record.apiKey,
    secret: record.secret,
    passphrase: record.passphrase ?? null,
    keyRules: freshKey,
    createdAt: record.at,
    deposit: record.balances.find(({ asset }) => asset === record.currency)?.total ?? 0n,
    balances: new Map(record.balances.map(({ asset, total }) => [asset, { free: total, locked: 0n }])),
    positions: new Map(),
    leverage: new Map(),
    open: new Map(),
    orders: [],
    byClientOrderId: new Map(),
    fills: [],
    locks: new Map(),
    mode: record.mode ?? 'one-way',
    leverageMax: record.leverageMax ?? 1,
    credit: 0n,
    transfers: [],
    tickets: new Map(),
    closedTickets: [],
    updatedAt: record.at,
    bandVersion: 0,
  }
  state.accounts.set(account.id, account)
  state.accountsByKey.set(account.apiKey, account)
}

function applyAccepted(state: VenueState, terms: OrderTerms): void {
  const account = accountOf(state, terms.accountId)
  const waits = isConditional(terms.type)
  const order: Order = {
    ...terms,
    status: waits ? 'waiting' : 'open',
    filled: 0n,
    filledQuote: 0n,
    fee: 0n,
    feeCurrency: null,
    realizedPnl: 0n,
    triggeredId: null,
    triggeredAt: null,
    activated: false,
    reason: null,
    updatedAt: terms.acceptedAt,
  }
  state.nextId = Math.max(state.nextId, order.id + 1, (order.listId ?? 0) + 1)
  state.orders.set(order.id, order)
  account.orders.push(order)
  account.open.set(order.id, order)
  const sameId = account.byClientOrderId.get(order.clientOrderId)
  if (sameId === undefined) account.byClientOrderId.set(order.clientOrderId, [order])
  else sameId.push(order)
  if (order.lock > 0n) lock(state, account, order)
  const market = marketOfOrder(state, order)
  if (order.deal !== undefined) market.tickets.watchOrder(order)
  else if (waits) market.book.wait(order)
  else rest(account, market, order)
}

/** A limit enters the book before it is matched: what the match leaves simply stays. */
function rest(account: Account, market: Market, order: Order): void {
  if (!hasLimit(order.type)) return
  market.book.rest(order)
  addOpenNotional(account, order, remainingOf(order))
}

function addOpenNotional(account: Account, order: Order, quantity: Amount): void {
  if (
    isSpot(account.venue) ||
    order.deal !== undefined ||
    order.reduceOnly ||
    !hasLimit(order.type) ||
    order.price === null
  )
    return
  const position = positionFor(account, order.symbol)
  if (order.side === 'buy') position.openBuys += times(quantity, order.price)
  else position.openSells += times(quantity, order.price)
}

/** Spot locks are kept under the order's id, or under the list's id below zero: two orders of a list share one. */
export function lockKeyOf(order: Pick<OrderTerms, 'id' | 'listId'>): number {
  return order.listId === null ? order.id : -order.listId
}

function lock(state: VenueState, account: Account, order: Order): void {
  const { instrument } = marketOfOrder(state, order)
  const asset = order.side === 'buy' ? instrument.quote : instrument.base
  const balance = balanceFor(account, asset)
  balance.free -= order.lock
  balance.locked += order.lock
  account.locks.set(lockKeyOf(order), { asset, amount: order.lock })
}

function applyTriggered(state: VenueState, record: OrderTriggered): void {
  const order = orderOf(state, record.orderId)
  const account = accountOf(state, order.accountId)
  order.status = 'open'
  order.quantity = record.quantity
  order.triggeredId = record.triggeredId
  order.triggeredAt = record.at
  order.updatedAt = record.at
  state.nextId = Math.max(state.nextId, record.triggeredId + 1)
  state.orders.set(record.triggeredId, order)
  rest(account, marketOfOrder(state, order), order)
}

function applyFilled(state: VenueState, record: OrderFilled): void {
  const order = orderOf(state, record.orderId)
  const account = accountOf(state, order.accountId)
  const market = marketOfOrder(state, order)
  const quote = times(record.quantity, record.price)
  if (isResting(order)) addOpenNotional(account, order, -record.quantity)
  state.nextId = Math.max(state.nextId, record.tradeId + 1)
  order.filled += record.quantity
  order.filledQuote += quote
  order.fee += record.fee
  order.feeCurrency = record.feeCurrency
  order.realizedPnl += record.realizedPnl
  order.status = order.filled === order.quantity ? 'filled' : 'partially-filled'
  order.updatedAt = record.at
  account.updatedAt = record.at
  const { tradeId, price, quantity, fee, feeCurrency, realizedPnl, maker, at } = record
  const fill = { tradeId, order, price, quantity, fee, feeCurrency, realizedPnl, maker, at }
  account.fills.push(record.deal === undefined ? fill : { ...fill, deal: record.deal })
  market.candles.addTrade(quantity, quote)
  if (record.deal !== undefined) settleDeal({ account, market, order }, record, record.deal)
  else if (isSpot(account.venue)) settleSpot(account, market, order, record)
  else settlePerpetual(state, account, order, record)
  if (isFinal(order.status)) {
    market.tickets.pending.delete(order)
    close(account, order)
  }
}

function settleSpot(account: Account, market: Market, order: Order, fill: OrderFilled): void {
  const { base, quote } = market.instrument
  const value = times(fill.quantity, fill.price)
  const [paidAsset, price, gotAsset, got] =
    order.side === 'buy' ? [quote, value, base, fill.quantity] : [base, fill.quantity, quote, value]
  const paid = fill.feeCurrency === paidAsset ? price + fill.fee : price
  const held = account.locks.get(lockKeyOf(order))
  const fromLock = held === undefined ? 0n : least(held.amount, paid)
  const paying = balanceFor(account, paidAsset)
  if (held !== undefined) held.amount -= fromLock
  paying.locked -= fromLock
  paying.free -= paid - fromLock
  balanceFor(account, gotAsset).free += fill.feeCurrency === gotAsset ? got - fill.fee : got
}

function settlePerpetual(state: VenueState, account: Account, order: Order, fill: OrderFilled): void {
  const position = positionFor(account, order.symbol)
  const change = afterFill(position, order.side, fill.quantity, fill.price)
  position.quantity = change.quantity
  position.cost = change.cost
  position.updatedAt = fill.at
  balanceFor(account, account.currency).free += fill.realizedPnl - fill.fee
  refreshBands(state, account)
}

function applyEnded(state: VenueState, record: OrderEnded): void {
  const order = orderOf(state, record.orderId)
  const account = accountOf(state, order.accountId)
  if (isResting(order)) addOpenNotional(account, order, -remainingOf(order))
  order.status = record.status
  order.reason = record.reason
  order.updatedAt = record.at
  marketOfOrder(state, order).tickets.pending.delete(order)
  close(account, order)
}

/** Nothing can happen to the order any more: what is still set aside for it, and for its list, goes back. */
function close(account: Account, order: Order): void {
  account.open.delete(order.id)
  const key = lockKeyOf(order)
  const held = account.locks.get(key)
  if (held === undefined) return
  if (order.listId !== null) {
    for (const other of account.open.values()) if (other.listId === order.listId) return
  }
  const balance = balanceFor(account, held.asset)
  balance.locked -= held.amount
  balance.free += held.amount
  account.locks.delete(key)
}
