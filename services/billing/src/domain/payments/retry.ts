/** When an event that could not be worked on is tried again. Called by its processing. Must never wait longer than an hour. */

const firstWaitMs = 1_000
const waitMsMax = 3_600_000
/** Three days, as long as providers repeat theirs. */
const attemptsMax = 84
/** Some minutes: by then whatever an event came before has been stored. */
const unknownAttemptsMax = 8

export function retryWait(attempts: number): { readonly waitMs: number; readonly isLast: boolean } {
  const doubled = firstWaitMs * 2 ** Math.min(attempts, 20)
  return { waitMs: Math.min(doubled, waitMsMax), isLast: attempts + 1 >= attemptsMax }
}

export function mayBeKnownLater(attempts: number): boolean {
  return attempts < unknownAttemptsMax
}
