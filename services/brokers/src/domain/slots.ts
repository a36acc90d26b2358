/**
 * So many works at once, the others in line, urgent ones first. Called where reads of one venue must not crowd each other.
 * Must never drop a work.
 */
interface Waiting {
  readonly isUrgent: () => boolean
  readonly begin: () => void
}

const never = (): boolean => false

export class Slots {
  private running = 0
  private readonly waiting: Waiting[] = []

  /** Urgent works may take some slots more. */
  constructor(
    private readonly slotsMax: number,
    private readonly urgentMax = slotsMax,
  ) {}

  /** `isUrgent` is asked whenever a slot is free: a work can become urgent while it waits. */
  async run<Value>(work: () => Promise<Value>, isUrgent: () => boolean = never): Promise<Value> {
    // Whoever ends hands the slot on, so that nobody who comes later can take it first.
    if (this.running >= (isUrgent() ? this.urgentMax : this.slotsMax))
      await new Promise<void>((resolve) => this.waiting.push({ isUrgent, begin: resolve }))
    else this.running += 1
    try {
      return await work()
    } finally {
      const next = this.next()
      if (next === undefined) this.running -= 1
      else next.begin()
    }
  }

  private next(): Waiting | undefined {
    const urgent = this.waiting.findIndex(({ isUrgent }) => isUrgent())
    if (urgent === -1 && this.running > this.slotsMax) return undefined
    return this.waiting.splice(Math.max(0, urgent), 1)[0]
  }
}
