/**
 * What a bracket becomes when the first that is told of its entry is that the venue has it: most news there is. Nothing
 * follows from it, so it can be told without the bracket. Called by the use case for order updates; pure.
 * Must never be another step than `advance` takes.
 */
import { ZERO } from '@tradewire/kernel/decimal'
import { type BracketState, bracketMoves } from './bracket.ts'
import { type LegFacts, type LegUpdate, mirror, untold } from './leg.ts'

export interface FirstRest {
  readonly state: BracketState
  /** Of the entry. */
  readonly entry: LegFacts
}

/** Of a planned bracket of whose entry nothing was told and which may go on resting; null for other news. */
export function firstRest(update: LegUpdate): FirstRest | null {
  const entry = mirror(untold, update)
  const state = bracketMoves.planned['entry-told']
  const rests = entry.state === 'working' && entry.filledQuantity.eq(ZERO) && entry.averagePrice === null
  return rests && state !== undefined ? { state, entry } : null
}
