/**
 * Whether an account can pay for an order: spot balances, or margin on perpetual venues; and how much spot sets aside.
 * Called by place-order, and by triggers, which may have to make do with less. Must never change state.
 */
import { least, most, times, type Amount } from '../amount.ts'
import type { OrderRequest } from './check-order.ts'
import { takesFeesInQuote } from '../listing/instruments.ts'
import { buyCost, quantityForQuote, takerPrice } from './levels.ts'
import { accountMargin, exposureOf, marginFor } from '../margin/margin.ts'
import { hasLimit, type Order } from '../order.ts'
import type { Desk, Session } from './session.ts'
import { balanceOf, leverageOf, type Account, type Market } from '../state.ts'

/** Spot: how much of the asset to be paid an order needs: quote for a buy, base for a sell. */
export function spotCost(
  market: Market,
  request: Pick<OrderRequest, 'side' | 'price' | 'triggerPrice' | 'type'>,
  quantity: Amount,
): Amount {
  if (request.side === 'sell') return quantity
  const price = request.price ?? request.triggerPrice
  const cost = price === undefined ? buyCost(market, quantity) : times(quantity, price)
  const feeRate = takesFeesInQuote(market.instrument.venue) ? market.settings.takerFeeRate : 0n
  return cost + times(cost, feeRate)
}

export function spotCanPay(account: Account, market: Market, side: 'buy' | 'sell', cost: Amount): boolean {
  const asset = side === 'buy' ? market.instrument.quote : market.instrument.base
  return balanceOf(account, asset).free >= cost
}

/** Spot: what a triggered market buy can still afford, out of its lock and the free balance. */
export function spotAffordable(account: Account, market: Market, order: Order, held: Amount): Amount {
  const wanted = order.quantity ?? 0n
  if (order.side === 'sell') return wanted
  const quote = held + balanceOf(account, market.instrument.quote).free
  return least(wanted, quantityForQuote(market, 'buy', quote))
}

/** Perpetual: true when the margin for the order is there, or the order does not need more than is in use already. */
export function marginSuffices(
  { state }: Pick<Session, 'state'>,
  { account, market }: Pick<Desk, 'account' | 'market'>,
  order: { readonly side: 'buy' | 'sell'; readonly type: Order['type']; readonly price?: Amount | undefined },
  quantity: Amount,
): boolean {
  const margin = accountMargin(state, account)
  const { symbol } = market.instrument
  const current = margin.symbols.find((candidate) => candidate.position.symbol === symbol)
  const price = hasLimit(order.type) && order.price !== undefined ? order.price : takerPrice(market, order.side)
  const notional = times(quantity, most(price, order.side === 'buy' ? 0n : market.bid))
  const openBuys = (current?.position.openBuys ?? 0n) + (order.side === 'buy' ? notional : 0n)
  const openSells = (current?.position.openSells ?? 0n) + (order.side === 'sell' ? notional : 0n)
  const leverage = leverageOf(account, symbol)
  const before = (current?.positionInitialMargin ?? 0n) + (current?.openOrderInitialMargin ?? 0n)
  const after = marginFor(exposureOf(current?.notional ?? 0n, openBuys, openSells), leverage)
  const extra = after - before
  return extra <= 0n || extra <= margin.marginBalance - margin.initialMargin
}
