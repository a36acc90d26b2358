import { follower, operator, wishFor } from '@tradewire/billing/testing/billing-desk'
import { BillingJob } from '@tradewire/billing/transport/cron/billing.job'
import * as profiles from '@tradewire/contracts/rpc/billing/profile'
import { createPlan, listPlans, removePlan, updatePlan } from '@tradewire/contracts/rpc/billing/plans'
import { beginSubscription } from '@tradewire/contracts/rpc/billing/subscriptions'
import Stripe from 'stripe'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ProviderDesk } from './provider-desk.ts'

const desk = new ProviderDesk(['stripe', 'mock'])
let stripe: Stripe
let plans = 0

beforeAll(async () => {
  await desk.start()
  // The test says when what is sold is listed.
  await desk.service.app.get(BillingJob).onApplicationShutdown()
  stripe = desk.stripeClient()
})

beforeEach(() => desk.clear())

const listed = (works: 'time' | 'pull' = 'time') => desk.run(works)

async function createdPlan(): Promise<{ readonly planId: string; readonly product: string }> {
  plans += 1
  const plan = { name: `PLAN ${plans}`, monthlyPrice: '40', maxApiKeys: 20 }
  const created = await desk.ask(createPlan, { caller: operator, plan })
  await listed()
  return { planId: created.id, product: `tradewire_plan_${created.id}` }
}

async function change(planId: string, changes: object): Promise<void> {
  await desk.ask(updatePlan, { caller: operator, planId, changes })
  await listed()
}

/** What its prices there cost, for how many months. */
async function pricesOf(product: string, active: boolean): Promise<(readonly [number | null, number | undefined])[]> {
  const { data } = await stripe.prices.list({ product, active, limit: 100 })
  const shown = data.map(({ unit_amount: amount, recurring }) => [amount, recurring?.interval_count] as const)
  return shown.toSorted(([left], [right]) => (left ?? 0) - (right ?? 0))
}

const wishOf = (planId: string) => ({
  caller: follower,
  subscription: { ...wishFor(planId), provider: 'stripe' as const },
})

async function shownPlan(planId: string) {
  return (await desk.ask(listPlans, { caller: operator })).items.find(({ id }) => id === planId)
}

