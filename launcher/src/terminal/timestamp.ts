/** Now as ISO text, for records of what was started when. Must never be used for measuring. */
import { SystemClock } from '@tradewire/kernel/clock'

const clock = new SystemClock()

export function timestamp(): string {
  return clock.now().toISOString()
}

/** Milliseconds since a moment of such text. */
export function msSince(text: string): number {
  return clock.now().getTime() - new Date(text).getTime()
}
