/**
 * Arithmetic of a one-way position: what a fill makes of it. Pure; called by the engine (for the record) and by the fold.
 * Must never lose money to rounding over a round trip: the last closing fill takes what is left of the cost.
 */
import type { Side } from '@tradewire/contracts/common'
import { absolute, least, share, times, type Amount } from '../amount.ts'

export interface PositionChange {
  readonly quantity: Amount
  readonly cost: Amount
  /** Profit (above zero) or loss of the part that was closed, in quote currency, before fees. */
  readonly realizedPnl: Amount
}

/** `quantity` and `price` are of the fill, both positive; the position's quantity is signed. */
export function afterFill(
  position: { readonly quantity: Amount; readonly cost: Amount },
  side: Side,
  quantity: Amount,
  price: Amount,
): PositionChange {
  const signed = side === 'buy' ? quantity : -quantity
  const before = position.quantity
  const adds = before === 0n || before > 0n === signed > 0n
  if (adds) return { quantity: before + signed, cost: position.cost + times(quantity, price), realizedPnl: 0n }
  const size = absolute(before)
  const closed = least(size, quantity)
  const closedCost = closed === size ? position.cost : share(position.cost, closed, size)
  const closedValue = times(closed, price)
  const realizedPnl = before > 0n ? closedValue - closedCost : closedCost - closedValue
  const opened = quantity - closed
  const cost = opened > 0n ? times(opened, price) : position.cost - closedCost
  return { quantity: before + signed, cost, realizedPnl }
}

/** Quote currency per unit, cut after eight decimals; 0 when flat. */
export function entryPriceOf(position: { readonly quantity: Amount; readonly cost: Amount }): Amount {
  return position.quantity === 0n ? 0n : share(position.cost, 100_000_000n, absolute(position.quantity))
}

export function unrealizedPnlOf(position: { readonly quantity: Amount; readonly cost: Amount }, mark: Amount): Amount {
  const value = times(absolute(position.quantity), mark)
  if (position.quantity === 0n) return 0n
  return position.quantity > 0n ? value - position.cost : position.cost - value
}
