/**
 * Reads the end of log files and what is appended to them. Called by the `logs` command.
 * Must never load a whole file: logs of a long run are large.
 */
import { open, readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { lastLines } from './log-lines.ts'

const tailBytes = 262_144

export interface LogFile {
  /** The part that writes it: a service, a server, or launcher. */
  readonly source: string
  readonly path: string
}

export async function logFilesOf(folder: string): Promise<LogFile[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.log'))
  return names
    .toSorted((left, right) => left.localeCompare(right))
    .map((name) => ({ source: basename(name, '.log'), path: join(folder, name) }))
}

export interface FileTail {
  readonly lines: readonly string[]
  /** Where the next read goes on. */
  readonly offset: number
}

/** The last whole lines of the file, from at most its last 256 KiB. */
export async function readTail(path: string, linesMax: number): Promise<FileTail> {
  await using file = await open(path, 'r')
  const { size } = await file.stat()
  const start = Math.max(0, size - tailBytes)
  const text = await readText(file, start, size - start)
  const lines = text.split('\n')
  const unfinished = lines.pop() ?? ''
  if (start > 0) lines.shift()
  return { lines: lastLines(lines, linesMax), offset: size - Buffer.byteLength(unfinished) }
}

/** Whole lines that were appended since the offset; a file that became shorter is read from its beginning. */
export async function readAppended(path: string, offset: number): Promise<FileTail> {
  await using file = await open(path, 'r')
  const { size } = await file.stat()
  const start = size < offset ? 0 : offset
  const text = await readText(file, start, size - start)
  const end = text.lastIndexOf('\n')
  if (end === -1) return { lines: [], offset: start }
  const whole = text.slice(0, end)
  return { lines: whole.split('\n'), offset: start + Buffer.byteLength(whole) + 1 }
}

async function readText(file: Awaited<ReturnType<typeof open>>, start: number, length: number): Promise<string> {
  if (length <= 0) return ''
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, start)
  return buffer.subarray(0, bytesRead).toString('utf8')
}
