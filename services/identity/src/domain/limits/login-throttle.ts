/**
 * How many wrong passwords one address may try on one name. Called by the log-in use case and its store.
 * Must never let a request through because the count could not be read: no count, no log-in.
 */
export const attemptsMax = 5
export const attemptWindowMs = 15 * 60_000

export interface AttemptCount {
  /** With the attempt that was just counted. */
  readonly attempts: number
  readonly windowStartedAt: Date
}

export type AttemptVerdict =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly retryAfterSeconds: number }

/** Attempts are counted before the password is checked, so parallel guesses cannot outrun the count. */
export function judgeAttempt(count: AttemptCount, now: Date, most = attemptsMax): AttemptVerdict {
  if (count.attempts <= most) return { allowed: true }
  const leftMs = count.windowStartedAt.getTime() + attemptWindowMs - now.getTime()
  return { allowed: false, retryAfterSeconds: Math.max(1, Math.ceil(leftMs / 1_000)) }
}
