/**
 * Keeps one process running: starts it, and starts it again after a pause when it dies unasked.
 * Called by `up` for the embedded servers and for services with a process of their own.
 * Must never restart after stop() was called.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { ProcessExit, RunningProcess } from '@tradewire/backends/running-backend'
import type { Logger } from '@tradewire/observability/logger'
import { messageOf } from '../terminal/launcher-error.ts'

const firstPauseMs = 250
/** Half of what PostgreSQL's return may take in all: it may have died several times in a row. */
const pauseMaxMs = 5_000
/** A process that ran this long counts as healthy: the pause starts small again. */
const steadyMs = 30_000

export interface SupervisorOptions<Running extends RunningProcess> {
  readonly name: string
  readonly start: () => Promise<Running>
  readonly logger: Logger
  /** Called after every restart, so that the record of what runs stays true. */
  readonly onRestart: () => void
}

/** The pause before the next start: doubled with each early death in a row. */
export function pauseMsAfter(deathsInARow: number): number {
  return Math.min(firstPauseMs * 2 ** Math.min(deathsInARow, 16), pauseMaxMs)
}

export class Supervisor<Running extends RunningProcess> {
  private readonly options: SupervisorOptions<Running>
  private readonly ending = new AbortController()
  private running: Running | undefined
  private watch: Promise<void> = Promise.resolve()

  constructor(options: SupervisorOptions<Running>) {
    this.options = options
  }

  /** The first start must succeed; later ones are repeated for ever. */
  async start(): Promise<Running> {
    this.running = await this.options.start()
    this.watch = this.keepRunning(this.running)
    return this.running
  }

  /** The process of this moment; undefined between a death and the restart. */
  current(): Running | undefined {
    return this.running
  }

  async stop(): Promise<void> {
    this.ending.abort()
    await this.running?.stop()
    await this.watch
  }

  private async keepRunning(first: Running): Promise<void> {
    let running: Running | undefined = first
    let startedMs = performance.now()
    for (let deaths = 0; !this.ending.signal.aborted; deaths += 1) {
      const exit: ProcessExit | undefined = await running?.exited
      this.running = undefined
      if (this.ending.signal.aborted) return
      if (performance.now() - startedMs > steadyMs) deaths = 0
      const pauseMs = pauseMsAfter(deaths)
      if (exit !== undefined)
        this.options.logger.warn({ part: this.options.name, ...exit, pauseMs }, 'ended unasked; it is started again')
      await delay(pauseMs, undefined, { signal: this.ending.signal }).catch(() => undefined)
      startedMs = performance.now()
      running = await this.tryStart()
    }
  }

  private async tryStart(): Promise<Running | undefined> {
    if (this.ending.signal.aborted) return undefined
    try {
      const running = await this.options.start()
      this.running = running
      // stop() may have been called while the process was starting.
      if (this.ending.signal.aborted) await running.stop()
      else this.options.onRestart()
      return running
    } catch (error) {
      this.options.logger.error({ part: this.options.name, reason: messageOf(error) }, 'could not be started again')
      return undefined
    }
  }
}
