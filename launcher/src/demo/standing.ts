/**
 * How far what a strategy planned has come, from its overview. Called by the demo between its steps.
 * Pure: must never count an entry that waits for its turn as one that has ended.
 */
import type { BracketReply, OverviewReply } from '@tradewire/contracts/rpc/orders'

type BracketState = BracketReply['state']

export interface Standing {
  readonly brackets: number
  /** Brackets and orders about which news is still to come by itself. */
  readonly moving: number
  /** Brackets that have not ended. */
  readonly held: number
}

/** A bracket at rest moves on when the price does. */
const placeOf: Readonly<Record<BracketState, 'moving' | 'resting' | 'ended'>> = {
  denied: 'ended',
  waiting: 'moving',
  planned: 'moving',
  entering: 'moving',
  open: 'moving',
  protected: 'resting',
  closing: 'moving',
  closed: 'ended',
  failed: 'ended',
}
const asked = ['submitted', 'unknown']

/** Undefined: nothing was planned yet. */
export function standingOf(overview: OverviewReply | undefined): Standing {
  const { brackets = 0, byState = {}, legsByState = {} } = overview ?? {}
  const moving = total(byState, (state) => placeOf[state as BracketState] === 'moving')
  return {
    brackets,
    moving: moving + total(legsByState, (state) => asked.includes(state)),
    held: total(byState, (state) => placeOf[state as BracketState] !== 'ended'),
  }
}

function total(counts: Readonly<Record<string, number>>, isCounted: (state: string) => boolean): number {
  return Object.entries(counts).reduce((sum, [state, count]) => (isCounted(state) ? sum + count : sum), 0)
}
