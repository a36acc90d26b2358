/** So many works at once, the others in line. Called where reads of one venue must not crowd each other. Must never drop a work. */
export class Slots {
  private running = 0
  private readonly waiting: (() => void)[] = []

  constructor(private readonly slotsMax: number) {}

  async run<Value>(work: () => Promise<Value>): Promise<Value> {
    // Whoever ends hands the slot on, so that nobody who comes later can take it first.
    if (this.running >= this.slotsMax) await new Promise<void>((resolve) => this.waiting.push(resolve))
    else this.running += 1
    try {
      return await work()
    } finally {
      const next = this.waiting.shift()
      if (next === undefined) this.running -= 1
      else next()
    }
  }
}
