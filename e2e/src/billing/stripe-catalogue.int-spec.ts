import { billingService } from '@tradewire/billing/service'
import { BillingJob } from '@tradewire/billing/transport/cron/billing.job'
import { RunBilling } from '@tradewire/billing/use-cases/run-billing/run-billing.use-case'
import { RpcClient } from '@tradewire/bus/rpc-client'
import { userCreated } from '@tradewire/contracts/events/identity'
import * as profiles from '@tradewire/contracts/rpc/billing/profile'
import { createPlan, listPlans, removePlan, updatePlan } from '@tradewire/contracts/rpc/billing/plans'
import { beginSubscription } from '@tradewire/contracts/rpc/billing/subscriptions'
import { paperService } from '@tradewire/paper/service'
import { ManualClock } from '@tradewire/testkit/manual-clock'
import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import Stripe from 'stripe'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'

const backends = testBackends()
const operator = { userId: '01963a5e-0000-7000-8000-00000000000a', roles: ['operator' as const] }
const follower = { userId: userCreated.example.userId, roles: ['follower' as const] }
const key = 'sk_test_simulator'
const clock = new ManualClock('2026-01-31T12:00:00.000Z')
let billing: TestService
let client: RpcClient
let stripe: Stripe
let plans = 0

beforeAll(async () => {
  const settings = { PAPER_DATA_DIRECTORY: backends.directory }
  const paper = await startTestService(paperService, backends, { settings, clock })
  billing = await startTestService(billingService, backends, {
    settings: {
      BILLING_PROVIDERS: 'stripe,mock',
      BILLING_STRIPE_API_URL: paper.url,
      BILLING_STRIPE_SECRET_KEY: key,
      BILLING_STRIPE_WEBHOOK_SECRETS: 'whsec_of_the_simulator',
    },
    clock,
  })
  // The test says when what is sold is listed.
  await billing.app.get(BillingJob).onApplicationShutdown()
  client = billing.app.get(RpcClient)
  const { hostname, port } = new URL(paper.url)
  stripe = new Stripe(key, { host: hostname, port, protocol: 'http', telemetry: false })
})

beforeEach(async () => {
  await backends.query(`truncate billing.plan, billing.subscription, billing.subscription_change, billing.payment,
    billing.purchase, billing.invoice, billing.billing_profile, billing.tax_rate, billing.customer, billing.journal, billing.entry`)
})

const listed = (works: 'time' | 'pull' = 'time') => billing.app.get(RunBilling).execute(works)

async function createdPlan(): Promise<{ readonly planId: string; readonly product: string }> {
  plans += 1
  const plan = { name: `PLAN ${plans}`, monthlyPrice: '40', maxApiKeys: 20 }
  const created = await client.ask(createPlan, { caller: operator, plan })
  if (!created.ok) throw new Error(created.error.code)
  await listed()
  return { planId: created.value.id, product: `tradewire_plan_${created.value.id}` }
}

async function change(planId: string, changes: object): Promise<void> {
  expect(await client.ask(updatePlan, { caller: operator, planId, changes })).toMatchObject({ ok: true })
  await listed()
}

/** What its prices there cost, for how many months. */
async function pricesOf(product: string, active: boolean): Promise<(readonly [number | null, number | undefined])[]> {
  const { data } = await stripe.prices.list({ product, active, limit: 100 })
  const shown = data.map(({ unit_amount: amount, recurring }) => [amount, recurring?.interval_count] as const)
  return shown.toSorted(([left], [right]) => (left ?? 0) - (right ?? 0))
}

async function subscribe(planId: string) {
  const wish = { subject: { kind: 'plan' as const, id: planId }, currency: 'USD', cycle: 'monthly' as const }
  return client.ask(beginSubscription, { caller: follower, subscription: { ...wish, provider: 'stripe' as const } })
}

async function shownPlan(planId: string) {
  const answer = await client.ask(listPlans, { caller: operator })
  return answer.ok ? answer.value.items.find(({ id }) => id === planId) : undefined
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
    expect(await subscribe(planId)).toMatchObject({ ok: true })
    expect(await client.ask(removePlan, { caller: operator, planId })).toMatchObject({ ok: true })
    await listed()
    expect(await stripe.products.retrieve(product)).toMatchObject({ active: false })
    expect(await shownPlan(planId)).toBeUndefined()
    expect(await subscribe(planId)).toMatchObject({ ok: false, error: { code: 'NOT_FOR_SALE' } })
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
    await client.ask(profiles.setTaxRates, { caller: operator, rates })
    const profile = { name: 'Anna Example', address: [], country: 'DE', taxId: null }
    await client.ask(profiles.setBillingProfile, { caller: follower, profile })
    const { planId, product } = await createdPlan()
    expect(await subscribe(planId)).toMatchObject({ ok: true, value: { amount: '47.60' } })
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
