/**
 * Collects the garbage of a process while nobody waits for it. Called by the owner of a process, once it is ready.
 * Must never collect while there is work: V8 does so where it has to, and a signal has to wait for it.
 */
import { performance } from 'node:perf_hooks'
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

export type Collection = 'none' | 'young' | 'all'

/** The first requests and probes after the start do not wait for it. */
const beginAfterMs = 1_000
const lookEveryMs = 100
/** Of the time since the last look, the part in which the event loop was at work. */
const quietUtilizationMax = 0.25
/** Less is not worth a pause; what is left of 64 MB holds what a signal to a thousand followers makes. */
const youngBytesMin = 8 * 1_024 * 1_024

export interface QuietCollections {
  /** Also what the start has left behind: two stops of some 40 ms for one service, of 100 for all of them in a process. */
  readonly ofStart: boolean
}

/** V8 collects young objects when their space is full, which happens in the midst of work: docs/adr/0038. */
export function collectWhileQuiet({ ofStart }: QuietCollections): void {
  const collect = exposedCollector()
  let since = performance.eventLoopUtilization()
  let startIsLeft = ofStart
  const look = (): void => {
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, since)
    since = now
    const collection = collectionFor({ utilization, youngBytes: youngBytesUsed(), startIsLeft })
    if (collection === 'none') return
    startIsLeft = false
    // Loading its modules has let the young generation grow, and V8 shrinks it only when it collects all.
    if (collection === 'all') void collect({ type: 'major', flavor: 'last-resort', execution: 'async' })
    else collect({ type: 'minor' })
  }
  setTimeout(() => setInterval(look, lookEveryMs).unref(), beginAfterMs).unref()
}

/** Utilization from 0 to 1. */
export function collectionFor(seen: {
  readonly utilization: number
  readonly youngBytes: number
  readonly startIsLeft: boolean
}): Collection {
  if (seen.utilization > quietUtilizationMax) return 'none'
  if (seen.startIsLeft) return 'all'
  return seen.youngBytes < youngBytesMin ? 'none' : 'young'
}

function youngBytesUsed(): number {
  return getHeapSpaceStatistics().find((space) => space.space_name === 'new_space')?.space_used_size ?? 0
}

function exposedCollector(): NodeJS.GCFunction {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as NodeJS.GCFunction
  setFlagsFromString('--no-expose-gc')
  return collect
}
