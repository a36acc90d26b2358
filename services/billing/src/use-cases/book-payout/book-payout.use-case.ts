/** Writes the journal of a payout that moves, as one run of a rule. Called in the transaction that moves it. Must never book the same move twice. */
import { Injectable } from '@nestjs/common'
import type { Transaction } from '@tradewire/database/transaction'
import { Clock } from '@tradewire/kernel/clock'
import { IdSource } from '@tradewire/kernel/ids'
import { payoutJournal, type Payout, type PayoutState } from '../../domain/books/payout.ts'
import { Books } from '../../ports/books.port.ts'

@Injectable()
export class BookPayout {
  constructor(
    private readonly books: Books,
    private readonly clock: Clock,
    private readonly ids: IdSource,
  ) {}

  /** `from`: null when it is created. */
  async execute(tx: Transaction, payout: Payout, from: PayoutState | null): Promise<void> {
    const { id: object, state } = payout
    const ranAt = this.clock.now()
    const id = this.ids.next()
    if (!(await this.books.beginRule(tx, { id, rule: `payout-${state}`, object, ranAt }))) {
      throw new RangeError(`payout ${object} was ${state} already`)
    }
    const booked = { journal: payoutJournal(payout, from, state), cause: { ruleRunId: id } }
    await this.books.write(tx, [booked], ranAt)
  }
}
