/**
 * Tells a provider what later periods of a subscription cost. Called while it may not know: again and again.
 * Must never drop what it may have heard of: an answer that was lost says nothing. Nor be called inside a transaction.
 */
import { Injectable } from '@nestjs/common'
import { Clock } from '@tradewire/kernel/clock'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { billingErrors } from '../../billing.errors.ts'
import type { Subscription } from '../../domain/bills/bill.ts'
import type { SubscriptionChange } from '../../domain/subscriptions/subscription-change.ts'
import { Bills } from '../../ports/bills.port.ts'
import {
  PaymentProviders,
  providerChangeOf,
  providerTermsOf,
  type PaymentProvider,
  type ProviderTerms,
} from '../../ports/payment-provider.port.ts'
import { SubscriptionChanges } from '../../ports/subscription-changes.port.ts'
import { MoveChange } from '../move-change/move-change.use-case.ts'
import { codedFailure } from '../open-checkout/open-checkout.use-case.ts'

/** Who is told, and how we have the subscription until it knows. */
interface Told {
  readonly provider: PaymentProvider
  readonly held: Subscription
  readonly kept: ProviderTerms
}

@Injectable()
export class TellChange {
  constructor(
    private readonly bills: Bills,
    private readonly changes: SubscriptionChanges,
    private readonly providers: PaymentProviders,
    private readonly moveChange: MoveChange,
    private readonly clock: Clock,
  ) {}

  /** Answers the change as it is then. */
  async execute(change: SubscriptionChange): Promise<Result<SubscriptionChange, CodedError>> {
    const held = await this.bills.findSubscription(change.subscriptionId, change.userId)
    const provider = held && this.providers.of(held.provider)
    if (held?.externalId === undefined || held.externalId === null || provider === undefined) {
      return err(billingErrors.of('PROVIDER_NOT_AVAILABLE'))
    }
    const told = { provider, held, kept: providerTermsOf(held, held.externalId) }
    const { timing, state, effectiveAt } = change
    const isLate = timing === 'period-end' && state === 'open' && this.clock.now() >= effectiveAt
    return isLate ? this.findOut(change, told) : this.tell(change, told)
  }

  /** What the provider refuses for good is dropped, unless it is paid: then it is tried again. */
  private async tell(change: SubscriptionChange, told: Told): Promise<Result<SubscriptionChange, CodedError>> {
    const { provider, kept } = told
    const answer = await provider.changeLater(providerChangeOf(change, kept.subscriptionExternalId))
    if (!answer.ok) {
      if (answer.error.kind === 'refused' && change.state === 'open') await this.drop(change, told)
      return err(codedFailure(answer.error))
    }
    await this.moveChange.execute(change, change.state === 'open' ? 'scheduled' : 'done')
    const known = (await this.changes.find(change.id)) ?? change
    // Taken back while the provider was told.
    if (known.state === 'dropped') await provider.takeBackChange(kept, null)
    return ok(known)
  }

  /** Its time came, and the provider had not answered: what it charges now says whether it has heard. */
  private async findOut(change: SubscriptionChange, told: Told): Promise<Result<SubscriptionChange, CodedError>> {
    const { provider, held, kept } = told
    const charged = await provider.charges(providerTermsOf(change.terms, kept.subscriptionExternalId))
    if (!charged.ok) return err(codedFailure(charged.error))
    if (charged.value) {
      await this.moveChange.execute(change, 'scheduled')
      return ok((await this.changes.find(change.id)) ?? change)
    }
    // Until the period is paid, the provider may not have begun it.
    const isBegun = (held.facts.paidThrough ?? change.paidThrough) > change.paidThrough
    return isBegun ? this.drop(change, told) : ok(change)
  }

  /** An earlier try whose answer was lost may have told it. */
  private async drop(
    change: SubscriptionChange,
    { provider, kept }: Told,
  ): Promise<Result<SubscriptionChange, CodedError>> {
    const takenBack = await provider.takeBackChange(kept, null)
    if (!takenBack.ok) return err(codedFailure(takenBack.error))
    await this.moveChange.execute(change, 'dropped')
    return ok({ ...change, state: 'dropped' })
  }
}
