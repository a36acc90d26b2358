/**
 * Where the venue's records are kept before anything is acknowledged.
 * Called by RunningVenue. Must never say "settled" while a record could still be lost with the process.
 */
import type { VenueRecord } from '#domain/records'

export abstract class Journal {
  /** Hands over every command's records that were kept earlier, oldest first; called once, before the first append. */
  abstract replay(each: (records: readonly VenueRecord[]) => void): number
  /** Queues the records of one command: they will be there all together after a crash, or not at all. */
  abstract append(records: readonly VenueRecord[]): void
  /** Resolves once everything appended so far would survive the process. Rejects when the journal cannot be written. */
  abstract settled(): Promise<void>
  /** Called after each write with nothing left to lose: what waits for it may be told to the outside. */
  abstract onSettled(listener: () => void): void
  abstract close(): void
}
