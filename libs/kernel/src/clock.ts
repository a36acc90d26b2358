/**
 * Time as a dependency. Called by every package that needs "now": in a service it is that of NATS, which all services
 * share. Must never decide leases: the database's clock does that.
 */
export abstract class Clock {
  /** Wall time; times that other processes have written are compared with it. */
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

/** Null without any. */
export function latestOf(moments: readonly Date[]): Date | null {
  return moments.reduce<Date | null>((latest, one) => (latest === null || one > latest ? one : latest), null)
}
