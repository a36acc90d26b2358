/**
 * What a pass found out about orders of ours becomes evidence: listed, found singly, behind their fills, or vanished.
 * Called by reconcile-account. Must never call an order ended that the venue has not proved to have no longer.
 */
import { Injectable } from '@nestjs/common'
import type { VenueOrder } from '@tradewire/broker-kit/broker-session'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import type { Attempt } from '#domain/attempt/attempt'
import type { Outcome } from '#domain/reconcile/reconcile'
import type { AccountSession } from '#ports/sessions.port'
import { ApplyEvidence } from '../apply-evidence/apply-evidence.use-case.ts'
import { LookUpOrder } from '../look-up-order/look-up-order.use-case.ts'
import type { Reading } from '../read-venue/read-venue.use-case.ts'

@Injectable()
export class TakeFindings {
  constructor(
    private readonly evidence: ApplyEvidence,
    private readonly lookUp: LookUpOrder,
    @InjectLogger() private readonly logger: Logger,
  ) {}

  /** False when an order that fills tell of could not be read: the pass is not complete then. */
  async execute(opened: AccountSession, { belief, found, view }: Reading, outcome: Outcome): Promise<boolean> {
    const { id } = opened.account
    for (const order of found) await this.evidence.news(id, order)
    for (const { order } of outcome.evidence) await this.evidence.news(id, order)
    for (const intentId of outcome.behind) {
      const attempt = belief.attempts.get(intentId)
      if (attempt === undefined) continue
      const order = await this.lookUp.execute(opened, attempt, view.openOrders)
      if (!order.ok) return false
      if (order.value !== null) await this.evidence.news(id, order.value)
    }
    for (const intentId of outcome.vanished) {
      const attempt = belief.attempts.get(intentId)
      if (attempt === undefined) continue
      this.logger.error({ accountId: id, intentId }, 'the venue has an order no longer that it had accepted')
      await this.evidence.news(id, vanished(attempt))
    }
    return true
  }
}

function vanished({ clientOrderId, venueOrderId, command, filledQuantity, averagePrice }: Attempt): VenueOrder {
  return {
    clientOrderId,
    venueOrderId,
    symbol: command.symbol,
    status: 'expired',
    filledQuantity,
    averagePrice,
    fee: null,
    feeCurrency: null,
    executedAt: null,
    message: 'The venue has the order no longer.',
  }
}
