/**
 * The moment at which something happens to a system: a kill, a wake-up, a sender's next try.
 * Called by scenarios and the demo's client. Must never be used to wait for what the system does: that is polled.
 */
import { setTimeout as delay } from 'node:timers/promises'

export async function momentAfter(milliseconds: number): Promise<void> {
  await delay(milliseconds)
}
