/** What the payer chose on the page of the mock provider: it happens there, and is told as any provider tells. Called by that page. */
import { Injectable } from '@nestjs/common'
import { Clock } from '@tradewire/kernel/clock'
import { PaymentProviders } from '../../ports/payment-provider.port.ts'
import { MockCheckouts, type MockCheckout } from '../../ports/mock-checkouts.port.ts'
import { ProviderEvents } from '../../ports/provider-events.port.ts'

export const mockOutcomes = ['succeeded', 'failed', 'needs-action'] as const
export type MockOutcome = (typeof mockOutcomes)[number]

@Injectable()
export class ChooseOutcome {
  constructor(
    private readonly providers: PaymentProviders,
    private readonly checkouts: MockCheckouts,
    private readonly events: ProviderEvents,
    private readonly clock: Clock,
  ) {}

  /** The checkout as it is then; only shown when no outcome is chosen. Undefined when there is none. */
  async execute(id: string, outcome: MockOutcome | undefined): Promise<MockCheckout | undefined> {
    if (this.providers.of('mock') === undefined) return undefined
    if (outcome !== undefined) {
      const event = await this.checkouts.choose(id, outcome)
      if (event !== undefined) await this.events.deliver('mock', event, this.clock.now())
    }
    return this.checkouts.find(id)
  }
}
