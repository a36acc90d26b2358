/**
 * The wish to stop: Ctrl-C, SIGTERM, or the end of the parent that holds us. Called by the commands that run something.
 * A second signal ends the process at once, for those who cannot wait.
 */
import { exitCodes } from '../terminal/launcher-error.ts'

/**
 * Aborts at the first wish; the reason is its name. With `withParent` the end of the parent counts as one:
 * a service process must not outlive the launcher that was killed.
 */
export function exitSignal(withParent = false): AbortSignal {
  const wish = new AbortController()
  const ask = (reason: string): void => {
    if (wish.signal.aborted) process.exit(exitCodes.interrupted)
    wish.abort(reason)
  }
  // SIGHUP: the terminal was closed.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => ask(signal))
  if (withParent && process.connected) process.once('disconnect', () => ask('the launcher ended'))
  return wish.signal
}

/** Resolves when the wish to stop is there. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
