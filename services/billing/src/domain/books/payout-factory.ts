/** Makes payouts of what is payable. Called by payout runs. Must never make one of less than is worth a transfer. */
import type { Clock } from '@tradewire/kernel/clock'
import type { IdSource } from '@tradewire/kernel/ids'
import { payableNow, type Owed, type Payout } from './payout.ts'

export interface PayoutRules {
  /** In whole units of each currency. */
  readonly minimum: string
  /** How long what was earned waits: payers may still want it back. */
  readonly holdMs: number
}

export class PayoutFactory {
  private readonly clock: Clock
  private readonly ids: IdSource
  private readonly rules: PayoutRules

  constructor(clock: Clock, ids: IdSource, rules: PayoutRules) {
    this.clock = clock
    this.ids = ids
    this.rules = rules
  }

  /** What was earned from then on is not payable yet. */
  heldFrom(): Date {
    return new Date(this.clock.now().getTime() - this.rules.holdMs)
  }

  /** Undefined when too little is payable. */
  payout(owed: Owed): Payout | undefined {
    const amount = payableNow(owed, this.rules.minimum)
    if (amount === undefined) return undefined
    const { ownerId } = owed
    const createdAt = this.clock.now()
    return { id: this.ids.next(), ownerId, amount, state: 'created', reference: null, createdAt, settledAt: null }
  }
}
