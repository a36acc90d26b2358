/**
 * What waits for a price as prices come, a trailing stop or a target, shared by all positions of a signal that began to wait together. Pure.
 * Called by the use case that watches prices. Must never go back: a best price stays the best.
 */
import { type Decimal, HUNDRED, ONE } from '@tradewire/kernel/decimal'
import type { Side } from '@tradewire/contracts/common'

/** What all positions of one signal that began to wait for the same price have in common. */
export interface Trail {
  /** Of the order that it will send: a sale follows the price up. */
  readonly side: Side
  readonly activation: Decimal
  /** Null: a target, which fires when its activation is reached. */
  readonly callbackRatePercent: Decimal | null
  /** The best price since it was reached; null before. */
  readonly best: Decimal | null
}

/** The trail after this price, and whether the price has come back far enough to sell by, or has come at all where that is enough. */
export function follow<Known extends Trail>(trail: Known, price: Decimal): { trail: Known; fires: boolean } {
  const { side, activation, best, callbackRatePercent } = trail
  const better = (a: Decimal, b: Decimal) => (side === 'sell' ? a.gt(b) : a.lt(b))
  if (best === null) {
    const reached = !better(activation, price)
    return { trail: reached ? { ...trail, best: price } : trail, fires: reached && callbackRatePercent === null }
  }
  if (callbackRatePercent === null) return { trail, fires: true }
  if (better(price, best)) return { trail: { ...trail, best: price }, fires: false }
  return { trail, fires: !better(price, triggerOf(side, callbackRatePercent, best)) }
}

/** Where a trailing stop stands whose best price was this. */
function triggerOf(side: Side, callbackRatePercent: Decimal, best: Decimal): Decimal {
  const share = callbackRatePercent.div(HUNDRED)
  return best.times(side === 'sell' ? ONE.minus(share) : ONE.plus(share))
}
