/**
 * The venue at work: its books, and the one way to change them.
 * Called by use cases and surfaces. Must never let a surface answer before `settled` resolves when a command made records.
 */
import type { RecordObserver, Session } from '#domain/engine/session'
import type { VenueState } from '#domain/state'

export abstract class RunningVenue {
  /** To be read only: `execute` changes it. */
  abstract readonly state: VenueState
  /** Wall clock of the venue, ms. */
  abstract now(): number
  /** Runs one command to its end, synchronously. What it returns may be told to the outside only after `settled`. */
  abstract execute<Value>(work: (session: Session) => Value): Value
  /** Resolves once every command so far would survive the process. Rejects when the journal cannot be written. */
  abstract settled(): Promise<void>
  /** Told of each record at the moment it applies; what is said to the outside about it waits for `onSettled`. */
  abstract observe(observer: RecordObserver): void
  abstract onSettled(listener: () => void): void
  abstract close(): void
}
