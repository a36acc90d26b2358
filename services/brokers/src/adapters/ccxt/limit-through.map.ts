/**
 * A limit at which an order is as good as one without: for venues whose stops, or whose purchases, must have one.
 * Called by the exchanges of such venues. Must never leave the market's own steps.
 */
import { Decimal, decimal, ONE } from '@tradewire/kernel/decimal'
import type { Side } from '@tradewire/contracts/common'

/** So far past the price an order is still good that shall be executed at once: Coinbase's own bracket does the same. */
const throughShare = decimal('0.05')

export function limitThrough(price: string, side: Side, priceStep: string): string {
  const [step, factor] = [decimal(priceStep), side === 'buy' ? ONE.plus(throughShare) : ONE.minus(throughShare)]
  const steps = decimal(price).times(factor).div(step)
  return steps
    .round(0, side === 'buy' ? Decimal.roundDown : Decimal.roundUp)
    .times(step)
    .toString()
}
