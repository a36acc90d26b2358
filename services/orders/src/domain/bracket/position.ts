/**
 * What a bracket's legs add up to: bought, sold, left, protected, paid. Pure arithmetic over legs.
 * Called by the bracket and by reads. Must never use anything but executed quantities.
 */
import { type Decimal, ZERO, maximum, sum } from '@tradewire/kernel/decimal'
import type { Bracket } from './bracket.ts'
import { isFinal, isPair, type Leg, openQuantity, purposeOf } from './leg.ts'
import { sellsCoins } from '../planning/venue-capabilities.ts'

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
export function positionOf({ legs, gone, venue }: Pick<Bracket, 'legs' | 'gone' | 'venue'>): Position {
  const entry = legs.find(({ purpose }) => purpose === 'entry')
  if (entry === undefined) throw new Error('a bracket has an entry leg')
  const exits = legs.filter(({ purpose }) => purpose !== 'entry')
  const closed = sum(exits.map(({ filledQuantity }) => filledQuantity))
  const remaining = maximum(entry.filledQuantity.minus(closed).minus(gone), ZERO)
  const standing = exits.filter(standsAsStop).map(openQuantity)
  // Stops replace each other, they do not add up: the largest one counts. Only those that lock coins each have their own.
  const covered = sellsCoins(venue) ? sum(standing) : standing.reduce((most, open) => maximum(most, open), ZERO)
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

/** Once one half of a pair begins to fill the venue ends the other one: a stop is not among them any more. */
function standsAsStop(leg: Leg): boolean {
  return leg.purpose === 'stop' && leg.state === 'working' && !leg.cancelRequested && !hasBegun(leg)
}

/** A pair of which one half is filling. */
export function hasBegun(leg: Leg): boolean {
  return isPair(leg) && leg.filledQuantity.gt(ZERO)
}

function isStop(leg: Leg): boolean {
  const purpose = purposeOf(leg)
  return purpose === 'stop' || purpose === 'trailing'
}
