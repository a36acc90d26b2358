/** When a period of a simulated payment provider ends. Called by their books. Must never drift: each is counted from the first. */

const secondMs = 1_000

/** In seconds, as providers count; months without the day end on their last. */
export function periodEnd(anchor: number, months: number): number {
  const start = new Date(anchor * secondMs)
  const end = new Date(start)
  end.setUTCMonth(start.getUTCMonth() + months, 1)
  const lastDay = new Date(Date.UTC(end.getUTCFullYear(), end.getUTCMonth() + 1, 0)).getUTCDate()
  end.setUTCDate(Math.min(start.getUTCDate(), lastDay))
  return Math.floor(end.getTime() / secondMs)
}
