/**
 * Deterministic ids of this service. Called by the planner. Must never depend on anything but their inputs.
 */
import { type BracketId, type FollowId, type SignalId, timedUuidOf, timePrefixChars } from '@tradewire/kernel/ids'

/**
 * The id of what a signal means for one follow: planning twice gives the same id, so a replay cannot plan twice.
 * It starts with the signal's own time prefix (signal ids are UUIDv7), so brackets sort by time and their index
 * stays cheap; the rest is a digest of both ids.
 */
export function bracketIdOf(signalId: SignalId, followId: FollowId): BracketId {
  return timedUuidOf(signalId, `${signalId}|${followId}`) as BracketId
}

/** The first and last id that a bracket of this signal can have; a range that the primary key answers. */
export function bracketIdRangeOf(signalId: SignalId): readonly [string, string] {
  const prefix = signalId.slice(0, timePrefixChars)
  return [`${prefix}-0000-0000-000000000000`, `${prefix}-ffff-ffff-ffffffffffff`]
}
