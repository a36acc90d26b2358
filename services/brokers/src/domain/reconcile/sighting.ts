/**
 * The rule of two sightings: what one read says against us is believed when a later read says the same.
 * Pure: called by the reconciler. Must never confirm within the venue's read lag.
 */
export interface Sighting {
  /** What exactly was seen; something else starts anew. */
  readonly what: string
  readonly sameSinceMs: number
  readonly firstMs: number
}

export type Sightings = ReadonlyMap<string, Sighting>

export interface SightingTime {
  readonly nowMs: number
  /** For how long the venue's answers may be behind. */
  readonly lagMs: number
}

/** Somebody who trades by hand without a pause would otherwise never be believed. */
const restlessLagsMost = 5

/** Collects what one pass sees; what it does not see again is forgotten. */
export class SightingBook {
  private readonly seen = new Map<string, Sighting>()

  constructor(
    private readonly before: Sightings,
    private readonly time: SightingTime,
  ) {}

  /** True when it was seen before, the read lag or longer ago. */
  confirm(key: string, what: string): boolean {
    const { nowMs, lagMs } = this.time
    const earlier = this.before.get(key)
    const same = earlier?.what === what
    const sighting = { what, sameSinceMs: same ? earlier.sameSinceMs : nowMs, firstMs: earlier?.firstMs ?? nowMs }
    this.seen.set(key, sighting)
    return same && nowMs - sighting.sameSinceMs >= lagMs
  }

  /** As well when it is something else each time, and has been for some read lags. */
  confirmRestless(key: string, what: string): boolean {
    const { nowMs, lagMs } = this.time
    const isSame = this.confirm(key, what)
    return isSame || nowMs - this.seen.get(key)!.firstMs >= lagMs * restlessLagsMost
  }

  /** Whether nothing has happened for the read lag: what has just happened one list may show and another one not yet. */
  isCalm(key: string, happened: string): boolean {
    const { nowMs, lagMs } = this.time
    const earlier = this.before.get(key)
    if (happened !== '' && happened !== earlier?.what) {
      this.seen.set(key, { what: happened, sameSinceMs: nowMs, firstMs: nowMs })
      return false
    }
    if (earlier === undefined) return true
    this.seen.set(key, earlier)
    return nowMs - earlier.sameSinceMs >= lagMs
  }

  /** Concluded: the next sighting of it is a first one. */
  forget(key: string): void {
    this.seen.delete(key)
  }

  get result(): Sightings {
    return this.seen
  }
}
