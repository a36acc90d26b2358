/**
 * The leverages that stand at an account's venue, as far as that is known: they were set there, and nothing spoke
 * against it since. Asked before each entry, told of the venue's news. Must never believe what may have been changed
 * unheard.
 */

/** Where the venue tells no changes: for so long after it was set, also by the session before this one. */
export const untoldBelievedMs = 600_000

/** What an earlier session of the account has set. */
export interface EarlierLeverage {
  readonly symbol: string
  readonly leverage: number
  /** How long ago. */
  readonly ageMs: number
}

interface Belief {
  /** What was set here, oldest first: the news of it may still come. The last is the one that stands, or is being set. */
  readonly ours: readonly number[]
  /** When the venue had taken the last of them; null until then. */
  readonly setAtMs: number | null
}

export class BelievedLeverages {
  private readonly beliefs = new Map<string, Belief>()
  private hears = false

  /** `told`: whether the venue's stream tells changes. Then nobody has listened before this session, and nothing is known. */
  constructor(
    private readonly told: boolean,
    earlier: readonly EarlierLeverage[],
    nowMs: number,
  ) {
    if (told) return
    for (const { symbol, leverage, ageMs } of earlier) {
      this.beliefs.set(symbol, { ours: [leverage], setAtMs: nowMs - ageMs })
    }
  }

  stands(symbol: string, leverage: number, nowMs: number): boolean {
    const belief = this.beliefs.get(symbol)
    if (belief === undefined || belief.setAtMs === null || belief.ours.at(-1) !== leverage) return false
    return this.told ? this.hears : nowMs - belief.setAtMs < untoldBelievedMs
  }

  /** Whether another one was set before, which the session after this one would believe. */
  replaces(symbol: string, leverage: number): boolean {
    const belief = this.beliefs.get(symbol)
    return !this.told && belief !== undefined && belief.ours.at(-1) !== leverage
  }

  /** It is about to be set: until the venue has taken it none is known. */
  setting(symbol: string, leverage: number): void {
    const before = this.told ? (this.beliefs.get(symbol)?.ours ?? []) : []
    const ours = before.at(-1) === leverage ? before : [...before, leverage]
    this.beliefs.set(symbol, { ours, setAtMs: null })
  }

  /** The venue has taken it. False when somebody else has set another one since it left, or that would not be known. */
  set(symbol: string, leverage: number, nowMs: number): boolean {
    const belief = this.beliefs.get(symbol)
    if (belief?.ours.at(-1) !== leverage) return false
    this.beliefs.set(symbol, { ...belief, setAtMs: nowMs })
    return true
  }

  forget(symbol: string): void {
    this.beliefs.delete(symbol)
  }

  /** The venue says what it is now. True when that is somebody else's doing: then none is known any more. */
  heard(symbol: string, leverage: number): boolean {
    const belief = this.beliefs.get(symbol)
    if (belief === undefined) return true
    const index = belief.ours.indexOf(leverage)
    if (index === -1) return this.beliefs.delete(symbol)
    this.beliefs.set(symbol, { ...belief, ours: belief.ours.slice(index) })
    return false
  }

  /** The stream stands, or does not: what happened before it did was not heard. */
  hearing(hears: boolean): void {
    this.hears = hears
    if (this.told) this.beliefs.clear()
  }
}
