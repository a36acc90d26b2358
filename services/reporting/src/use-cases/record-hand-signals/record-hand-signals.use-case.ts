/** Remembers which signals were given by hand. Called for signal.accepted. Must never store those of alerts. */
import { Injectable } from '@nestjs/common'
import type { EventOf } from '@tradewire/contracts/define-event'
import type { signalAccepted } from '@tradewire/contracts/events/signals'
import type { Transaction } from '@tradewire/database/transaction'
import { Ledger } from '../../ports/ledger.port.ts'

@Injectable()
export class RecordHandSignals {
  constructor(private readonly ledger: Ledger) {}

  async execute(events: readonly EventOf<typeof signalAccepted>[], tx: Transaction): Promise<void> {
    const byHand = events.filter(({ data }) => data.source === 'OPERATOR').map(({ data }) => data.signalId)
    if (byHand.length > 0) await this.ledger.recordHandSignals(tx, byHand)
  }
}
