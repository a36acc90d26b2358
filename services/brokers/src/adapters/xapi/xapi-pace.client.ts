/**
 * Sends of one connection, no closer than the venue allows: transactions before reads. Called by the connections.
 * Must never let more wait than there is hope to send.
 */
import type { Clock } from '@tradewire/kernel/clock'

const waitingMax = 500

interface Waiting {
  readonly urgent: boolean
  readonly run: () => void
}

export class XapiPace {
  private readonly waiting: Waiting[] = []
  private nextAtMs = Number.NEGATIVE_INFINITY
  private timer: NodeJS.Timeout | null = null

  constructor(
    private readonly clock: Clock,
    private readonly pacingMs: number,
  ) {}

  /** False when too much waits already. */
  push(run: () => void, urgent: boolean): boolean {
    if (this.waiting.length >= waitingMax) return false
    const before = urgent ? this.waiting.findIndex((each) => !each.urgent) : -1
    if (before === -1) this.waiting.push({ urgent, run })
    else this.waiting.splice(before, 0, { urgent, run })
    this.step()
    return true
  }

  clear(): void {
    if (this.timer !== null) clearTimeout(this.timer)
    this.timer = null
    for (const { run } of this.waiting.splice(0)) run()
  }

  private step(): void {
    if (this.timer !== null) return
    const nowMs = this.clock.monotonicMs()
    const waitMs = this.nextAtMs - nowMs
    if (waitMs > 0) {
      this.timer = setTimeout(() => {
        this.timer = null
        this.step()
      }, Math.ceil(waitMs))
      return
    }
    const next = this.waiting.shift()
    if (next === undefined) return
    this.nextAtMs = nowMs + this.pacingMs
    next.run()
    if (this.waiting.length > 0) this.step()
  }
}