describe('the catalogue at Stripe', () => {
  it('has a product for a plan and a price for each cycle, and the plan names its price', async () => {
    const { planId, product } = await createdPlan()
    expect(await stripe.products.retrieve(product)).toMatchObject({ active: true, name: `PLAN ${plans}` })
    expect(await pricesOf(product, true)).toEqual([
      [4_000, 1],
      [12_000, 3],
      [48_000, 12],
    ])
    const { stripePriceId } = (await shownPlan(planId))!
    expect(await stripe.prices.retrieve(stripePriceId!)).toMatchObject({ unit_amount: 4_000, active: true })
    expect(await stripe.products.retrieve(product)).toMatchObject({ default_price: stripePriceId })
  })

  it('is left as it is by a look that finds nothing to do', async () => {
    const { planId, product } = await createdPlan()
    const before = await shownPlan(planId)
    await listed('pull')
    await listed('pull')
    expect(await shownPlan(planId)).toEqual(before)
    expect(await pricesOf(product, true)).toHaveLength(3)
    expect(await pricesOf(product, false)).toEqual([])
  })

  it('has new prices when a plan costs something else, the old ones archived, and takes an old one back into use', async () => {
    const { planId, product } = await createdPlan()
    const first = (await shownPlan(planId))!.stripePriceId
    await change(planId, { monthlyPrice: '50', name: `PLAN ${plans} PLUS` })
    expect(await pricesOf(product, true)).toEqual([
      [5_000, 1],
      [15_000, 3],
      [60_000, 12],
    ])
    expect(await pricesOf(product, false)).toHaveLength(3)
    expect(await stripe.products.retrieve(product)).toMatchObject({ name: `PLAN ${plans} PLUS` })
    await change(planId, { monthlyPrice: '40' })
    expect((await shownPlan(planId))!.stripePriceId).toBe(first)
    expect((await pricesOf(product, true)).map(([amount]) => amount)).toEqual([4_000, 12_000, 48_000])
  })

  it('sells a plan no longer that is removed or has no price, while subscriptions to it go on', async () => {
    const { planId, product } = await createdPlan()
    await desk.ask(beginSubscription, wishOf(planId))
    await desk.ask(removePlan, { caller: operator, planId })
    await listed()
    expect(await stripe.products.retrieve(product)).toMatchObject({ active: false })
    expect(await shownPlan(planId)).toBeUndefined()
    expect(await desk.refusal(beginSubscription, wishOf(planId))).toBe('NOT_FOR_SALE')
    const { planId: other, product: otherProduct } = await createdPlan()
    await change(other, { monthlyPrice: null })
    expect(await stripe.products.retrieve(otherProduct)).toMatchObject({ active: false })
    expect(await shownPlan(other)).toMatchObject({ stripePriceId: null })
  })

  it('is mended by the hourly look when somebody has changed it by hand', async () => {
    const { planId, product } = await createdPlan()
    const { data } = await stripe.prices.list({ product, limit: 100 })
    const yearly = data.find(({ recurring }) => recurring?.interval_count === 12)!
    await stripe.prices.update(yearly.id, { active: false })
    await stripe.products.update(product, { active: false, name: 'By hand' })
    await listed()
    expect(await stripe.products.retrieve(product)).toMatchObject({ active: false })
    await listed('pull')
    expect(await stripe.products.retrieve(product)).toMatchObject({
      active: true,
      name: (await shownPlan(planId))!.name,
    })
    expect(await pricesOf(product, true)).toHaveLength(3)
  })

  it('keeps the price of a payer whose country adds a tax, until the plan costs something else', async () => {
    const rates = [{ country: 'DE', name: 'VAT', percent: '19', included: false }]
    await desk.ask(profiles.setTaxRates, { caller: operator, rates })
    const profile = { name: 'Anna Example', address: [], country: 'DE', taxId: null }
    await desk.ask(profiles.setBillingProfile, { caller: follower, profile })
    const { planId, product } = await createdPlan()
    expect(await desk.ask(beginSubscription, wishOf(planId))).toMatchObject({ amount: '47.60' })
    await listed('pull')
    expect((await pricesOf(product, true)).map(([amount]) => amount)).toEqual([4_000, 4_760, 12_000, 48_000])
    await change(planId, { monthlyPrice: '50' })
    expect((await pricesOf(product, true)).map(([amount]) => amount)).toEqual([5_000, 15_000, 60_000])
  })
})

describe('the simulated Stripe', () => {
  it('refuses what Stripe refuses: unknown and inactive prices, products and other currencies', async () => {
    const customer = (await stripe.customers.create({ name: 'Anna' })).id
    const product = (await stripe.products.create({ name: 'A' })).id
    const recurring = { interval: 'month' as const }
    const price = await stripe.prices.create({ product, currency: 'usd', unit_amount: 100, recurring })
    const euros = await stripe.prices.create({ product, currency: 'eur', unit_amount: 100, recurring })
    const begin = (id: string) => stripe.subscriptions.create({ customer, items: [{ price: id }] })
    const missing = { statusCode: 400, code: 'resource_missing' }
    await expect(begin('price_none')).rejects.toMatchObject({ ...missing, param: 'items[0][price]' })
    const unknown = { product: 'prod_none', currency: 'usd', unit_amount: 1, recurring }
    await expect(stripe.prices.create(unknown)).rejects.toMatchObject({ ...missing, param: 'product' })
    await expect(stripe.products.retrieve('prod_none')).rejects.toMatchObject({ statusCode: 404 })
    await begin(price.id)
    await expect(begin(euros.id)).rejects.toThrow(/currency/)
    await stripe.products.update(product, { default_price: price.id })
    await expect(stripe.prices.update(price.id, { active: false })).rejects.toThrow(/default price/)
    await stripe.products.update(product, { default_price: euros.id })
    await stripe.prices.update(price.id, { active: false })
    await expect(begin(price.id)).rejects.toThrow(/inactive/)
    await stripe.products.update(product, { active: false })
    await expect(stripe.prices.create({ ...unknown, product })).rejects.toThrow(/not active/)
    await expect(stripe.products.create({ id: product, name: 'B' })).rejects.toMatchObject({
      code: 'resource_already_exists',
    })
  })
})
