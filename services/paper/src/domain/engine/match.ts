/**
 * Fills: a taker walks price levels made of bid or ask, slippage and liquidity; a resting limit fills at its own price.
 * Called by place-order and walk-tick. Must never fill more than the order's rest, nor let reduceOnly add to a position.
 */
import { absolute, floorTo, least, most, times, type Amount } from '../amount.ts'
import { isSpot, takesFeesInQuote } from '../listing/instruments.ts'
import { levelsFor, takerPrice, type Level } from './levels.ts'
import { hasLimit, isFinal, isResting, remainingOf, type Order } from '../order.ts'
import { afterFill } from '../margin/position.ts'
import type { Desk, Session } from './session.ts'
import { balanceOf, type Account, type Market } from '../state.ts'

export function isReduceOnly(order: Order): boolean {
  return order.reduceOnly || order.closePosition
}

/** What a reduceOnly order may still fill: the opposite position, no more. */
export function reducible(account: Account, order: Order): Amount {
  const held = account.positions.get(order.symbol)?.quantity ?? 0n
  const opposite = order.side === 'sell' ? held > 0n : held < 0n
  return opposite ? absolute(held) : 0n
}

/** A limit taker stops at its price; with price improvement it pays what the level asks. */
function acceptable(order: Order, price: Amount): boolean {
  if (!hasLimit(order.type) || order.price === null) return true
  return order.side === 'buy' ? price <= order.price : price >= order.price
}

/** Limit orders meet bid and ask without slippage, which only market orders suffer. */
function levelsOf(market: Market, order: Order): Level[] {
  if (!hasLimit(order.type)) return levelsFor(market, order.side)
  const best = order.side === 'buy' ? market.ask : market.bid
  const beyond = levelsFor(market, order.side).map((level) => ({
    price: order.side === 'buy' ? most(best, level.price) : least(best, level.price),
    quantity: level.quantity,
  }))
  return [{ price: best, quantity: market.settings.liquidity }, ...beyond.slice(1)]
}

/**
 * Takes what the market offers. `fraction` (a fault switch) caps the share of the quantity that fills at once; a step of
 * it always fills, so that what is closed again and again comes to its end.
 */
export function take(desk: Desk, order: Order, fraction?: Amount): void {
  const { account, market } = desk
  let rest = remainingOf(order)
  const step = market.instrument.quantityStep
  if (fraction !== undefined) rest = most(floorTo(times(rest, fraction), step), least(rest, step))
  if (order.forced)
    return fill(desk, order, {
      price: takerPrice(market, order.side),
      quantity: rest,
      maker: false,
    })
  for (const level of levelsOf(market, order)) {
    if (rest <= 0n || !acceptable(order, level.price)) return
    const offered = level.quantity === null ? rest : least(rest, level.quantity)
    const quantity = isReduceOnly(order) ? least(offered, reducible(account, order)) : offered
    if (quantity <= 0n) return
    fill(desk, order, { price: level.price, quantity, maker: false })
    rest -= quantity
  }
}

/** All that a fill-or-kill order needs is there at its price or better. */
export function canFillWhole(market: Market, order: Order): boolean {
  let rest = remainingOf(order)
  for (const level of levelsOf(market, order)) {
    if (!acceptable(order, level.price)) break
    if (level.quantity === null) return true
    rest -= level.quantity
  }
  return rest <= 0n
}

/** A resting limit that the market has crossed: fills at its own price, at most the market's liquidity per tick. */
export function fillResting(desk: Desk, order: Order): void {
  const { session, account, market } = desk
  if (!isResting(order) || order.price === null) return
  const { liquidity } = market.settings
  const offered = liquidity === null ? remainingOf(order) : least(remainingOf(order), liquidity)
  const quantity = isReduceOnly(order) ? least(offered, reducible(account, order)) : offered
  if (quantity > 0n) fill(desk, order, { price: order.price, quantity, maker: true })
  if (isReduceOnly(order) && !isFinal(order.status) && reducible(account, order) === 0n) {
    session.end(order, 'expired', 'Reduce Only reject')
  }
}

interface Execution {
  readonly price: Amount
  readonly quantity: Amount
  readonly maker: boolean
}

function fill(desk: Desk, order: Order, execution: Execution): void {
  const { session, account, market } = desk
  const { price, quantity, maker } = execution
  const { instrument, settings } = market
  const rate = maker ? settings.makerFeeRate : settings.takerFeeRate
  const spot = isSpot(account.venue)
  const inBase = spot && order.side === 'buy' && !takesFeesInQuote(account.venue)
  const position = account.positions.get(order.symbol) ?? { quantity: 0n, cost: 0n }
  session.emit({
    kind: 'filled',
    orderId: order.id,
    tradeId: session.nextId(),
    price,
    quantity,
    fee: times(inBase ? quantity : times(quantity, price), rate),
    feeCurrency: inBase ? instrument.base : instrument.quote,
    realizedPnl: spot ? 0n : afterFill(position, order.side, quantity, price).realizedPnl,
    maker,
    at: session.now,
  })
  afterPositionChange(desk)
  if (order.listId !== null) endOthersOfList(session, account, order)
}

/** Resting reduceOnly orders have nothing left to do once the position is flat or on their own side. */
function afterPositionChange({ session, account, market }: Desk): void {
  if (isSpot(account.venue)) return
  for (const other of account.open.values()) {
    if (!isResting(other) || !isReduceOnly(other) || !hasLimit(other.type)) continue
    if (other.symbol !== market.instrument.symbol || reducible(account, other) > 0n) continue
    session.end(other, 'expired', 'Reduce Only reject')
  }
  insure(session, account)
}

/** A close far beyond its trigger can cost more than there was: with nothing left to win it back, insurance pays. */
function insure(session: Session, account: Account): void {
  const wallet = balanceOf(account, account.currency).free
  if (wallet >= 0n) return
  for (const position of account.positions.values()) if (position.quantity !== 0n) return
  session.emit({ kind: 'insured', accountId: account.id, paid: -wallet, at: session.now })
}

export function endOthersOfList(session: Session, account: Account, order: Order): void {
  for (const other of account.open.values()) {
    if (other.listId === order.listId && other !== order) session.end(other, 'expired', 'OCO')
  }
}
