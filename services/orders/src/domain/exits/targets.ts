/**
 * Splits a position over its targets in whole steps, so that the parts add up to it exactly.
 * Called by the planner for the plan and by brackets for what was really filled. Must never lose or invent a step.
 */
import { type Decimal, ONE, ZERO, decimal } from '@tradewire/kernel/decimal'
import { wholeStepsIn } from '../sizing/steps.ts'

export interface TargetPart {
  /** Counted from 1, nearest to the entry first. */
  readonly target: number
  readonly price: Decimal
  /** Zero when the part was merged away. */
  readonly quantity: Decimal
}

export interface TargetSplit {
  readonly parts: readonly TargetPart[]
  /** Parts that were too small and went to a neighbour: [from, into]. */
  readonly merged: readonly (readonly [number, number])[]
}

export interface SplitRules {
  readonly quantityStep: Decimal
  /** The least quantity that the venue takes at this price. */
  readonly minimumAt: (price: Decimal) => Decimal
}

/**
 * Equal parts; steps left over go one each to the targets nearest the entry. Then, from the far end, a part below the
 * minimum goes to its neighbour nearer the entry; if the nearest itself is too small it goes to the next one that has
 * something. A quantity that is no multiple of the step leaves its rest with the nearest part.
 */
export function splitOverTargets(quantity: Decimal, prices: readonly Decimal[], rules: SplitRules): TargetSplit {
  const steps = wholeStepsIn(quantity, rules.quantityStep)
  const count = decimal(String(prices.length))
  const each = wholeStepsIn(steps, count)
  const left = Number(steps.minus(each.times(count)).toString())
  const parts = prices.map((_, index) => (index < left ? each.plus(ONE) : each).times(rules.quantityStep))
  parts[0] = parts[0]!.plus(quantity.minus(steps.times(rules.quantityStep)))

  const merged: [number, number][] = []
  const move = (from: number, into: number) => {
    if (parts[from]!.gt(ZERO)) merged.push([from + 1, into + 1])
    parts[into] = parts[into]!.plus(parts[from]!)
    parts[from] = ZERO
  }
  const tooSmall = (index: number) => parts[index]!.lt(rules.minimumAt(prices[index]!))
  for (let index = parts.length - 1; index > 0; index -= 1) if (tooSmall(index)) move(index, index - 1)
  const next = parts.findIndex((part, index) => index > 0 && part.gt(ZERO))
  if (next > 0 && tooSmall(0)) move(0, next)
  return { parts: parts.map((part, index) => ({ target: index + 1, price: prices[index]!, quantity: part })), merged }
}
