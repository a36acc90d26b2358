/**
 * Ends a server and removes its folder when the process that owns them dies without doing so, even by SIGKILL.
 * Called for each server that tests and simulations start. Must never end a process that was stopped in good order:
 * its id may belong to somebody else by then, so the leash is taken off first.
 */
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Waits for the end of its input, which comes when the holder dies; then removes folder $1 and before it ends process $2, if any. */
const script = 'cat >/dev/null; [ -z "$2" ] || { kill -QUIT "$2" 2>/dev/null; sleep 1; }; rm -rf "$1"'

/** Returns the function that takes the leash off. `directory` is temporary and the server's own, where there is one. */
export function leash(directory: string, pid?: number): () => void {
  const guard = spawn('/bin/sh', ['-c', script, 'leash', directory, pid === undefined ? '' : String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  guard.on('error', () => undefined)
  guard.stdin.on('error', () => undefined)
  guard.unref()
  ;(guard.stdin as unknown as { unref?: () => void }).unref?.()
  return () => guard.kill('SIGKILL')
}

/** A temporary folder that goes with its owner, however that ends. */
export async function leashedFolder(prefix: string): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), prefix))
  const unleash = leash(path)
  return {
    path,
    async [Symbol.asyncDispose]() {
      unleash()
      await rm(path, { recursive: true, force: true })
    },
  }
}
