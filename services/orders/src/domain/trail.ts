/**
 * A trailing stop that follows prices as they come, shared by all positions of a signal that began to wait together. Pure.
 * Called by the use case that watches prices. Must never go back: a best price stays the best.
 */
import { type Decimal, HUNDRED, ONE } from '@tradewire/kernel/decimal'
import type { Side } from '@tradewire/contracts/common'

/** What all positions of one signal that began to wait for the same price have in common. */
export interface Trail {
  /** Of the order that it will send: a sale follows the price up. */
  readonly side: Side
  readonly activation: Decimal
  readonly callbackRatePercent: Decimal
  /** The best price since it was reached; null before. */
  readonly best: Decimal | null
}

/** The trail after this price, and whether the price has come back far enough to sell by. */
export function follow<Known extends Trail>(trail: Known, price: Decimal): { trail: Known; fires: boolean } {
  const { side, activation, best } = trail
  const better = (a: Decimal, b: Decimal) => (side === 'sell' ? a.gt(b) : a.lt(b))
  if (best === null) return { trail: better(activation, price) ? trail : { ...trail, best: price }, fires: false }
  if (better(price, best)) return { trail: { ...trail, best: price }, fires: false }
  return { trail, fires: !better(price, triggerOf(trail, best)) }
}

/** Where a trailing stop stands whose best price was this. */
function triggerOf({ side, callbackRatePercent }: Trail, best: Decimal): Decimal {
  const share = callbackRatePercent.div(HUNDRED)
  return best.times(side === 'sell' ? ONE.minus(share) : ONE.plus(share))
}
