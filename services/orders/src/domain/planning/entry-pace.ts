/**
 * How many chunks of entries are planned at once: as many as exits do not notice, and less than one when even one is too many.
 * Called by planning, and told by the consumer of order updates. Must never stop entries altogether: exits come first, not alone.
 */
/** As many as strategies are planned at once. */
const windowMost = 4
/**
 * With exits about, planning begins with small chunks and a rest after each as long as it took: what exits did not
 * notice while nothing was planned is no leave for more, and those of the first seconds would be the late ones.
 */
const windowFirst = 0.5
/** A quarter: after each chunk three times as long a rest. */
const windowLeast = 0.25
/** Each exit in time gives so little back that among those planned for beside it hardly one in a hundred is late. */
const growth = 1 / 128
/** What a late exit leaves of the window. */
const cutTo = 0.25
/** How much later than usual an exit's news may be taken. */
const lateMs = 20
/** The effect of one cut shows before the next. */
const cutEveryMs = 100
/** What is usual is the least of this minute and the one before it, so that clocks of two hosts need not agree. */
const usualMs = 60_000
/** Without exits nobody is to be protected, and without entries nobody makes them late. */
const quietMs = 1_000
const restMostMs = 250
/** Where exits are late, so many followers a chunk: it keeps PostgreSQL and the processor from an exit for some milliseconds. */
const lateChunkRows = 64

export class PaceWindow {
  private size = windowMost
  private least = { before: Number.POSITIVE_INFINITY, now: Number.POSITIVE_INFINITY, untilMs: 0 }
  private cutAtMs = Number.NEGATIVE_INFINITY
  private heardAtMs = Number.NEGATIVE_INFINITY
  private storedAtMs = Number.NEGATIVE_INFINITY

  /** Chunks at once; below 1 it is the share of the time in which one may run. */
  at(nowMs: number): number {
    if (nowMs - this.heardAtMs > quietMs) this.size = windowMost
    else if (nowMs - this.storedAtMs > quietMs) this.size = windowFirst
    return this.size
  }

  /** A chunk is begun or ended. */
  chunkStored(nowMs: number): void {
    this.at(nowMs)
    this.storedAtMs = nowMs
  }

  /** News that exits follow from was taken so long after it had come. */
  exitWaited(waitedMs: number, nowMs: number): void {
    const isFirst = nowMs - this.heardAtMs > quietMs
    this.heardAtMs = nowMs
    if (nowMs >= this.least.untilMs) {
      this.least = { before: this.least.now, now: Number.POSITIVE_INFINITY, untilMs: nowMs + usualMs }
    }
    this.least.now = Math.min(this.least.now, waitedMs)
    this.size = isFirst ? windowFirst : this.at(nowMs)
    // While no entries are planned it is not they that exits wait for.
    if (nowMs - this.storedAtMs > quietMs) return
    const isLate = waitedMs > Math.min(this.least.before, this.least.now) + lateMs
    if (!isLate) this.size = Math.min(windowMost, this.size + growth)
    else if (nowMs - this.cutAtMs >= cutEveryMs) {
      this.size = Math.max(windowLeast, this.size * cutTo)
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

  /** How many followers the next chunk may hold, of so many at most. */
  rows(rowsMost: number): number {
    return this.window.at(this.nowMs()) < 1 ? Math.min(rowsMost, lateChunkRows) : rowsMost
  }

  /** Runs the storing of one chunk when it is its turn, and rests after it while exits are late. */
  async run<Value>(work: () => Promise<Value>): Promise<Value> {
    if (this.hasRoom()) this.running += 1
    else await new Promise<void>((resolve) => this.waiting.push(resolve))
    const beganMs = this.nowMs()
    this.window.chunkStored(beganMs)
    try {
      return await work()
    } finally {
      const endedMs = this.nowMs()
      this.window.chunkStored(endedMs)
      void this.leave(endedMs - beganMs)
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
