/** Time that all processes of one machine share. Called by every part of the bench. */
const nanosecondsPerMs = 1e6

/** Milliseconds of the machine's monotonic clock: comparable between processes, unlike performance.now(). */
export function nowMs(): number {
  return Number(process.hrtime.bigint()) / nanosecondsPerMs
}
