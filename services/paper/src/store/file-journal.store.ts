/**
 * The journal as an append-only file of lines. What was written survives kill -9 of the process at any moment
 * (not a power cut: the file is not flushed to the disk on each write).
 * Called by RunningVenue. Must never acknowledge before the write, nor keep half a command.
 */
import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { StringDecoder } from 'node:string_decoder'
import type { VenueRecord } from '#domain/records'
import { Journal } from '#ports/journal.port'
import { decodeRecords, encodeRecords } from '#store/record.mapper'

const fileName = 'venue.ndjson'
const header = '{"journal":"tradewire-paper","version":1}'
const readChunkBytes = 1_048_576

interface Batch {
  readonly promise: Promise<void>
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

export class FileJournal extends Journal {
  private readonly descriptor: number
  private readonly listeners: (() => void)[] = []
  private lines: string[] = []
  private batch: Batch | undefined
  private failure: Error | undefined
  private closed = false

  /** Opens or creates the file in the directory, readable by its owner only: it holds the accounts' secrets. */
  constructor(directory: string) {
    super()
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    this.descriptor = openSync(join(directory, fileName), 'a+', 0o600)
  }

  replay(each: (records: readonly VenueRecord[]) => void): number {
    let count = 0
    let line = 0
    const kept = this.readLines((text) => {
      line += 1
      if (line === 1) return checkHeader(text)
      const records = parseLine(text, line)
      count += records.length
      each(records)
    })
    // A line without its end was cut off by a crash: nobody was told of it.
    if (fstatSync(this.descriptor).size > kept) ftruncateSync(this.descriptor, kept)
    if (kept === 0) this.write(`${header}\n`)
    return count
  }

  append(records: readonly VenueRecord[]): void {
    if (records.length === 0) return
    this.lines.push(encodeRecords(records))
    if (this.batch !== undefined) return
    this.batch = newBatch()
    setImmediate(() => this.flush())
  }

  settled(): Promise<void> {
    if (this.failure !== undefined) return Promise.reject(this.failure)
    return this.batch?.promise ?? Promise.resolve()
  }

  onSettled(listener: () => void): void {
    this.listeners.push(listener)
  }

  close(): void {
    if (this.closed) return
    this.flush()
    this.closed = true
    closeSync(this.descriptor)
  }

  private flush(): void {
    const { batch, lines } = this
    if (batch === undefined) return
    this.batch = undefined
    this.lines = []
    try {
      if (this.failure !== undefined) throw this.failure
      this.write(`${lines.join('\n')}\n`)
    } catch (cause) {
      // From here on the books in memory know more than the file: nothing may be acknowledged any more.
      this.failure = new Error('the journal cannot be written', { cause })
      return batch.reject(this.failure)
    }
    batch.resolve()
    for (const listener of this.listeners) listener()
  }

  private write(text: string): void {
    const bytes = Buffer.from(text)
    let written = 0
    while (written < bytes.length) written += writeSync(this.descriptor, bytes, written)
  }

  /** Calls back for each whole line; returns how many bytes they take. */
  private readLines(each: (text: string) => void): number {
    const chunk = Buffer.allocUnsafe(readChunkBytes)
    const decoder = new StringDecoder('utf8')
    let rest = ''
    let position = 0
    for (;;) {
      const count = readSync(this.descriptor, chunk, 0, readChunkBytes, position)
      if (count === 0) break
      position += count
      const parts = (rest + decoder.write(chunk.subarray(0, count))).split('\n')
      rest = parts.pop() ?? ''
      for (const part of parts) each(part)
    }
    return position - Buffer.byteLength(rest + decoder.end())
  }
}

function newBatch(): Batch {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  // A failed write also fails the commands that wait; without any, it must not end the process by itself.
  promise.catch(() => undefined)
  return { promise, resolve, reject }
}

function checkHeader(text: string): void {
  if (text !== header) throw new Error(`${fileName} is not a journal of this version`)
}

function parseLine(text: string, line: number): VenueRecord[] {
  try {
    return decodeRecords(text)
  } catch (cause) {
    throw new Error(`${fileName} is damaged at line ${String(line)}`, { cause })
  }
}
