/**
 * Ends a server when the test process dies without stopping it, even by SIGKILL.
 * Called for each server that the testkit starts. Must never end a process that was stopped in good order:
 * its id may belong to somebody else by then, so the leash is taken off first.
 */
import { spawn } from 'node:child_process'

/** Waits for the end of its input, which comes when the holder dies, and then ends the process named by $1. */
const script = 'cat >/dev/null; kill -QUIT "$1" 2>/dev/null'

/** Returns the function that takes the leash off. */
export function leash(pid: number): () => void {
  const guard = spawn('/bin/sh', ['-c', script, 'leash', String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  guard.on('error', () => undefined)
  guard.stdin.on('error', () => undefined)
  guard.unref()
  ;(guard.stdin as unknown as { unref?: () => void }).unref?.()
  return () => guard.kill('SIGKILL')
}
