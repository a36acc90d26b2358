/**
 * What was learned, by key: so many at most, the newest of them. Held by clients and stores that cannot ask each time.
 * Pure; must never grow with what is asked.
 */
const keptMax = 10_000

export class NewestKept<Value> {
  private readonly byKey = new Map<string, Value>()
  private readonly max: number

  constructor(max = keptMax) {
    this.max = max
  }

  get(key: string): Value | undefined {
    return this.byKey.get(key)
  }

  keep(key: string, value: Value): void {
    this.byKey.delete(key)
    const oldest = this.byKey.size < this.max ? undefined : this.byKey.keys().next().value
    if (oldest !== undefined) this.byKey.delete(oldest)
    this.byKey.set(key, value)
  }

  forget(fits: (value: Value) => boolean): void {
    for (const [key, value] of this.byKey) if (fits(value)) this.byKey.delete(key)
  }
}
