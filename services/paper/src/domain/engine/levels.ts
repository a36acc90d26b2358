/**
 * What a taker finds at this moment: price levels made of bid or ask, slippage and liquidity.
 * Called by the funds check, which must reckon with the same prices as the match. Must never change state.
 */
import type { Side } from '@tradewire/contracts/common'
import { basisPointsOf, ceilTo, floorTo, least, most, over, times, type Amount } from '../amount.ts'
import type { Market } from '../state.ts'

const priceLevelsMax = 10
/** Distance of two levels when the market has a liquidity limit, in basis points (as an amount). */
const levelPoints: Amount = 100_000_000n

export interface Level {
  readonly price: Amount
  /** Null: without end. */
  readonly quantity: Amount | null
}

/** The first price that a market order gets: bid or ask with slippage, rounded against it. */
export function takerPrice(market: Market, side: Side): Amount {
  const { slippagePoints } = market.settings
  const step = market.instrument.priceStep
  if (side === 'buy') return ceilTo(market.ask + basisPointsOf(market.ask, slippagePoints), step)
  return most(step, floorTo(market.bid - basisPointsOf(market.bid, slippagePoints), step))
}

/** Best first. Without a liquidity limit there is one level without end. */
export function levelsFor(market: Market, side: Side): Level[] {
  const first = takerPrice(market, side)
  const { liquidity } = market.settings
  if (liquidity === null) return [{ price: first, quantity: null }]
  const { priceStep } = market.instrument
  const step = most(priceStep, floorTo(basisPointsOf(first, levelPoints), priceStep))
  const levels: Level[] = []
  for (let index = 0; index < priceLevelsMax; index += 1) {
    const distance = step * BigInt(index)
    const price = side === 'buy' ? first + distance : first - distance
    if (price > 0n) levels.push({ price, quantity: liquidity })
  }
  return levels
}

/** What a market buy of this quantity will pay; what the levels do not hold costs nothing, for it does not fill. */
export function buyCost(market: Market, quantity: Amount): Amount {
  let rest = quantity
  let cost = 0n
  for (const level of levelsFor(market, 'buy')) {
    const part = level.quantity === null ? rest : least(rest, level.quantity)
    cost += times(part, level.price)
    rest -= part
  }
  return cost
}

/** The quantity of a market order that spends, or earns, at most this much quote; a multiple of the quantity step. */
export function quantityForQuote(market: Market, side: Side, quote: Amount): Amount {
  let rest = quote
  let quantity = 0n
  for (const level of levelsFor(market, side)) {
    const affordable = over(rest, level.price)
    const part = level.quantity === null ? affordable : least(affordable, level.quantity)
    quantity += part
    rest -= times(part, level.price)
  }
  return floorTo(quantity, market.instrument.quantityStep)
}
