/**
 * A binary heap of resting items ordered by price, then by age: the next to be reached is on top.
 * Called by the books. Must never scan on removal: an item that died elsewhere is dropped when it comes to the top,
 * and the dead are swept when they may be half of the heap.
 */
import type { Amount } from '../amount.ts'

interface Entry<Item> {
  readonly key: Amount
  readonly age: number
  readonly item: Item
}

const sweepEntriesMin = 64

export class PriceHeap<Item> {
  private entries: Entry<Item>[] = []
  private sweepAt = sweepEntriesMin

  /** `lowest`: the smallest key is on top; `highest`: the largest. `alive` says whether an item still belongs here. */
  constructor(
    private readonly top: 'lowest' | 'highest',
    private readonly alive: (item: Item) => boolean,
  ) {}

  get size(): number {
    return this.entries.length
  }

  push(key: Amount, age: number, item: Item): void {
    this.entries.push({ key, age, item })
    this.siftUp(this.entries.length - 1)
    if (this.entries.length >= this.sweepAt) this.sweep()
  }

  /** The next living item, left where it is. */
  peek(): { readonly key: Amount; readonly item: Item } | undefined {
    let first = this.entries[0]
    while (first !== undefined && !this.alive(first.item)) {
      this.removeTop()
      first = this.entries[0]
    }
    return first
  }

  pop(): Item | undefined {
    const first = this.peek()
    if (first === undefined) return undefined
    this.removeTop()
    return first.item
  }

  /** Moves every entry of another heap into this one. */
  absorb(other: PriceHeap<Item>): void {
    for (const entry of other.entries) {
      if (this.alive(entry.item)) this.push(entry.key, entry.age, entry.item)
    }
  }

  private before(left: Entry<Item>, right: Entry<Item>): boolean {
    if (left.key !== right.key) return this.top === 'lowest' ? left.key < right.key : left.key > right.key
    return left.age < right.age
  }

  private sweep(): void {
    this.entries = this.entries.filter((entry) => this.alive(entry.item))
    for (let index = (this.entries.length >> 1) - 1; index >= 0; index -= 1) this.siftDown(index)
    this.sweepAt = Math.max(sweepEntriesMin, this.entries.length * 2)
  }

  private removeTop(): void {
    const last = this.entries.pop()
    if (last === undefined || this.entries.length === 0) return
    this.entries[0] = last
    this.siftDown(0)
  }

  private siftUp(start: number): void {
    let index = start
    const entry = this.entries[index] as Entry<Item>
    while (index > 0) {
      const parentIndex = (index - 1) >> 1
      const parent = this.entries[parentIndex] as Entry<Item>
      if (!this.before(entry, parent)) break
      this.entries[index] = parent
      index = parentIndex
    }
    this.entries[index] = entry
  }

  private siftDown(start: number): void {
    const count = this.entries.length
    let index = start
    const entry = this.entries[index] as Entry<Item>
    for (;;) {
      let childIndex = index * 2 + 1
      if (childIndex >= count) break
      const right = childIndex + 1
      if (right < count && this.before(this.entries[right] as Entry<Item>, this.entries[childIndex] as Entry<Item>)) {
        childIndex = right
      }
      const child = this.entries[childIndex] as Entry<Item>
      if (!this.before(child, entry)) break
      this.entries[index] = child
      index = childIndex
    }
    this.entries[index] = entry
  }
}
