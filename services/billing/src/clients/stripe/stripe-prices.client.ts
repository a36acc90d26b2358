/**
 * What is sold, as products and prices at Stripe. A product's id and a price's key say what they are, so that both are found
 * again whoever made them. Called by its provider. Must never make a second one of either, nor change what one costs.
 */
import Stripe from 'stripe'
import { monthsOf } from '../../domain/subscriptions/billing-cycle.ts'
import type { ChangeTerms } from '../../domain/subscriptions/subscription-change.ts'
import type { Listing, SoldSubject } from '../../ports/payment-provider.port.ts'

/** What stands on a price of our list; other prices are those with taxes on top. */
const listed = { tradewire: 'listed' }
const pageItems = 100
const pricesMax = 10_000

export class StripePrices {
  private readonly stripe: Stripe

  constructor(stripe: Stripe) {
    this.stripe = stripe
  }

  /** The id of one that can be begun to be paid. An equal request at the same moment is answered the same. */
  async of(terms: ChangeTerms): Promise<string> {
    return (await this.find(terms)).id
  }

  /** As the list is: prices that are on it no longer are archived, and with them those that were made of them by taxes. */
  async list({ subject, prices }: Listing): Promise<string | null> {
    const product = await this.product(subject, prices.length > 0)
    if (product === undefined) return null
    const wanted: Stripe.Price[] = []
    for (const price of prices) wanted.push(await this.listedPrice({ ...price, subject }))
    const [first] = wanted
    if (first !== undefined && first.id !== product.default_price) {
      await this.stripe.products.update(product.id, { default_price: first.id })
    }
    const keep = new Set([...wanted.map(({ id }) => id), ...(first === undefined ? [product.default_price] : [])])
    await this.archiveOthers(product.id, keep)
    if (first === undefined && product.active) await this.stripe.products.update(product.id, { active: false })
    return first?.id ?? null
  }

  private async listedPrice(terms: ChangeTerms): Promise<Stripe.Price> {
    const price = await this.find(terms)
    return isListed(price) ? price : this.stripe.prices.update(price.id, { metadata: listed })
  }

  private async archiveOthers(product: string, keep: ReadonlySet<unknown>): Promise<void> {
    const active = this.stripe.prices.list({ product, active: true, limit: pageItems })
    const others = (await active.autoPagingToArray({ limit: pricesMax })).filter(({ id }) => !keep.has(id))
    const dropped = new Set(others.filter(isListed).map(kindOf))
    for (const price of others) {
      if (dropped.has(kindOf(price))) await this.stripe.prices.update(price.id, { active: false })
    }
  }

  private async find(terms: ChangeTerms): Promise<Stripe.Price> {
    const { amount, cycle, subject } = terms
    const key = `${productIdOf(subject)} ${amount.minor} ${amount.currency} ${cycle}`
    const active = await this.withKey(key, true)
    if (active !== undefined) return active
    const product = (await this.product(subject, true))!
    const archived = await this.withKey(key, false)
    if (archived !== undefined) return this.stripe.prices.update(archived.id, { active: true })
    return this.stripe.prices.create(
      {
        product: product.id,
        currency: amount.currency.toLowerCase(),
        unit_amount: Number(amount.minor),
        recurring: { interval: 'month', interval_count: monthsOf(cycle) },
        lookup_key: key,
      },
      { idempotencyKey: key },
    )
  }

  private async withKey(key: string, active: boolean): Promise<Stripe.Price | undefined> {
    return (await this.stripe.prices.list({ lookup_keys: [key], active, limit: 1 })).data[0]
  }

  /** With the name that it has now. Undefined for one that is not sold and never was. */
  private async product(subject: SoldSubject, isSold: boolean): Promise<Stripe.Product | undefined> {
    const known = await this.retrieve(productIdOf(subject))
    if (known === undefined) return isSold ? this.create(subject) : undefined
    const isOld = known.name !== subject.name || (isSold && !known.active)
    if (!isOld) return known
    return this.stripe.products.update(known.id, { name: subject.name, ...(isSold ? { active: true } : {}) })
  }

  private async create(subject: SoldSubject): Promise<Stripe.Product> {
    const { kind, id: subjectId, name } = subject
    const id = productIdOf(subject)
    try {
      return await this.stripe.products.create({ id, name, metadata: { [`tradewire_${kind}`]: subjectId } })
    } catch (error) {
      // An equal request at the same moment was first.
      if (codeOf(error) !== 'resource_already_exists') throw error
      return this.stripe.products.retrieve(id)
    }
  }

  private async retrieve(id: string): Promise<Stripe.Product | undefined> {
    try {
      return await this.stripe.products.retrieve(id)
    } catch (error) {
      if (codeOf(error) !== 'resource_missing') throw error
      return undefined
    }
  }
}

function productIdOf({ kind, id }: SoldSubject): string {
  return `tradewire_${kind}_${id}`
}

function isListed({ metadata }: Stripe.Price): boolean {
  return metadata['tradewire'] === listed.tradewire
}

function kindOf({ currency, recurring }: Stripe.Price): string {
  return `${currency} ${recurring?.interval_count}`
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Stripe.errors.StripeError ? error.code : undefined
}
