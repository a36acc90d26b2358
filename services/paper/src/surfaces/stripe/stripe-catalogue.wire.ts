/**
 * Stripe's products and prices: what may be changed of them, and what may be sold. Called by its API and its books.
 * Must never change what a price costs.
 */
import type { Metadata, Price, Product, StripeObject } from './stripe-objects.wire.ts'

export interface NewPrice {
  readonly product: string
  readonly currency: string
  readonly unitAmount: number
  readonly intervalMonths: number
  readonly lookupKey?: string | null
  readonly metadata?: Metadata
}

export class StripeCatalogue {
  readonly products = new Map<string, Product>()
  readonly prices = new Map<string, Price>()
  private readonly fresh: <Name extends string>(prefix: string, object: Name) => StripeObject & { object: Name }

  constructor(fresh: StripeCatalogue['fresh']) {
    this.fresh = fresh
  }

  /** Under an id of its maker's choice, if it has one. */
  createProduct(name: string, { id, metadata = {} }: { readonly id?: string; readonly metadata?: Metadata } = {}) {
    const object = this.fresh('prod', 'product')
    const product: Product = { ...object, id: id ?? object.id, active: true, name, metadata, default_price: null }
    this.products.set(product.id, product)
    return product
  }

  createPrice({ product, currency, unitAmount, intervalMonths, lookupKey = null, metadata = {} }: NewPrice): Price {
    const price: Price = {
      ...this.fresh('price', 'price'),
      active: true,
      product,
      lookup_key: lookupKey,
      currency,
      unit_amount: unitAmount,
      type: 'recurring',
      recurring: { interval: 'month', interval_count: intervalMonths },
      metadata,
    }
    this.prices.set(price.id, price)
    return price
  }

  /** Why nobody can begin to pay this price now; undefined for one that is sold. */
  whyNotSold(price: Price): string | undefined {
    if (!price.active) return 'The price specified is inactive. This field only accepts active prices.'
    const isSold = this.products.get(price.product)?.active === true
    return isSold ? undefined : 'This product is not active, and thus nothing of it can be bought.'
  }
}
