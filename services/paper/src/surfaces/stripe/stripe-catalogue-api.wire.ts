/**
 * The part of Stripe's API that keeps products and prices. Called by the API with the call's route.
 * Must never take a parameter that Stripe does not know.
 */
import { z } from 'zod'
import { found, list, missing, ok, refused, type StripeAnswer } from './stripe-answers.wire.ts'
import type { StripeCatalogue } from './stripe-catalogue.wire.ts'
import type { Price } from './stripe-objects.wire.ts'

const pageDefaultItems = 10
const pageItemsMax = 100
const lookupKeysMax = 10
const whole = z.coerce.number().int()
const flag = z.enum(['true', 'false']).transform((text) => text === 'true')
const metadata = z.record(z.string(), z.string()).optional()
const lookupKey = z.string().max(200).optional()
const currency = z.string().regex(/^[a-z]{3}$/, { error: 'Invalid currency' })
const newProduct = z.strictObject({ id: z.string().max(5_000).optional(), name: z.string().min(1), metadata })
const productChanges = z.strictObject({
  name: z.string().min(1).optional(),
  active: flag.optional(),
  default_price: z.string().optional(),
  metadata,
})
const newPrice = z.strictObject({
  product: z.string(),
  currency,
  unit_amount: whole.min(0),
  recurring: z.strictObject({ interval: z.literal('month'), interval_count: whole.min(1).max(36).default(1) }),
  lookup_key: lookupKey,
  metadata,
})
const priceChanges = z.strictObject({ active: flag.optional(), lookup_key: lookupKey, metadata })
const priceQuery = z.strictObject({
  // As its reference says: prices that are not active are listed only when they are asked for.
  active: flag.default(true),
  product: z.string().optional(),
  lookup_keys: z
    .record(z.string(), z.string())
    .transform((keys) => Object.values(keys))
    .pipe(z.array(z.string()).max(lookupKeysMax))
    .optional(),
  limit: whole.min(1).max(pageItemsMax).default(pageDefaultItems),
  starting_after: z.string().optional(),
})

export class StripeCatalogueApi {
  private readonly catalogue: StripeCatalogue

  constructor(catalogue: StripeCatalogue) {
    this.catalogue = catalogue
  }

  /** Undefined for a route that is not its own. */
  answer(route: string, id: string, parameters: unknown): StripeAnswer | undefined {
    const { products, prices } = this.catalogue
    switch (route) {
      case 'POST products':
        return this.createProduct(newProduct.parse(parameters))
      case 'GET products/:id':
        return found(products.get(id))
      case 'POST products/:id':
        return this.changeProduct(id, productChanges.parse(parameters))
      case 'POST prices':
        return this.createPrice(newPrice.parse(parameters))
      case 'GET prices/:id':
        return found(prices.get(id))
      case 'POST prices/:id':
        return this.changePrice(id, priceChanges.parse(parameters))
      case 'GET prices':
        return this.listPrices(priceQuery.parse(parameters))
      default:
        return undefined
    }
  }

  private createProduct({ id, name, metadata: kept }: z.output<typeof newProduct>): StripeAnswer {
    if (id !== undefined && this.catalogue.products.has(id)) {
      return refused('Product already exists.', { code: 'resource_already_exists' })
    }
    const more = { ...(id === undefined ? {} : { id }), ...(kept === undefined ? {} : { metadata: kept }) }
    return ok(this.catalogue.createProduct(name, more))
  }

  private changeProduct(id: string, changes: z.output<typeof productChanges>): StripeAnswer {
    const product = this.catalogue.products.get(id)
    if (product === undefined) return found(undefined)
    const { default_price: priceId, metadata: kept, ...plain } = changes
    if (priceId !== undefined) {
      const price = this.catalogue.prices.get(priceId)
      if (price?.product !== id) return missing('price', priceId, 'default_price')
      if (!price.active) return refused('The default price must be active.', { param: 'default_price' })
      product.default_price = priceId
    }
    return ok(Object.assign(product, plain, { metadata: { ...product.metadata, ...kept } }))
  }

  private createPrice(wanted: z.output<typeof newPrice>): StripeAnswer {
    const product = this.catalogue.products.get(wanted.product)
    if (product === undefined) return missing('product', wanted.product, 'product')
    if (!product.active) return refused('This product is not active, and thus new prices cannot be created for it.')
    if (this.isKeyTaken(wanted.lookup_key)) return keyTaken(wanted.lookup_key)
    return ok(
      this.catalogue.createPrice({
        product: product.id,
        currency: wanted.currency,
        unitAmount: wanted.unit_amount,
        intervalMonths: wanted.recurring.interval_count,
        lookupKey: wanted.lookup_key ?? null,
        metadata: wanted.metadata ?? {},
      }),
    )
  }

  private changePrice(id: string, changes: z.output<typeof priceChanges>): StripeAnswer {
    const price = this.catalogue.prices.get(id)
    if (price === undefined) return found(undefined)
    if (changes.active === false && this.catalogue.products.get(price.product)?.default_price === id) {
      return refused('This price cannot be archived because it is the default price of its product.')
    }
    if (this.isKeyTaken(changes.lookup_key, price)) return keyTaken(changes.lookup_key)
    const { metadata: kept, ...plain } = changes
    return ok(Object.assign(price, plain, { metadata: { ...price.metadata, ...kept } }))
  }

  private isKeyTaken(key: string | undefined, own?: Price): boolean {
    return key !== undefined && [...this.catalogue.prices.values()].some((one) => one !== own && one.lookup_key === key)
  }

  /** Newest first. */
  private listPrices({
    active,
    product,
    lookup_keys: keys,
    limit,
    starting_after: after,
  }: z.output<typeof priceQuery>) {
    const matching = [...this.catalogue.prices.values()]
      .filter((one) => one.active === active && (product === undefined || one.product === product))
      .filter((one) => keys === undefined || (one.lookup_key !== null && keys.includes(one.lookup_key)))
      .toReversed()
    const start = after === undefined ? 0 : matching.findIndex(({ id }) => id === after) + 1
    return list(matching.slice(start, start + limit), start + limit < matching.length)
  }
}

function keyTaken(key: string | undefined): StripeAnswer {
  return refused(`A price already uses that lookup key: ${key}.`, { param: 'lookup_key' })
}
