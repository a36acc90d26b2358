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
  /** A stop counts as standing as soon as it has been asked for. */
  readonly trustsAskedStops?: boolean
  /** Targets that stand are not swept when their trade has ended. */
  readonly leavesTargets?: boolean
  /** A signal that is planned again is written over what stands, as if it were new. */
  readonly plansOverWhatStands?: boolean
  /** A planning that was cut short is taken up without the accounts that take part already. */
  readonly forgetsTakingPart?: boolean
  /** Engaging a kill switch does not wait for the signals that are being planned. */
  readonly engagesBesidePlanning?: boolean
  /** Two signals of one symbol are planned at the same time. */
  readonly plansBesideEachOther?: boolean
  /** Margin of what was planned since the balance was told is spent again. */
  readonly forgetsReserved?: boolean
  /** News that came late overwrites what is newer. */
  readonly learnsOldNews?: boolean
  /** Fees that were paid in the coins themselves are taken for fees in quote currency. */
  readonly forgetsCoinFees?: boolean
  /** Executions are dated by when their news came. */
  readonly datesByNews?: boolean
  /** What is watched for is told prices that nobody has paid. */
  readonly seesOtherPrices?: boolean
  /** From what losses count is forgotten with each balance. */
  readonly forgetsLossBases?: boolean
  /** Planning does not see the switches of sources and of loss limits. */
  readonly overlooksSwitches?: boolean
  /** Planning does not see that an account is paused. */
  readonly overlooksPauses?: boolean
  /** A close of the strategy takes what followers have kept. */
  readonly closesKept?: boolean
  /** Who leaves is taken for gone only when the news of their pause comes. */
  readonly waitsForPauses?: boolean
}
