/**
 * A disk so small that a test can fill it: a file system in memory, mounted in a folder of its own.
 * Called by the scenario of the full disk. Must never be left mounted.
 */
import { execFile } from 'node:child_process'
import { chmod, mkdtemp, rm, statfs, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const blockBytes = 65_536

export interface SmallDisk {
  readonly folder: string
  /** Takes all the room that is left. */
  fill(): Promise<void>
  clear(): Promise<void>
  remove(): Promise<void>
}

/** Undefined with the reason when this machine does not let us mount. */
export async function mountSmallDisk(megabytes: number): Promise<SmallDisk | { readonly refused: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'tradewire-disk-'))
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder])
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    const reason = error instanceof Error ? (error.message.split('\n').at(-1) ?? '') : String(error)
    return { refused: `a small disk cannot be mounted here: ${reason.trim()}` }
  }
  // PostgreSQL runs as another user when this process is root's.
  await chmod(folder, 0o755)
  const ballast = join(folder, 'ballast')
  return {
    folder,
    async fill() {
      const { bavail, bsize } = await statfs(folder)
      // What is freed while we write is taken by the next blocks, until none is left.
      await grew(ballast, Math.max(0, bavail * bsize - blockBytes))
      for (;;) if (!(await grew(ballast, blockBytes / 16))) return
    },
    clear: () => rm(ballast, { force: true }),
    async remove() {
      await run('umount', ['--lazy', folder])
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** False once the disk takes no more; PostgreSQL may have taken the room between the look and the write. */
async function grew(file: string, bytes: number): Promise<boolean> {
  try {
    await writeFile(file, Buffer.alloc(bytes), { flag: 'a' })
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return false
    throw error
  }
}
