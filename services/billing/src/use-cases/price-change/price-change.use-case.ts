/**
 * Works out what a change of a subscription means now: when it takes effect, what it gives back and what it charges.
 * Called before one is shown and before one is made. Must never change anything.
 */
import { Injectable } from '@nestjs/common'
import { maySee, visibleTo } from '@tradewire/contracts/caller'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import type { changeSubscription } from '@tradewire/contracts/rpc/billing/subscription-changes'
import { Clock } from '@tradewire/kernel/clock'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { billingErrors } from '../../billing.errors.ts'
import type { Subscription } from '../../domain/bills/bill.ts'
import { money } from '../../domain/money/money.ts'
import {
  dueNow,
  isSameTerms,
  prorate,
  timingOf,
  type ChangeTerms,
  type PricedChange,
  type Proration,
} from '../../domain/subscriptions/subscription-change.ts'
import { Bills } from '../../ports/bills.port.ts'
import { PaymentProviders, type PaymentProvider } from '../../ports/payment-provider.port.ts'
import { FindOffer } from '../find-offer/find-offer.use-case.ts'
import { codedFailure } from '../open-checkout/open-checkout.use-case.ts'

type Request = Pick<RequestOf<typeof changeSubscription>, 'caller' | 'subscriptionId' | 'wish' | 'pricedAt'>

/** What was shown holds so long. */
const pricedWithinMs = 900_000

export interface Priced {
  readonly held: Subscription
  readonly priced: PricedChange
  readonly provider: PaymentProvider
}

@Injectable()
export class PriceChange {
  constructor(
    private readonly bills: Bills,
    private readonly providers: PaymentProviders,
    private readonly findOffer: FindOffer,
    private readonly clock: Clock,
  ) {}

  async execute({ caller, subscriptionId, wish, pricedAt }: Request): Promise<Result<Priced, CodedError>> {
    const held = await this.bills.findSubscription(subscriptionId, visibleTo(caller))
    if (held === undefined || !maySee(caller, held.userId)) {
      return err(billingErrors.of('SUBSCRIPTION_NOT_FOUND', { subscriptionId }))
    }
    const provider = this.providers.of(held.provider)
    if (provider === undefined) return err(billingErrors.of('PROVIDER_NOT_AVAILABLE', { provider: held.provider }))
    const terms = await this.termsOf(held, wish)
    if (!terms.ok) return terms
    if (isSameTerms(held, terms.value)) return err(billingErrors.of('CHANGES_NOTHING'))
    const isCycleRefused = terms.value.cycle !== held.cycle && !provider.capabilities.changesCycle
    if (isCycleRefused) return err(refusal(`${provider.code} keeps the billing cycle of a running subscription`))
    const why = await this.whyNot(held)
    if (why !== undefined) return err(refusal(why))
    const now = this.clock.now()
    const at = pricedAt === undefined ? now : new Date(pricedAt)
    if (at > now || now.getTime() - at.getTime() > pricedWithinMs) return err(billingErrors.of('CHANGE_STALE'))
    // Providers count whole seconds.
    at.setUTCMilliseconds(0)
    return this.price({ held, provider, at }, terms.value)
  }

  private async termsOf(held: Subscription, wish: Request['wish']): Promise<Result<ChangeTerms, CodedError>> {
    const { subject, provider, amount } = held
    if (subject.kind === 'strategy' && wish.planId !== undefined) return err(refusal('it is no subscription to a plan'))
    const wanted = { kind: subject.kind, id: wish.planId ?? subject.id }
    const cycle = wish.cycle ?? held.cycle
    const sought = { subject: wanted, provider, currency: amount.currency, cycle }
    const offer = await this.findOffer.execute(held.userId, sought, held)
    return offer.ok ? ok({ subject: offer.value.subject, amount: offer.value.amount, cycle }) : offer
  }

  /** Undefined when it may be changed. */
  private async whyNot({ id, standing, facts, externalId, provider }: Subscription): Promise<string | undefined> {
    const renewsItself = this.providers.of(provider)?.capabilities.renewals === 'provider'
    if (facts.endsAt !== null) return 'it was cancelled'
    if (standing !== 'active' || facts.paidThrough === null) return 'it is not paid'
    if (renewsItself && externalId === null) return 'its provider does not know it yet'
    return (await this.bills.gaveMoneyBack(id)) ? 'what was paid for it was given back or is disputed' : undefined
  }

  private async price(
    { held, provider, at }: { readonly held: Subscription; readonly provider: PaymentProvider; readonly at: Date },
    terms: ChangeTerms,
  ): Promise<Result<Priced, CodedError>> {
    const paidThrough = held.facts.paidThrough!
    const later = { timing: 'period-end' as const, proration: nothing(held), effectiveAt: paidThrough }
    const isNow = timingOf(held, terms) === 'now'
    const proration = isNow ? await this.prorationOf(provider, held, terms, at) : ok(nothing(held))
    if (!proration.ok) return proration
    const isCharged = dueNow(proration.value).minor > 0n
    const when = isCharged ? { timing: 'now' as const, proration: proration.value, effectiveAt: at } : later
    return ok({ held, provider, priced: { terms, paidThrough, pricedAt: at, ...when } })
  }

  private async prorationOf(
    provider: PaymentProvider,
    held: Subscription,
    terms: ChangeTerms,
    at: Date,
  ): Promise<Result<Proration, CodedError>> {
    if (provider.capabilities.upgrades === 'payment') return ok(prorate(held, terms, at, provider.unitMinor))
    const quoted = await provider.quoteChange({ ...terms, pricedAt: at, subscriptionExternalId: held.externalId! })
    return quoted.ok ? quoted : err(codedFailure(quoted.error))
  }
}

function nothing({ amount: { currency } }: Subscription): Proration {
  return { credit: money(0n, currency), charge: money(0n, currency) }
}

function refusal(reason: string): CodedError {
  return billingErrors.of('CHANGE_NOT_POSSIBLE', { reason })
}
