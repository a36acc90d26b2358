/**
 * Waits by looking: the only way a test waits. Called by integration and e2e tests.
 * Must never be a sleep in disguise: it returns as soon as the condition holds.
 */
import { setTimeout as delay } from 'node:timers/promises'

export interface EventuallyOptions {
  /** 5 s when not given. */
  readonly withinMs?: number
  /** 20 ms when not given. */
  readonly everyMs?: number
  /** What is waited for, for the failure's message. */
  readonly describe?: string
}

const withinMsDefault = 5_000
const everyMsDefault = 20

/**
 * The condition's first result that is neither false, null nor undefined. A condition that throws (an `expect`)
 * counts as not yet. Throws after the limit, with the last failure as its cause.
 */
export async function eventually<Value>(
  condition: () => Value | Promise<Value>,
  { withinMs = withinMsDefault, everyMs = everyMsDefault, describe = 'the condition' }: EventuallyOptions = {},
): Promise<Exclude<Value, false | null | undefined>> {
  const deadlineMs = performance.now() + withinMs
  let last: unknown
  for (;;) {
    try {
      const value = await condition()
      if (value !== false && value !== null && value !== undefined) {
        return value as Exclude<Value, false | null | undefined>
      }
      last = undefined
    } catch (error) {
      last = error
    }
    if (performance.now() > deadlineMs) throw lateError(describe, withinMs, last)
    await delay(everyMs)
  }
}

/** For conditions made of `expect` calls, which return nothing: succeeds once the work no longer throws. */
export async function eventuallyPasses(work: () => unknown, options?: EventuallyOptions): Promise<void> {
  await eventually(async () => {
    await work()
    return true
  }, options)
}

function lateError(describe: string, withinMs: number, last: unknown): Error {
  const detail = last instanceof Error ? `; last: ${last.message}` : ''
  return new Error(`${describe} did not come true within ${withinMs} ms${detail}`, { cause: last })
}
