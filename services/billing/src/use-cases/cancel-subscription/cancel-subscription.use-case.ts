/** Ends a subscription with the time that was paid; at once when nothing was. Called over RPC. Must never leave its provider charging. */
import { Injectable } from '@nestjs/common'
import { maySee, visibleTo } from '@tradewire/contracts/caller'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { cancelSubscription } from '@tradewire/contracts/rpc/billing/subscriptions'
import { Database } from '@tradewire/database/database'
import { Clock } from '@tradewire/kernel/clock'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { billingErrors } from '../../billing.errors.ts'
import type { Subscription } from '../../domain/bills/bill.ts'
import { viewSubscription } from '../../domain/bills/bill-views.ts'
import { Bills } from '../../ports/bills.port.ts'
import { PaymentProviders } from '../../ports/payment-provider.port.ts'
import { codedFailure } from '../open-checkout/open-checkout.use-case.ts'
import { SettleSubscription } from '../settle-subscription/settle-subscription.use-case.ts'

type Request = RequestOf<typeof cancelSubscription>
type Reply = ReplyOf<typeof cancelSubscription>

@Injectable()
export class CancelSubscription {
  constructor(
    private readonly database: Database,
    private readonly bills: Bills,
    private readonly providers: PaymentProviders,
    private readonly settleSubscription: SettleSubscription,
    private readonly clock: Clock,
  ) {}

  async execute({ caller, subscriptionId }: Request): Promise<Result<Reply, CodedError>> {
    const found = await this.bills.findSubscription(subscriptionId, visibleTo(caller))
    if (found === undefined || !maySee(caller, found.userId)) {
      return err(billingErrors.of('SUBSCRIPTION_NOT_FOUND', { subscriptionId }))
    }
    if (found.facts.endsAt !== null) return ok(viewSubscription(found))
    const ending = await this.endAtProvider(found)
    if (!ending.ok) return ending
    return this.database.transact(async (tx) => {
      const locked = (await this.bills.lockSubscription(tx, { id: subscriptionId }))!
      return ok(viewSubscription(await this.settleSubscription.execute(tx, locked, { endsAt: ending.value })))
    })
  }

  private async endAtProvider(subscription: Subscription): Promise<Result<Date, CodedError>> {
    const { externalId, provider, facts, servedUntil } = subscription
    // A trial is served to its end, as what was paid is.
    const ours = facts.paidThrough ?? servedUntil ?? this.clock.now()
    const client = this.providers.of(provider)
    for (const page of await this.bills.openPages(subscription.id)) {
      const closed = await client?.closePage(page)
      if (closed?.ok === false) return err(codedFailure(closed.error))
    }
    if (externalId === null) return ok(ours)
    const when = facts.paidThrough === null ? 'now' : 'period-end'
    const cancelled = await client?.cancel(externalId, when)
    if (cancelled === undefined) return err(billingErrors.of('PROVIDER_NOT_AVAILABLE', { provider }))
    return cancelled.ok ? cancelled : err(codedFailure(cancelled.error))
  }
}
