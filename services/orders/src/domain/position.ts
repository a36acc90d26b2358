/**
 * What a bracket's legs add up to: bought, sold, left, protected, paid. Pure arithmetic over legs.
 * Called by the bracket and by reads. Must never use anything but executed quantities.
 */
import { type Decimal, ZERO, maximum, sum } from '@tradewire/kernel/decimal'
import { isFinal, type Leg, openQuantity } from './leg.ts'

export interface Position {
  readonly entry: Leg
  /** Nothing more can happen to the entry. */
  readonly entryFinal: boolean
  readonly opened: Decimal
  readonly closed: Decimal
  /** What is held: opened - closed - gone, never negative. */
  readonly remaining: Decimal
  /** Of `remaining`, what a standing stop covers. */
  readonly protected: Decimal
  /** A stop or the trailing stop has executed something: the position is on its way out. */
  readonly stopHit: boolean
}

/** `gone` is what the venue closed by itself, of which no leg of ours tells. */
export function positionOf(legs: readonly Leg[], gone: Decimal): Position {
  const entry = legs.find(({ purpose }) => purpose === 'entry')
  if (entry === undefined) throw new Error('a bracket has an entry leg')
  const exits = legs.filter(({ purpose }) => purpose !== 'entry')
  const closed = sum(exits.map(({ filledQuantity }) => filledQuantity))
  const remaining = maximum(entry.filledQuantity.minus(closed).minus(gone), ZERO)
  const standing = exits.filter((leg) => leg.purpose === 'stop' && leg.state === 'working' && !leg.cancelRequested)
  // Stops replace each other, they do not add up: the largest one counts.
  const covered = standing.reduce((most, leg) => maximum(most, openQuantity(leg)), ZERO)
  return {
    entry,
    entryFinal: isFinal(entry),
    opened: entry.filledQuantity,
    closed,
    remaining,
    protected: covered.gt(remaining) ? remaining : covered,
    stopHit: exits.some((leg) => isStop(leg) && leg.filledQuantity.gt(ZERO)),
  }
}

export function isFlat({ remaining, entryFinal }: Position): boolean {
  return entryFinal && remaining.lte(ZERO)
}

function isStop({ purpose }: Leg): boolean {
  return purpose === 'stop' || purpose === 'trailing'
}
