/**
 * Time as a dependency. Called by every package that needs "now".
 * Must never decide leases or expiry that several processes share: the database's clock does that.
 */
export abstract class Clock {
  /** Wall time. */
  abstract now(): Date
  /** Milliseconds from an arbitrary origin that never jumps; for measuring durations. */
  abstract monotonicMs(): number
}

export class SystemClock extends Clock {
  now(): Date {
    return new Date()
  }

  monotonicMs(): number {
    return performance.now()
  }
}
