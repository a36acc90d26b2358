/**
 * Deliveries that wait for a transaction, gathered into batches: urgent ones first, each key in its order.
 * Called by the consumer runner; pure. Must never hand out a key that a running batch holds.
 */
export interface Gatherable {
  readonly keys: ReadonlySet<string>
  readonly events: readonly unknown[]
  readonly urgent: boolean
}

export class GatherQueue<Item extends Gatherable> {
  private waiting: Item[] = []
  private readonly busy = new Set<string>()

  get size(): number {
    return this.waiting.length
  }

  /** An urgent one goes before all that wait, up to the next urgent one or one that it shares a key with. */
  push(item: Item): void {
    let index = this.waiting.length
    if (item.urgent) while (index > 0 && this.mayPass(item, this.waiting[index - 1]!)) index -= 1
    this.waiting.splice(index, 0, item)
  }

  /**
   * The next batch: from the front, at least one message, up to `eventsMax` events. Messages that share a key with a
   * running batch, or with an earlier message that had to wait, stay. Empty when nothing may run now.
   */
  take(eventsMax: number): Item[] {
    const batch: Item[] = []
    const left: Item[] = []
    const blocked = new Set(this.busy)
    let events = 0
    let index = 0
    for (; index < this.waiting.length; index += 1) {
      const item = this.waiting[index]!
      if (batch.length > 0 && events + item.events.length > eventsMax) break
      if (sharesKey(item.keys, blocked)) {
        for (const key of item.keys) blocked.add(key)
        left.push(item)
        continue
      }
      batch.push(item)
      events += item.events.length
    }
    if (batch.length === 0) return batch
    this.waiting = left.length === 0 ? this.waiting.slice(index) : [...left, ...this.waiting.slice(index)]
    for (const { keys } of batch) for (const key of keys) this.busy.add(key)
    return batch
  }

  /** The batch is done: its keys may run again. */
  release(batch: readonly Item[]): void {
    for (const { keys } of batch) for (const key of keys) this.busy.delete(key)
  }

  /** What was handed out and released undone waits again, before all others. */
  putBack(items: readonly Item[]): void {
    this.waiting = [...items, ...this.waiting]
  }

  /** Takes out what waits and matches; its keys were never handed out. */
  takeOut(matches: (item: Item) => boolean): Item[] {
    const out = this.waiting.filter(matches)
    if (out.length > 0) this.waiting = this.waiting.filter((item) => !matches(item))
    return out
  }

  private mayPass({ keys }: Item, earlier: Item): boolean {
    return !earlier.urgent && !sharesKey(earlier.keys, keys)
  }

  *[Symbol.iterator](): Iterator<Item> {
    yield* this.waiting
  }
}

function sharesKey(keys: ReadonlySet<string>, blocked: ReadonlySet<string>): boolean {
  for (const key of keys) if (blocked.has(key)) return true
  return false
}
