/**
 * The moment at which something happens to a system: a kill, a wake-up, a sender's next try.
 * Called by specs that hurt a system on purpose. Must never be used to wait for what the system does: that is polled.
 */
import { setTimeout as delay } from 'node:timers/promises'

export async function momentAfter(milliseconds: number): Promise<void> {
  // tidy-allow no-sleep-in-tests: when a fault strikes is the input of these tests, chosen by their seed
  await delay(milliseconds)
}
