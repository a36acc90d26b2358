/** Waiting times of retries. Called by the connection, the runner and the relay. Must never wait without jitter. */
import type { Randomness } from '@tradewire/kernel/randomness'

/** Doubles from `firstMs` to `mostMs`, then 50 to 100 % of that at random. */
export function backoffMs(attempt: number, firstMs: number, mostMs: number, randomness: Randomness): number {
  const full = Math.min(mostMs, firstMs * 2 ** Math.min(attempt, 30))
  return full * (0.5 + randomness.fraction() / 2)
}
