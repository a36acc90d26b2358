/**
 * At most so many pieces of work at once, at most so many waiting; the rest is refused at once.
 * Called by the password hasher, whose memory is slots x the memory of one hash. Must never queue without a limit.
 */
export class WorkSlots {
  private running = 0
  private readonly waiting: (() => void)[] = []

  constructor(
    private readonly slots: number,
    private readonly queueMax: number,
  ) {}

  /** Runs the work when a slot is free; answers undefined, without running it, when too many wait. */
  async run<Value>(work: () => Promise<Value>): Promise<Value | undefined> {
    if (this.running < this.slots) this.running += 1
    else if (this.waiting.length >= this.queueMax) return undefined
    // Whoever ends hands the slot over, so `running` stays as it is.
    else await new Promise<void>((resolve) => this.waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = this.waiting.shift()
      if (next === undefined) this.running -= 1
      else next()
    }
  }
}
