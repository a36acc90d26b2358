/**
 * Positions that are held no longer, told by brokers with the venue's evidence, are closed in the brackets that held them.
 * Called by the consumer of position news. Must never take more from a bracket than it holds.
 */
import { Injectable } from '@nestjs/common'
import type { ConsumedEvent } from '@tradewire/bus/consume/consumer-options'
import { traceOf } from '@tradewire/bus/consume/delivery'
import type { positionChanged, positionGone } from '@tradewire/contracts/events/brokers'
import type { Transaction } from '@tradewire/database/transaction'
import { Decimal } from '@tradewire/kernel/decimal'
import { type Loss, sharesOf } from '../../domain/bracket/loss.ts'
import { positionOf } from '../../domain/bracket/position.ts'
import { Brackets } from '../../ports/brackets.port.ts'
import { AdvanceBrackets } from '../advance-brackets/advance-brackets.use-case.ts'

export type PositionEvent = ConsumedEvent<typeof positionChanged> | ConsumedEvent<typeof positionGone>

@Injectable()
export class TakeLosses {
  constructor(
    private readonly brackets: Brackets,
    private readonly advanceBrackets: AdvanceBrackets,
  ) {}

  async execute(events: readonly PositionEvent[], tx: Transaction): Promise<void> {
    for (const event of events) await this.take(event, tx)
  }

  /** The oldest position goes first. */
  private async take(event: PositionEvent, tx: Transaction): Promise<void> {
    const ids = await this.brackets.holdingIds(event.data)
    if (ids.length === 0) return
    const locked = await this.brackets.lock(tx, ids)
    const held = locked.map((bracket) => positionOf(bracket).remaining)
    const trace = traceOf(event)
    const shares = sharesOf(lossOf(event.data), held)
    const news = locked.map(({ bracketId }, index) => {
      return [bracketId, { news: [{ kind: 'loss' as const, loss: shares[index]! }], trace }] as const
    })
    await this.advanceBrackets.execute(tx, new Map(news))
  }
}

/** The contract has checked that amounts are decimals. */
function lossOf({ lostQuantity, reason, price, fee, feeCurrency, observedAt }: PositionEvent['data']): Loss {
  return {
    quantity: new Decimal(lostQuantity),
    reason: reason === 'unexplained' ? 'venue' : reason,
    price: price === null ? null : new Decimal(price),
    fee: new Decimal(fee),
    feeCurrency,
    at: observedAt,
  }
}
