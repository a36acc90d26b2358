/**
 * So many works at once, the others in line, urgent ones first. Called where reads of one venue must not crowd each other.
 * Must never drop a work.
 */
export class Slots<Owner> {
  private running = 0
  /** In line, by whose work it is: thousands can wait, so nobody looks through them. */
  private readonly urgent = new Map<Owner, () => void>()
  private readonly calm = new Map<Owner, () => void>()

  /** Urgent works may take some slots more. */
  constructor(
    private readonly slotsMax: number,
    private readonly urgentMax = slotsMax,
  ) {}

  /** One work of each owner at a time. */
  async run<Value>(owner: Owner, work: () => Promise<Value>, isUrgent = false): Promise<Value> {
    // Whoever ends hands the slot on, so that nobody who comes later can take it first.
    if (this.running >= (isUrgent ? this.urgentMax : this.slotsMax))
      await new Promise<void>((begin) => (isUrgent ? this.urgent : this.calm).set(owner, begin))
    else this.running += 1
    try {
      return await work()
    } finally {
      const next = this.next()
      if (next === undefined) this.running -= 1
      else next()
    }
  }

  /** What waits for this owner has become urgent. */
  hurry(owner: Owner): void {
    const begin = this.calm.get(owner)
    if (begin === undefined) return
    this.calm.delete(owner)
    if (this.running >= this.urgentMax) {
      this.urgent.set(owner, begin)
      return
    }
    this.running += 1
    begin()
  }

  private next(): (() => void) | undefined {
    const line = this.urgent.size > 0 ? this.urgent : this.calm
    if (line === this.calm && this.running > this.slotsMax) return undefined
    for (const [owner, begin] of line) {
      line.delete(owner)
      return begin
    }
    return undefined
  }
}
