/** The payment providers that the settings switch on. Implements the PaymentProviders port. Must never offer one that is switched off. */
import { Injectable } from '@nestjs/common'
import { InjectConfig } from '@tradewire/nest-kit/tokens'
import type { BillingConfig } from '../config.ts'
import type { ProviderCode } from '../domain/payments/provider-code.ts'
import { PaymentProviders, type PaymentProvider } from '../ports/payment-provider.port.ts'
import { MayarProvider } from './mayar/mayar-provider.client.ts'
import { MockProvider } from './mock/mock-provider.client.ts'
import { RazorpayProvider } from './razorpay/razorpay-provider.client.ts'
import { StripeProvider } from './stripe/stripe-provider.client.ts'

@Injectable()
export class ConfiguredProviders extends PaymentProviders {
  private readonly providers: ReadonlyMap<ProviderCode, PaymentProvider>

  constructor(
    @InjectConfig() config: BillingConfig,
    mock: MockProvider,
    stripe: StripeProvider,
    razorpay: RazorpayProvider,
    mayar: MayarProvider,
  ) {
    super()
    const known: readonly PaymentProvider[] = [mock, stripe, razorpay, mayar]
    this.providers = new Map(known.filter(({ code }) => config.providers.includes(code)).map((one) => [one.code, one]))
  }

  of(code: ProviderCode): PaymentProvider | undefined {
    return this.providers.get(code)
  }

  all(): readonly PaymentProvider[] {
    return [...this.providers.values()]
  }
}
