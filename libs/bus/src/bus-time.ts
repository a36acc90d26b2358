/**
 * The time of NATS, kept going by a clock that never jumps: the wall clocks of an asker and of who answers may differ.
 * Kept by Bus, which asks for it; read by RpcClient and the answerer. Must never follow the wall clock of this machine.
 */
import type { Clock } from '@tradewire/kernel/clock'

/** An answer that was under way longer says too little about the moment, once another one is known. */
const answerMostMs = 250

export class BusTime {
  private readonly clock: Clock
  private anchor: { readonly busMs: number; readonly monotonicMs: number } | undefined

  constructor(clock: Clock) {
    this.clock = clock
  }

  /** Asks for the time of NATS in epoch milliseconds; wrong by at most half of what the answer takes. */
  async observe(ask: () => Promise<number>): Promise<void> {
    const askedMs = this.clock.monotonicMs()
    const busMs = await ask()
    const answeredMs = this.clock.monotonicMs()
    if (this.anchor !== undefined && answeredMs - askedMs > answerMostMs) return
    this.anchor = { busMs, monotonicMs: (askedMs + answeredMs) / 2 }
  }

  /** Epoch milliseconds; undefined before the first answer. */
  nowMs(): number | undefined {
    if (this.anchor === undefined) return undefined
    return Math.round(this.anchor.busMs + this.clock.monotonicMs() - this.anchor.monotonicMs)
  }
}
