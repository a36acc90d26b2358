/** Prices of signals that are sent by hand. Called by the use cases that take them. Pure. */
import type { Side } from '@tradewire/contracts/common'
import { decimal, HUNDRED } from '@tradewire/kernel/decimal'

export interface HandPrices {
  readonly side: Side
  readonly stop: { readonly price: string }
  readonly targets: readonly string[]
}

export function sidesAreRight({ side, price, stop, targets }: HandPrices & { readonly price: string }): boolean {
  const entry = decimal(price)
  const direction = side === 'buy' ? 1 : -1
  const isBeyond = (text: string, sign: number) => decimal(text).cmp(entry) === sign * direction
  return isBeyond(stop.price, -1) && targets.every((target) => isBeyond(target, 1))
}

/**
 * The price that sizes are reckoned from when the sender names none: a hundredth of the way back from the nearest target
 * to the stop. A better entry risks less than asked for, and a worse one has its nearest target behind it.
 */
export function worstPriceOf({ side, stop, targets }: HandPrices): string {
  const nearest = targets.map(decimal).reduce((a, b) => ((side === 'buy' ? a.lt(b) : a.gt(b)) ? a : b))
  return nearest.plus(decimal(stop.price).minus(nearest).div(HUNDRED)).toString()
}
