/**
 * All that was ever in force under a key, in order: what a planning may have read is what was in force while it lasted.
 * Called by the tables of facts. Must never forget: it is for the audit alone.
 */
interface Version<Value> {
  readonly value: Value
  readonly fromMs: number
}

export class History<Value> {
  private readonly versions = new Map<string, Version<Value>[]>()
  private readonly nowMs: () => number

  constructor(nowMs: () => number) {
    this.nowMs = nowMs
  }

  note(key: string, value: Value): void {
    const all = this.versions.get(key) ?? []
    if (all.at(-1)?.value !== value) all.push({ value, fromMs: this.nowMs() })
    this.versions.set(key, all)
  }

  /** All that was in force at any time since that moment; undefined for the time before anything was said. */
  since(key: string, sinceMs: number): readonly (Value | undefined)[] {
    const all = this.versions.get(key) ?? []
    const inForce = all.filter((_, index) => (all[index + 1]?.fromMs ?? Number.POSITIVE_INFINITY) >= sinceMs)
    const values = inForce.map(({ value }) => value)
    return (all[0]?.fromMs ?? Number.POSITIVE_INFINITY) >= sinceMs ? [undefined, ...values] : values
  }
}
