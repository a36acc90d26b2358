/**
 * Positions that are held no longer, told by brokers with the venue's evidence, are closed in the brackets that held them.
 * Called by the consumer of position news. Must never take one without the venue's evidence.
 */
import { Injectable } from '@nestjs/common'
import type { ConsumedEvent } from '@tradewire/bus/consume/consumer-options'
import { traceOf } from '@tradewire/bus/consume/delivery'
import type { positionChanged, positionGone } from '@tradewire/contracts/events/brokers'
import type { Transaction } from '@tradewire/database/transaction'
import { Decimal } from '@tradewire/kernel/decimal'
import type { Loss } from '../../domain/bracket/loss.ts'
import { AdvanceBrackets } from '../advance-brackets/advance-brackets.use-case.ts'

export type PositionEvent = ConsumedEvent<typeof positionChanged> | ConsumedEvent<typeof positionGone>

@Injectable()
export class TakeLosses {
  constructor(private readonly advanceBrackets: AdvanceBrackets) {}

  async execute(events: readonly PositionEvent[], tx: Transaction): Promise<void> {
    for (const event of events) {
      await this.advanceBrackets.execute(tx, { held: event.data, loss: lossOf(event.data), trace: traceOf(event) })
    }
  }
}

/** The contract has checked that amounts are decimals. */
function lossOf({
  lostQuantity,
  reason,
  price,
  fee,
  feeCurrency,
  executedAt,
  observedAt,
}: PositionEvent['data']): Loss {
  return {
    quantity: new Decimal(lostQuantity),
    reason: reason === 'unexplained' ? 'venue' : reason,
    price: price === null ? null : new Decimal(price),
    fee: new Decimal(fee),
    feeCurrency,
    at: executedAt ?? observedAt,
  }
}
