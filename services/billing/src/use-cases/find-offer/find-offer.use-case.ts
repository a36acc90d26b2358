/** What a subscription would cost a user, taxes and all, if it is sold and its provider takes the currency. Called when one is begun. */
import { Injectable } from '@nestjs/common'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import type { beginSubscription } from '@tradewire/contracts/rpc/billing/subscriptions'
import { Decimal } from '@tradewire/kernel/decimal'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { InjectConfig } from '@tradewire/nest-kit/tokens'
import { billingErrors } from '../../billing.errors.ts'
import type { BillingConfig } from '../../config.ts'
import type { SubscriptionOffer } from '../../domain/bills/bill-factory.ts'
import type { Subscription } from '../../domain/bills/bill.ts'
import { isCurrency } from '../../domain/money/currency.ts'
import { taxed } from '../../domain/money/tax.ts'
import { planCurrency, planPrice } from '../../domain/subscriptions/plan.ts'
import { Bills } from '../../ports/bills.port.ts'
import { Catalogue } from '../../ports/catalogue.port.ts'
import { PaymentProviders, takes } from '../../ports/payment-provider.port.ts'
import { TaxCalculator } from '../../ports/taxes.port.ts'

type Wish = RequestOf<typeof beginSubscription>['subscription']
/** Before taxes. */
type PricedOffer = Omit<SubscriptionOffer, 'tax'>

@Injectable()
export class FindOffer {
  constructor(
    @InjectConfig() private readonly config: BillingConfig,
    private readonly catalogue: Catalogue,
    private readonly providers: PaymentProviders,
    private readonly taxes: TaxCalculator,
    private readonly bills: Bills,
  ) {}

  /**
   * Fails with PROVIDER_NOT_AVAILABLE, PLAN_NOT_FOUND, STRATEGY_NOT_FOUND or NOT_FOR_SALE. What a running subscription is
   * changed to has its taxes, and no trial.
   */
  async execute(
    userId: string,
    wish: Wish,
    held?: Pick<Subscription, 'tax'>,
  ): Promise<Result<SubscriptionOffer, CodedError>> {
    const { subject, provider, currency, cycle } = wish
    const capabilities = this.providers.of(provider)?.capabilities
    if (!isCurrency(currency) || !takes(capabilities, { currency, checkout: wish.checkout })) {
      return err(billingErrors.of('PROVIDER_NOT_AVAILABLE', { provider, currency }))
    }
    const found = await (subject.kind === 'plan'
      ? this.planOffer(subject.id, cycle)
      : this.strategyOffer(subject.id, { currency, cycle }))
    if (!found.ok) return found
    const { amount, ...rest } = found.value
    if (amount.currency !== currency) return err(billingErrors.of('NOT_FOR_SALE'))
    if (held !== undefined) return ok({ ...rest, trialDays: 0, ...taxed(amount, held.tax) })
    // One trial of each.
    const trialDays = (await this.bills.everSubscribed(userId, subject)) ? 0 : rest.trialDays
    return ok({ ...rest, trialDays, ...taxed(amount, await this.taxes.termsFor(userId)) })
  }

  private async planOffer(id: string, cycle: Wish['cycle']): Promise<Result<PricedOffer, CodedError>> {
    const plan = await this.catalogue.findPlan(id)
    if (plan === undefined) return err(billingErrors.of('PLAN_NOT_FOUND', { planId: id }))
    const amount = planPrice(plan, cycle)
    if (amount === undefined) return err(billingErrors.of('NOT_FOR_SALE', { currency: planCurrency }))
    return ok({ subject: { kind: 'plan', id, name: plan.name }, owner: null, cycle, amount, trialDays: plan.trialDays })
  }

  private async strategyOffer(
    id: string,
    wanted: Pick<Wish, 'currency' | 'cycle'>,
  ): Promise<Result<PricedOffer, CodedError>> {
    const strategy = await this.catalogue.findStrategy(id)
    if (strategy === undefined) return err(billingErrors.of('STRATEGY_NOT_FOUND', { strategyId: id }))
    const offers = await this.catalogue.offers(id)
    const offer = offers.find(({ cycle, amount }) => cycle === wanted.cycle && amount.currency === wanted.currency)
    if (offer === undefined) return err(billingErrors.of('NOT_FOR_SALE', wanted))
    const owner = { userId: strategy.ownerId, sharePercent: new Decimal(this.config.ownerSharePercent) }
    return ok({ subject: { kind: 'strategy', id, name: strategy.name }, owner, ...offer })
  }
}
