/**
 * Takes in what is newly known of a subscription, or that time has passed, and tells what changed by it.
 * Called with a locked subscription. Must never move one back.
 */
import { isDeepStrictEqual } from 'node:util'
import { Injectable } from '@nestjs/common'
import { subscriptionChanged } from '@tradewire/contracts/events/billing'
import { noticeRaised } from '@tradewire/contracts/events/notices'
import type { Transaction } from '@tradewire/database/transaction'
import { Clock } from '@tradewire/kernel/clock'
import { InjectConfig } from '@tradewire/nest-kit/tokens'
import { billRulesOf, type BillingConfig } from '../../config.ts'
import type { Subscription } from '../../domain/bills/bill.ts'
import {
  changedBy,
  moveOf,
  nextLook,
  type ChangeState,
  type SubscriptionChange,
} from '../../domain/subscriptions/subscription-change.ts'
import { inTrial, joined, standingOf, type SubscriptionFacts } from '../../domain/subscriptions/subscription.ts'
import { inVainNotice } from '../../domain/subscriptions/change-notice.ts'
import { Bills } from '../../ports/bills.port.ts'
import { SubscriptionChanges } from '../../ports/subscription-changes.port.ts'
import { TellEntitlement } from '../tell-entitlement/tell-entitlement.use-case.ts'

export type SeenOfSubscription = Partial<SubscriptionFacts> & {
  /** The provider's own; it may tell of it before we have stored its answer that it began. */
  readonly externalId?: string | null
  /** The change whose difference was paid just now. */
  readonly paidChangeId?: string | undefined
}

@Injectable()
export class SettleSubscription {
  constructor(
    @InjectConfig() private readonly config: BillingConfig,
    private readonly bills: Bills,
    private readonly changes: SubscriptionChanges,
    private readonly tellEntitlement: TellEntitlement,
    private readonly clock: Clock,
  ) {}

  async execute(
    tx: Transaction,
    subscription: Subscription,
    { externalId = subscription.externalId, paidChangeId, ...seen }: SeenOfSubscription = {},
  ): Promise<Subscription> {
    const known = joined(subscription.facts, inTrial(subscription, { ...subscription.facts, ...seen }))
    const pending = await this.changes.pending(tx, subscription.id)
    const due = moveOf(pending, { ...subscription, facts: known }, { paidChangeId, now: this.clock.now() })
    const isTaken = await this.isTaken(tx, subscription, pending, due)
    // What was paid for it pays for no time either.
    const facts = isTaken && paidChangeId !== undefined ? subscription.facts : known
    const moved = isTaken ? undefined : due
    if (pending !== undefined && moved !== undefined) await this.changes.move(tx, pending, moved)
    const isChanged = moved === 'paid' || moved === 'done'
    const held = isChanged && pending !== undefined ? changedBy(subscription, pending) : subscription
    const settled = await this.settle(
      tx,
      { ...held, facts, externalId },
      subscription,
      moved === undefined ? pending : undefined,
    )
    const isInVain = paidChangeId !== undefined && !isChanged
    if (isInVain) tx.append(noticeRaised, inVainNotice(settled, this.clock.now()))
    return settled
  }

  /** Another subscription is to what this one would be changed to: it waits, to be taken back at its provider and dropped. */
  private async isTaken(
    tx: Transaction,
    subscription: Subscription,
    pending: SubscriptionChange | undefined,
    due: ChangeState | undefined,
  ): Promise<boolean> {
    if (pending === undefined || (due !== 'paid' && due !== 'done')) return false
    return this.bills.isTaken(tx, subscription, pending.terms.subject)
  }

  private async settle(
    tx: Transaction,
    subscription: Subscription,
    before: Subscription,
    pending: SubscriptionChange | undefined,
  ): Promise<Subscription> {
    const { facts } = subscription
    const now = standingOf(facts, subscription, this.clock.now(), billRulesOf(this.config))
    const isNews =
      subscription.subject.id !== before.subject.id ||
      subscription.cycle !== before.cycle ||
      now.standing !== before.standing ||
      now.servedUntil?.getTime() !== before.servedUntil?.getTime() ||
      facts.endsAt?.getTime() !== before.facts.endsAt?.getTime()
    const nextChangeAt = nextLook(now.nextChangeAt, pending, this.clock.now())
    const settled = { ...subscription, ...now, nextChangeAt, revision: subscription.revision + (isNews ? 1 : 0) }
    if (isDeepStrictEqual(settled, before)) return before
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
