/**
 * Gives back the memory that only the start needed. Called by the owner of a process, once it is ready.
 * Must never be called on a schedule: a busy process collects by itself, and knows better when.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** The first requests and probes after the start do not wait for it. */
const collectAfterMs = 1_000

/**
 * Loading its modules lets V8 grow the young generation to 64 MB, and V8 shrinks it only when it collects. A service
 * that is idle allocates too little for that, while its polls slowly touch all of it: 30 to 70 MB for nothing.
 */
export function collectStartGarbage(): void {
  setTimeout(() => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as NodeJS.GCFunction
    setFlagsFromString('--no-expose-gc')
    void collect({ type: 'major', flavor: 'last-resort', execution: 'async' })
  }, collectAfterMs).unref()
}
