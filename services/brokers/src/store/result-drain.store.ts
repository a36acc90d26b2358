/**
 * Results of one class that wait for their commit: the newest of each attempt, written together when it is time.
 * Called by the attempt writer. Must never give a result up: what cannot be written waits and is tried again.
 */
import { DatabaseUnavailableError } from '@tradewire/database/retryable-error'
import type { Clock } from '@tradewire/kernel/clock'
import type { Logger } from '@tradewire/observability/logger'
import { setTimeout as delay } from 'node:timers/promises'
import type { AttemptResult } from '#ports/results.port'

export interface ResultDrainParts {
  readonly clock: Clock
  readonly logger: Logger
  /** News that nothing follows from gathers until nothing has come for a moment, or for so long at most. */
  readonly calmMostMs: number
  /** While it holds, such news goes on gathering. */
  readonly isBurst: () => boolean
  readonly commit: (batch: readonly AttemptResult[]) => Promise<void>
}

const batchRows = 500
const retryMs = 200
const calmPauseMs = 10
const calmRowsMax = 2_000

export class ResultDrain {
  private readonly parts: ResultDrainParts
  /** An update is cumulative, so a newer one says all. */
  private readonly waiting = new Map<string, AttemptResult>()
  private running = false
  /** Something waits that others act upon. */
  private prompt = false
  private timer: NodeJS.Timeout | undefined
  private calmUntilMs = 0

  constructor(parts: ResultDrainParts) {
    this.parts = parts
  }

  get isSettled(): boolean {
    return !this.running && this.waiting.size === 0
  }

  put(result: AttemptResult, prompt: boolean): void {
    this.waiting.set(result.attempt.command.intentId, result)
    this.prompt ||= prompt
    this.drainSoon()
  }

  /** It is written elsewhere. */
  drop(intentId: string): void {
    this.waiting.delete(intentId)
  }

  private async drain(): Promise<void> {
    this.running = true
    // One turn of the event loop: replies that came in the same read share a commit.
    await new Promise(setImmediate)
    do {
      this.prompt = false
      const batch = this.takeBatch()
      if (batch.length === 0) break
      try {
        await this.parts.commit(batch)
      } catch (error) {
        await this.commitSingly(batch, error)
      }
    } while (this.isDue() || this.waiting.size >= batchRows)
    this.running = false
    if (this.waiting.size > 0) this.drainSoon()
  }

  private drainSoon(): void {
    if (this.running) return
    const nowMs = this.parts.clock.monotonicMs()
    if (this.isDue()) {
      clearTimeout(this.timer)
      this.timer = undefined
      void this.drain()
    } else if (this.timer === undefined) {
      this.calmUntilMs = nowMs + this.parts.calmMostMs
      this.timer = setTimeout(() => this.drainWhenCalm(), calmPauseMs)
    } else if (nowMs < this.calmUntilMs) this.timer.refresh()
  }

  private drainWhenCalm(): void {
    if (this.parts.isBurst() && this.parts.clock.monotonicMs() < this.calmUntilMs) {
      this.timer?.refresh()
      return
    }
    this.timer = undefined
    void this.drain()
  }

  private isDue(): boolean {
    return (this.prompt && this.waiting.size > 0) || this.waiting.size >= calmRowsMax
  }

  /** One row that cannot be written must not keep the others from it. */
  private async commitSingly(batch: readonly AttemptResult[], cause: unknown): Promise<void> {
    const away = cause instanceof DatabaseUnavailableError
    if (!away) this.parts.logger.error({ err: cause }, 'writing order results failed; they are written one by one')
    for (const result of batch) {
      if (!away && batch.length > 1) await this.parts.commit([result]).catch(() => this.putBack(result))
      else this.putBack(result)
    }
    await delay(retryMs)
  }

  private takeBatch(): AttemptResult[] {
    const batch: AttemptResult[] = []
    for (const [intentId, result] of this.waiting) {
      if (batch.length >= batchRows) break
      batch.push(result)
      this.waiting.delete(intentId)
    }
    return batch
  }

  private putBack(result: AttemptResult): void {
    const { intentId } = result.attempt.command
    if (!this.waiting.has(intentId)) this.waiting.set(intentId, result)
  }
}
