/**
 * Ends a server when the test process dies without stopping it, even by SIGKILL.
 * Called for each server that the testkit starts. Must never end a process that was stopped in good order:
 * its id may belong to somebody else by then, so the leash is taken off first.
 */
import { spawn } from 'node:child_process'

/** Waits for the end of its input, which comes when the holder dies; then ends the process $1 and removes folder $2. */
const script = 'cat >/dev/null; kill -QUIT "$1" 2>/dev/null; sleep 1; rm -rf "$2"'

/** Returns the function that takes the leash off. `directory` is the server's own temporary folder. */
export function leash(pid: number, directory: string): () => void {
  const guard = spawn('/bin/sh', ['-c', script, 'leash', String(pid), directory], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  guard.on('error', () => undefined)
  guard.stdin.on('error', () => undefined)
  guard.unref()
  ;(guard.stdin as unknown as { unref?: () => void }).unref?.()
  return () => guard.kill('SIGKILL')
}
