/**
 * The end of a log file, for error messages that say why a server did not start.
 * Called by the starters and the launcher. Must never load a whole large file.
 */
import { open } from 'node:fs/promises'

const tailBytes = 4096

/** The last lines of the file, at most 4 KiB; empty when there is none. */
export async function tailOf(file: string, linesMax = 15): Promise<string> {
  try {
    await using handle = await open(file, 'r')
    const { size } = await handle.stat()
    const length = Math.min(size, tailBytes)
    const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length)
    return buffer.toString('utf8').trimEnd().split('\n').slice(-linesMax).join('\n')
  } catch {
    return ''
  }
}
