/**
 * The running venue: replays the journal, then works out one command after the other on the books and keeps its records.
 * Called by every surface. Must never let a surface answer before `settled` resolves when its command made records.
 */
import { Injectable } from '@nestjs/common'
import { Clock } from '@tradewire/kernel/clock'
import { apply } from '#domain/apply'
import { instruments } from '#domain/instruments'
import { Session, type RecordObserver } from '#domain/session'
import { emptyState, type VenueState } from '#domain/state'
import { Journal } from '#ports/journal.port'

@Injectable()
export class OperateVenue {
  readonly state: VenueState = emptyState(instruments)
  /** Records found in the journal at start; 0 means a new venue. */
  readonly replayed: number
  private readonly observers: RecordObserver[] = []

  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
  ) {
    this.replayed = journal.replay((records) => {
      for (const record of records) apply(this.state, record)
    })
  }

  /** Wall clock of the venue, ms. */
  now(): number {
    return this.clock.now().getTime()
  }

  /** Runs one command to its end, synchronously. What it returns may be told to the outside only after `settled`. */
  execute<Value>(work: (session: Session) => Value): Value {
    const session = new Session(this.state, this.now(), this.notify)
    try {
      return work(session)
    } finally {
      this.journal.append(session.records)
    }
  }

  settled(): Promise<void> {
    return this.journal.settled()
  }

  /** Told of each record at the moment it applies; what is said to the outside about it waits for `onSettled`. */
  observe(observer: RecordObserver): void {
    this.observers.push(observer)
  }

  onSettled(listener: () => void): void {
    this.journal.onSettled(listener)
  }

  close(): void {
    this.journal.close()
  }

  private readonly notify: RecordObserver = (record, state) => {
    for (const observer of this.observers) observer(record, state)
  }
}
