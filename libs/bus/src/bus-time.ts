/**
 * The time of NATS, kept going by a clock that never jumps: the wall clocks of two machines may differ.
 * Kept by Bus, which asks for it; the clock of every service that has a bus, and the time of deadlines. Must never
 * follow the wall clock of this machine once NATS has told its own.
 */
import { Clock } from '@tradewire/kernel/clock'

/** An answer that was under way longer says too little about the moment, once another one is known. */
const answerMostMs = 250
/** NATS tells its time in whole milliseconds. */
const toldInMs = 1

interface Anchor {
  readonly busMs: number
  readonly monotonicMs: number
  /** So far it may be wrong, either way. */
  readonly errorMs: number
}

export class BusTime extends Clock {
  private readonly machine: Clock
  private anchor: Anchor | undefined

  constructor(machine: Clock) {
    super()
    this.machine = machine
  }

  /**
   * Asks for the time of NATS in epoch milliseconds; wrong by at most half of what the answer takes. What is known stays
   * as long as no answer contradicts it or knows better: time makes no steps for nothing.
   */
  async observe(ask: () => Promise<number>): Promise<void> {
    const askedMs = this.machine.monotonicMs()
    const busMs = await ask()
    const answeredMs = this.machine.monotonicMs()
    const told = { busMs, monotonicMs: (askedMs + answeredMs) / 2, errorMs: (answeredMs - askedMs) / 2 }
    if (this.anchor === undefined || (answeredMs - askedMs <= answerMostMs && saysMore(told, this.anchor))) {
      this.anchor = told
    }
  }

  /** Epoch milliseconds; undefined before the first answer. */
  nowMs(): number | undefined {
    return this.anchor === undefined ? undefined : Math.round(timeAt(this.anchor, this.machine.monotonicMs()))
  }

  /** This machine's word is taken only as long as NATS has not said anything. */
  now(): Date {
    const nowMs = this.nowMs()
    return nowMs === undefined ? this.machine.now() : new Date(nowMs)
  }

  monotonicMs(): number {
    return this.machine.monotonicMs()
  }
}

function timeAt({ busMs, monotonicMs }: Anchor, atMs: number): number {
  return busMs + atMs - monotonicMs
}

function saysMore(told: Anchor, known: Anchor): boolean {
  const apartMs = Math.abs(timeAt(known, told.monotonicMs) - told.busMs)
  return told.errorMs < known.errorMs || apartMs > told.errorMs + toldInMs
}
