/**
 * Keeps the record of what runs true while parts are added and restarted. Called by `up`.
 * Must never write twice at once: parts that die together are restarted together.
 */
import type { Home } from '../home/home.ts'
import { type RunPart, type RunRecord, markOf, writeRun } from '../home/run-record.ts'
import { timestamp } from '../terminal/timestamp.ts'

export class RunBook {
  private readonly startedAt = timestamp()
  private readonly sources: (() => RunPart[])[] = []
  private writing: Promise<void> = Promise.resolve()

  constructor(
    private readonly home: Home,
    private readonly mode: RunRecord['mode'],
  ) {}

  /** The source is asked at each write for its parts of that moment. */
  async add(source: () => RunPart[]): Promise<void> {
    this.sources.push(source)
    await this.write()
  }

  /** Resolves when what runs now is on disk; rejects when it could not be written. */
  write(): Promise<void> {
    const written = this.writing.then(() =>
      writeRun(this.home, {
        version: 1,
        launcher: markOf(process.pid),
        startedAt: this.startedAt,
        mode: this.mode,
        parts: this.sources.flatMap((source) => source()),
      }),
    )
    // A write that failed must not keep the later ones from being tried.
    this.writing = written.catch(() => undefined)
    return written
  }
}
