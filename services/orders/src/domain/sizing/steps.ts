/**
 * Exact counting in steps: quantities and caps as whole numbers of the venue's step.
 * Called by sizing, targets and prices. Must never round up what may be risked.
 */
import { type Decimal, ONE } from '@tradewire/kernel/decimal'

/** How many whole `size`s fit into `amount` (amount >= 0, size > 0): exact, whatever the number of digits. */
export function wholeStepsIn(amount: Decimal, size: Decimal): Decimal {
  return amount.wholes(size)
}

/** The fewest whole `size`s that reach `amount` (amount >= 0, size > 0). */
export function stepsToReach(amount: Decimal, size: Decimal): Decimal {
  const below = wholeStepsIn(amount, size)
  return below.times(size).eq(amount) ? below : below.plus(ONE)
}

export function floorTo(value: Decimal, step: Decimal): Decimal {
  return wholeStepsIn(value, step).times(step)
}

export function ceilTo(value: Decimal, step: Decimal): Decimal {
  return stepsToReach(value, step).times(step)
}
