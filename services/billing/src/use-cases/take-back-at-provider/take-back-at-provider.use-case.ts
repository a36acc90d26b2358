/**
 * Has a provider leave a subscription as we have it, whatever it has heard of a change. Called before the change is dropped.
 * Must never be called inside a transaction, nor for a change that is in force here.
 */
import { Injectable } from '@nestjs/common'
import type { CodedError } from '@tradewire/kernel/errors'
import { uuidOfHash } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { billingErrors } from '../../billing.errors.ts'
import type { Subscription } from '../../domain/bills/bill.ts'
import type { SubscriptionChange } from '../../domain/subscriptions/subscription-change.ts'
import { PaymentProviders, providerTermsOf } from '../../ports/payment-provider.port.ts'
import { codedFailure } from '../open-checkout/open-checkout.use-case.ts'

/** `before-its-time`: fails when it is paid there. `at-any-time`: where it is in force there, it is not from the next period on. */
type When = 'before-its-time' | 'at-any-time'

@Injectable()
export class TakeBackAtProvider {
  constructor(private readonly providers: PaymentProviders) {}

  /** Fails with PROVIDER_NOT_AVAILABLE, PROVIDER_REFUSED or PROVIDER_UNAVAILABLE. */
  async execute(held: Subscription, change: SubscriptionChange, when: When): Promise<Result<void, CodedError>> {
    const { id, timing, pricedAt, toldToProvider } = change
    const { provider: code, externalId } = held
    const provider = this.providers.of(code)
    if (provider === undefined) return err(billingErrors.of('PROVIDER_NOT_AVAILABLE', { provider: code }))
    // One that is told when it is paid is not known there yet: what waits there is an earlier one that is in force.
    const isUntold = timing === 'now' && toldToProvider
    if (externalId === null || isUntold) return ok(undefined)
    const kept = providerTermsOf(held, externalId)
    let taken = await provider.takeBackChange(kept, timing === 'now' ? pricedAt : null)
    const isRefused = !taken.ok && taken.error.kind === 'refused'
    if (when === 'at-any-time' && (taken.ok || isRefused)) {
      const charges = await provider.charges(kept)
      if (charges.ok && charges.value) return ok(undefined)
      taken = charges.ok
        ? await provider.changeLater({ reference: uuidOfHash(`${id}|taken back`), ...kept, pricedAt })
        : charges
    }
    return taken.ok ? taken : err(codedFailure(taken.error))
  }
}
