/**
 * Takes a delivery of a payment provider: proves that it is theirs, stores it, and that is all.
 * Called by the webhook route. Must never act on it here: a delivery is answered at once and worked on from its row.
 */
import { Injectable } from '@nestjs/common'
import { Clock } from '@tradewire/kernel/clock'
import { PaymentProviders, type RawDelivery } from '../../ports/payment-provider.port.ts'
import type { ProviderCode } from '../../domain/payments/provider-code.ts'
import { ProviderEvents } from '../../ports/provider-events.port.ts'

@Injectable()
export class ReceiveEvent {
  constructor(
    private readonly providers: PaymentProviders,
    private readonly events: ProviderEvents,
    private readonly clock: Clock,
  ) {}

  /** `refused` for one that is not proven to be theirs, and for a provider that is switched off: they look alike. */
  async execute(provider: string, delivery: RawDelivery): Promise<'stored' | 'refused'> {
    const now = this.clock.now()
    const code = provider as ProviderCode
    const heard = this.providers.of(code)?.hear(delivery, now)
    if (heard === undefined) return 'refused'
    await this.events.deliver(code, heard, now)
    return 'stored'
  }
}
