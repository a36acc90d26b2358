/**
 * The legs of one target: the first try and those after it. Called by the rules that place, watch for and sell at targets.
 * Must never be changed for brackets that are open: a leg's name is part of its intent.
 */
import type { Leg } from '../bracket/leg.ts'

/** target-2 at first, then target-2.2. */
export function targetLegName(target: number, attempt: number): string {
  return attempt === 1 ? `target-${target}` : `target-${target}.${attempt}`
}

export function targetTries(legs: readonly Leg[], target: number): Leg[] {
  const first = targetLegName(target, 1)
  return legs.filter(({ leg }) => leg === first || leg.startsWith(`${first}.`))
}
