/**
 * Takes in what is newly known of a subscription, or that time has passed, and tells what changed by it.
 * Called with a locked subscription. Must never move one back.
 */
import { Injectable } from '@nestjs/common'
import { subscriptionChanged } from '@tradewire/contracts/events/billing'
import type { Transaction } from '@tradewire/database/transaction'
import { Clock } from '@tradewire/kernel/clock'
import { InjectConfig } from '@tradewire/nest-kit/tokens'
import { billRulesOf, type BillingConfig } from '../../config.ts'
import type { Subscription } from '../../domain/bill.ts'
import { joined, standingOf, type SubscriptionFacts } from '../../domain/subscription.ts'
import { Bills } from '../../ports/bills.port.ts'
import { TellEntitlement } from '../tell-entitlement/tell-entitlement.use-case.ts'

@Injectable()
export class SettleSubscription {
  constructor(
    @InjectConfig() private readonly config: BillingConfig,
    private readonly bills: Bills,
    private readonly tellEntitlement: TellEntitlement,
    private readonly clock: Clock,
  ) {}

  async execute(
    tx: Transaction,
    subscription: Subscription,
    seen: Partial<SubscriptionFacts> = {},
  ): Promise<Subscription> {
    const facts = joined(subscription.facts, { ...subscription.facts, ...seen })
    const now = standingOf(facts, subscription, this.clock.now(), billRulesOf(this.config))
    const isNews =
      now.standing !== subscription.standing ||
      now.servedUntil?.getTime() !== subscription.servedUntil?.getTime() ||
      facts.endsAt?.getTime() !== subscription.facts.endsAt?.getTime()
    const settled = { ...subscription, ...now, facts, revision: subscription.revision + (isNews ? 1 : 0) }
    await this.bills.saveSubscription(tx, settled)
    if (!isNews) return settled
    tx.append(subscriptionChanged, {
      subscriptionId: settled.id,
      userId: settled.userId,
      subject: settled.subject,
      standing: settled.standing,
      servedUntil: settled.servedUntil?.toISOString() ?? null,
      endsAt: facts.endsAt?.toISOString() ?? null,
      revision: settled.revision,
    })
    if (settled.subject.kind === 'plan') await this.tellEntitlement.execute(tx, settled.userId)
    return settled
  }
}
