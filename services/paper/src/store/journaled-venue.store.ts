/**
 * The running venue on its journal: replays it, then works out one command after the other and keeps its records.
 * Called through RunningVenue. Must never apply a record that it does not also hand to the journal.
 */
import { Injectable } from '@nestjs/common'
import { Clock } from '@tradewire/kernel/clock'
import { apply } from '#domain/engine/apply'
import { instruments } from '#domain/listing/listed-instruments'
import { Session, type RecordObserver } from '#domain/engine/session'
import { emptyState, type VenueState } from '#domain/state'
import { Journal } from '#ports/journal.port'
import { RunningVenue } from '#ports/running-venue.port'

@Injectable()
export class JournaledVenue extends RunningVenue {
  readonly state: VenueState = emptyState(instruments)
  private readonly observers: RecordObserver[] = []

  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
  ) {
    super()
    journal.replay((records) => {
      for (const record of records) apply(this.state, record)
    })
  }

  now(): number {
    return this.clock.now().getTime()
  }

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
