/**
 * Whose that is which the exits of a bracket took: executed at the same moment they may have taken more than it held, as
 * the account held more of the same side for other brackets. Called by the trade and by the use case that moves brackets.
 * Must never count one execution in two trades, nor leave one out.
 */
import { type Decimal, maximum, minimum, ZERO } from '@tradewire/kernel/decimal'
import { sellsCoins } from '../planning/venue-capabilities.ts'
import type { Bracket } from './bracket.ts'
import type { Leg } from './leg.ts'
import { positionOf } from './position.ts'

/** The exits as far as they closed what was held here: what the last ones took beyond it was held by others. */
export function ownExits(bracket: Bracket): Leg[] {
  return without(exitsOf(bracket), overrunOf(bracket))
}

/**
 * What is now known to have been taken from others, as parts of legs. The fee of an order is told with its own trade; once
 * that has been told, all that still comes was held by others, and its fee is theirs.
 */
export function takenFromOthers(before: Bracket, after: Bracket): Leg[] {
  const more = excessOf(after).minus(excessOf(before))
  if (after.state !== 'closed' || more.lte(ZERO)) return []
  if (before.closedAt !== null) return lastOf(without(exitsOf(after), exitsOf(before)), more)
  return lastOf(without(overrunOf(after), overrunOf(before)), more).map((leg) => ({ ...leg, fee: ZERO }))
}

/** Beyond its own position, once nothing more can be opened. */
function excessOf(bracket: Bracket): Decimal {
  const { entry, opened, closed } = positionOf(bracket)
  if (entry.state !== 'filled' || sellsCoins(bracket.venue)) return ZERO
  return maximum(closed.plus(bracket.gone).minus(opened), ZERO)
}

function overrunOf(bracket: Bracket): Leg[] {
  return lastOf(exitsOf(bracket), excessOf(bracket))
}

function exitsOf({ legs }: Bracket): Leg[] {
  return legs.filter(({ purpose, filledQuantity }) => purpose !== 'entry' && filledQuantity.gt(ZERO))
}

/** So much of what was filled last; of one moment, of what was asked for last. */
function lastOf(exits: readonly Leg[], quantity: Decimal): Leg[] {
  const lastFirst = exits.toReversed().toSorted((a, b) => {
    const [first, second] = [a.filledAt ?? '', b.filledAt ?? '']
    return first === second ? 0 : first < second ? 1 : -1
  })
  let left = quantity
  return lastFirst.flatMap((leg) => {
    const filledQuantity = minimum(leg.filledQuantity, left)
    left = left.minus(filledQuantity)
    return filledQuantity.gt(ZERO) ? [{ ...leg, filledQuantity }] : []
  })
}

/** What is left of these legs without those parts, and of what they paid. */
function without(legs: readonly Leg[], parts: readonly Leg[]): Leg[] {
  const part = new Map(parts.map((one) => [one.leg, one]))
  return legs.flatMap((leg) => {
    const filledQuantity = leg.filledQuantity.minus(part.get(leg.leg)?.filledQuantity ?? ZERO)
    const fee = leg.fee.minus(part.get(leg.leg)?.fee ?? ZERO)
    return filledQuantity.gt(ZERO) ? [{ ...leg, filledQuantity, fee }] : []
  })
}
