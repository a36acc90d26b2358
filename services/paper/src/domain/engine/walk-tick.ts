/**
 * One price tick of one market: quote, activations, triggers, crossed limits, liquidations, in this order.
 * Called by the running venue for each tick. Must never look at an order or account that the price has not reached.
 */
import { basisPointsOf, ceilTo, floorTo, most, type Amount } from '../amount.ts'
import { accountOf } from './apply.ts'
import { walkContractTick } from '../cfd/walk-contract-tick.ts'
import { liquidate } from '../margin/liquidate.ts'
import { refreshBands } from '../margin/liquidation-bands.ts'
import { fillResting } from './match.ts'
import { isResting, type Order } from '../order.ts'
import { trigger } from './place-order.ts'
import type { Session } from './session.ts'
import type { Market } from '../state.ts'

/** At `at` (market time, ms): either a price, from which bid and ask are made, or both of them. */
export type Tick =
  | { readonly at: number; readonly price: Amount }
  | { readonly at: number; readonly bid: Amount; readonly ask: Amount }

const TWO = 2n

/** Bid and ask around a price, rounded outwards to the price step. */
export function quoteAround(market: Market, price: Amount): { readonly bid: Amount; readonly ask: Amount } {
  const half = basisPointsOf(price, market.settings.spreadPoints) / TWO
  const step = market.instrument.priceStep
  return { bid: most(step, floorTo(price - half, step)), ask: ceilTo(price + half, step) }
}

export function walkTick(session: Session, market: Market, tick: Tick): void {
  const price = 'price' in tick ? tick.price : (tick.bid + tick.ask) / TWO
  const { bid, ask } = 'price' in tick ? quoteAround(market, tick.price) : tick
  const { venue, symbol, contract } = market.instrument
  const before = market.updatedAt
  session.emitPrice({
    kind: 'price',
    venue,
    symbol,
    at: tick.at,
    open: price,
    high: price,
    low: price,
    close: price,
    bid,
    ask,
  })
  if (contract !== null) return walkContractTick(session, market, before)
  activate(session, market)
  runTriggers(session, market)
  runLimits(session, market)
  runLiquidations(session, market)
}

function activate(session: Session, market: Market): void {
  for (let order = market.book.takeActivated(market.price); order !== undefined;) {
    session.emit({ kind: 'activated', orderId: order.id, price: market.price })
    order = market.book.takeActivated(market.price)
  }
}

function runTriggers(session: Session, market: Market): void {
  for (let order = market.book.takeTriggered(market.price); order !== undefined;) {
    trigger({ session, market, account: accountOf(session.state, order.accountId) }, order)
    order = market.book.takeTriggered(market.price)
  }
}

/** What the market's liquidity leaves of an order goes back into the book after the walk: it waits for the next tick. */
function runLimits(session: Session, market: Market): void {
  const left: Order[] = []
  for (let order = market.book.takeCrossed(market.bid, market.ask); order !== undefined;) {
    fillResting({ session, market, account: accountOf(session.state, order.accountId) }, order)
    if (isResting(order)) left.push(order)
    order = market.book.takeCrossed(market.bid, market.ask)
  }
  for (const order of left) market.book.rest(order)
}

function runLiquidations(session: Session, market: Market): void {
  for (let accountId = market.book.takeOutsideBand(market.price); accountId !== undefined;) {
    const account = accountOf(session.state, accountId)
    if (refreshBands(session.state, account)) liquidate(session, account)
    accountId = market.book.takeOutsideBand(market.price)
  }
}
