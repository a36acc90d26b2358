/** The mock provider's own side: what its page shows and what the payer chooses there. Called by the page. Must never be there unless `mock` is switched on. */
import type { Money } from '../domain/money/money.ts'
import type { Progress } from '../domain/payments/payment.ts'
import type { HeardEvent } from './payment-provider.port.ts'

export interface MockCheckout {
  readonly id: string
  readonly description: string
  readonly amount: Money
  readonly progress: Progress
}

export abstract class MockCheckouts {
  abstract find(id: string): Promise<MockCheckout | undefined>
  /** The event that the provider tells of it; undefined when there is no such checkout. */
  abstract choose(id: string, outcome: 'succeeded' | 'failed' | 'needs-action'): Promise<HeardEvent | undefined>
}
