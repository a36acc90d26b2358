/**
 * Time that passes only when the simulation says so: every timer of the process, and the clock that is injected.
 * Called by the world. Must never run beside real work: it replaces the timers of the whole process until `end`.
 */
import { Clock } from '@tradewire/kernel/clock'
import { createRequire, syncBuiltinESMExports } from 'node:module'

/** The builtin's own object: names imported from it follow its properties after `syncBuiltinESMExports`. */
const promises = createRequire(import.meta.url)('node:timers/promises') as Record<string, unknown>
const realGlobals = {
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setInterval: globalThis.setInterval,
  clearInterval: globalThis.clearInterval,
  setImmediate: globalThis.setImmediate,
  clearImmediate: globalThis.clearImmediate,
}
const realPromises = { setTimeout: promises['setTimeout'], setImmediate: promises['setImmediate'] }

interface Timer {
  readonly work: () => void
  readonly delayMs: number
  readonly repeats: boolean
  dueMs: number
  /** Timers of one moment run in the order in which they were set. */
  order: number
}

export class VirtualTime extends Clock {
  private readonly startedMs: number
  private readonly timers = new Set<Timer>()
  private nowMs = 0
  private orders = 0

  constructor(startsAt: Date) {
    super()
    this.startedMs = startsAt.getTime()
    const set = (work: (...args: unknown[]) => void, delayMs?: number, ...args: unknown[]) =>
      this.set(() => work(...args), delayMs ?? 0, false)
    const clear = (handle?: { readonly timer?: Timer }): void => void this.timers.delete(handle?.timer as Timer)
    Object.assign(globalThis, {
      setTimeout: set,
      setInterval: (work: () => void, delayMs: number) => this.set(work, delayMs, true),
      setImmediate: (work: (...args: unknown[]) => void, ...args: unknown[]) => set(work, 0, ...args),
      clearTimeout: clear,
      clearInterval: clear,
      clearImmediate: clear,
    })
    Object.assign(promises, {
      setTimeout: (delayMs: number, value?: unknown, options?: { readonly signal?: AbortSignal }) =>
        this.pause(delayMs, value, options?.signal),
      setImmediate: (value?: unknown) => this.pause(0, value, undefined),
    })
    syncBuiltinESMExports()
  }

  now(): Date {
    return new Date(this.startedMs + this.nowMs)
  }

  monotonicMs(): number {
    return this.nowMs
  }

  /** Lets so much time pass; what becomes due happens on the way, with everything that follows from it. */
  async pass(ms: number): Promise<void> {
    const untilMs = this.nowMs + ms
    await settle()
    for (let timer = this.next(untilMs); timer !== undefined; timer = this.next(untilMs)) {
      this.nowMs = timer.dueMs
      if (timer.repeats) this.arm(timer)
      else this.timers.delete(timer)
      timer.work()
      await settle()
    }
    this.nowMs = untilMs
  }

  /** Gives the process its own timers back. */
  end(): void {
    Object.assign(globalThis, realGlobals)
    Object.assign(promises, realPromises)
    syncBuiltinESMExports()
  }

  private next(untilMs: number): Timer | undefined {
    let first: Timer | undefined
    for (const timer of this.timers) {
      if (timer.dueMs > untilMs) continue
      if (
        first === undefined ||
        timer.dueMs < first.dueMs ||
        (timer.dueMs === first.dueMs && timer.order < first.order)
      ) {
        first = timer
      }
    }
    return first
  }

  private set(work: () => void, delayMs: number, repeats: boolean) {
    const timer: Timer = { work, delayMs: Math.max(0, delayMs), repeats, dueMs: 0, order: 0 }
    this.arm(timer)
    this.timers.add(timer)
    const handle = { timer, ref: () => handle, unref: () => handle, refresh: () => this.again(timer, handle) }
    return handle
  }

  private again<Handle>(timer: Timer, handle: Handle): Handle {
    this.arm(timer)
    this.timers.add(timer)
    return handle
  }

  private arm(timer: Timer): void {
    this.orders += 1
    timer.order = this.orders
    timer.dueMs = this.nowMs + timer.delayMs
  }

  private pause(delayMs: number, value: unknown, signal: AbortSignal | undefined): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const { timer } = this.set(() => resolve(value), delayMs, false)
      signal?.addEventListener('abort', () => {
        this.timers.delete(timer)
        reject(signal.reason as Error)
      })
    })
  }
}

/** Everything that promises still have to do at this moment is done afterwards. */
function settle(): Promise<void> {
  return new Promise((resolve) => realGlobals.setImmediate(resolve))
}

/** A pause in virtual time. */
export function passed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
