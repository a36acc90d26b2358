/**
 * Mistakes that can be planted on purpose: the checker must find each, or its silence means nothing.
 * Called by the specs through the world. Must never be on in a run that counts.
 */
export interface Defects {
  /** An order whose reply was lost is sent once more at once. */
  readonly resendsOnTimeout?: boolean
  /** A message counts as confirmed before its effect is committed. */
  readonly acksBeforeCommit?: boolean
  /** Commands are sent without a stored attempt. */
  readonly skipsAttemptRow?: boolean
  /** A follow's slot is free as soon as its position is gone, whatever still rests at the venue. */
  readonly freesSlotEarly?: boolean
  /** A stop counts as standing as soon as it has been asked for. */
  readonly trustsAskedStops?: boolean
  /** Targets that stand are not swept when their trade has ended. */
  readonly leavesTargets?: boolean
}
