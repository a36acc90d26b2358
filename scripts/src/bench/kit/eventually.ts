/** Polls a condition with a limit. Called wherever the bench waits for a party to settle. */
import { setTimeout as delay } from 'node:timers/promises'
import { nowMs } from './clock.ts'

const pollMs = 25

/** Throws with the description when the condition does not hold in time. */
export async function eventually(
  what: string,
  withinMs: number,
  condition: () => Promise<boolean> | boolean,
): Promise<void> {
  const untilMs = nowMs() + withinMs
  while (!(await condition())) {
    if (nowMs() > untilMs) throw new Error(`${what} did not come true within ${withinMs / 1_000} s`)
    await delay(pollMs)
  }
}
