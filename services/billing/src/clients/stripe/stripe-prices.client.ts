/** Prices at Stripe, found again by a key that says what they are. Called by its provider. Must never make a second one for one key. */
import type Stripe from 'stripe'
import { monthsOf, type BillingCycle } from '../../domain/subscriptions/billing-cycle.ts'
import type { Money } from '../../domain/money/money.ts'

const keyCharactersMax = 200

export interface PriceTerms {
  readonly amount: Money
  readonly description: string
  readonly cycle: BillingCycle
}

export class StripePrices {
  private readonly stripe: Stripe
  private readonly known = new Map<string, string>()

  constructor(stripe: Stripe) {
    this.stripe = stripe
  }

  /** Its id. An equal request at the same moment is answered the same. */
  async of({ amount, description, cycle }: PriceTerms): Promise<string> {
    const { minor, currency } = amount
    const key = `tradewire ${minor} ${currency} ${cycle} ${description}`.slice(0, keyCharactersMax)
    const cached = this.known.get(key)
    if (cached !== undefined) return cached
    const found = (await this.stripe.prices.list({ lookup_keys: [key], limit: 1 })).data[0]
    const price = found ?? (await this.create({ amount, description, cycle }, key))
    this.known.set(key, price.id)
    return price.id
  }

  private create({ amount, description, cycle }: PriceTerms, key: string): Promise<Stripe.Price> {
    return this.stripe.prices.create(
      {
        currency: amount.currency.toLowerCase(),
        unit_amount: Number(amount.minor),
        recurring: { interval: 'month', interval_count: monthsOf(cycle) },
        product_data: { name: description },
        lookup_key: key,
      },
      { idempotencyKey: key },
    )
  }
}
