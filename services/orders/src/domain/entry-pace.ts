/**
 * How many chunks of entries are planned at once: as many as exits do not notice, and less than one when even one is too many.
 * Called by planning, and told by the consumer of order updates. Must never stop entries altogether: exits come first, not alone.
 */
/** As many as strategies are planned at once. */
const windowMost = 4
/** A quarter: after each chunk three times as long a rest. */
const windowLeast = 0.25
const growth = 0.25
/** How much later than usual an exit's news may be taken. */
const lateMs = 30
/** The effect of one cut shows before the next. */
const cutEveryMs = 100
/** What is usual is the least of this minute and the one before it, so that clocks of two hosts need not agree. */
const usualMs = 60_000
/** Without exits nobody is to be protected. */
const quietMs = 1_000
const restMostMs = 250

export class PaceWindow {
  private size = windowMost
  private least = { before: Number.POSITIVE_INFINITY, now: Number.POSITIVE_INFINITY, untilMs: 0 }
  private cutAtMs = Number.NEGATIVE_INFINITY
  private heardAtMs = Number.NEGATIVE_INFINITY

  /** Chunks at once; below 1 it is the share of the time in which one may run. */
  at(nowMs: number): number {
    if (nowMs - this.heardAtMs > quietMs) this.size = windowMost
    return this.size
  }

  /** News that exits follow from was taken so long after it had come. */
  exitWaited(waitedMs: number, nowMs: number): void {
    this.heardAtMs = nowMs
    if (nowMs >= this.least.untilMs) {
      this.least = { before: this.least.now, now: Number.POSITIVE_INFINITY, untilMs: nowMs + usualMs }
    }
    this.least.now = Math.min(this.least.now, waitedMs)
    const isLate = waitedMs > Math.min(this.least.before, this.least.now) + lateMs
    if (!isLate) this.size = Math.min(windowMost, this.size + growth)
    else if (nowMs - this.cutAtMs >= cutEveryMs) {
      this.size = Math.max(windowLeast, this.size / 2)
      this.cutAtMs = nowMs
    }
  }
}

export class EntryPace {
  private readonly window = new PaceWindow()
  private readonly waiting: (() => void)[] = []
  private running = 0

  constructor(
    private readonly nowMs: () => number,
    private readonly rest: (ms: number) => Promise<void>,
  ) {}

  exitWaited(waitedMs: number): void {
    this.window.exitWaited(waitedMs, this.nowMs())
  }

  /** Runs the storing of one chunk when it is its turn, and rests after it while exits are late. */
  async run<Value>(work: () => Promise<Value>): Promise<Value> {
    if (this.hasRoom()) this.running += 1
    else await new Promise<void>((resolve) => this.waiting.push(resolve))
    const beganMs = this.nowMs()
    try {
      return await work()
    } finally {
      void this.leave(this.nowMs() - beganMs)
    }
  }

  private async leave(tookMs: number): Promise<void> {
    const size = this.window.at(this.nowMs())
    if (size < 1) await this.rest(Math.min(restMostMs, tookMs * (1 / size - 1)))
    this.running -= 1
    while (this.waiting.length > 0 && this.hasRoom()) {
      this.running += 1
      this.waiting.shift()!()
    }
  }

  private hasRoom(): boolean {
    return this.running < Math.max(1, Math.floor(this.window.at(this.nowMs())))
  }
}
