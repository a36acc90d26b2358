/**
 * So many works at once, the others in line, urgent ones first. Called where reads of one venue must not crowd each other.
 * Must never drop a work.
 */
export class Slots {
  private running = 0
  /** In line, by whose work it is: thousands can wait, so nobody looks through them. */
  private readonly urgent = new Map<string, () => void>()
  private readonly calm = new Map<string, () => void>()

  /** Urgent works may take some slots more. */
  constructor(
    private readonly slotsMax: number,
    private readonly urgentMax = slotsMax,
  ) {}

  /** One work of each name at a time. */
  async run<Value>(name: string, work: () => Promise<Value>, isUrgent = false): Promise<Value> {
    // Whoever ends hands the slot on, so that nobody who comes later can take it first.
    if (this.running >= (isUrgent ? this.urgentMax : this.slotsMax))
      await new Promise<void>((begin) => (isUrgent ? this.urgent : this.calm).set(name, begin))
    else this.running += 1
    try {
      return await work()
    } finally {
      const next = this.next()
      if (next === undefined) this.running -= 1
      else next()
    }
  }

  /** What waits under this name has become urgent. */
  hurry(name: string): void {
    const begin = this.calm.get(name)
    if (begin === undefined) return
    this.calm.delete(name)
    if (this.running >= this.urgentMax) {
      this.urgent.set(name, begin)
      return
    }
    this.running += 1
    begin()
  }

  private next(): (() => void) | undefined {
    const line = this.urgent.size > 0 ? this.urgent : this.calm
    if (line === this.calm && this.running > this.slotsMax) return undefined
    for (const [name, begin] of line) {
      line.delete(name)
      return begin
    }
    return undefined
  }
}
