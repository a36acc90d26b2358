import { billingService } from '@tradewire/billing/service'
import { BillingJob } from '@tradewire/billing/transport/cron/billing.job'
import { BeginSubscription } from '@tradewire/billing/use-cases/begin-subscription/begin-subscription.use-case'
import { CreatePlan } from '@tradewire/billing/use-cases/create-plan/create-plan.use-case'
import { RunBilling } from '@tradewire/billing/use-cases/run-billing/run-billing.use-case'
import { Database } from '@tradewire/database/database'
import { SeededRandomness } from '@tradewire/kernel/randomness'
import type { PaymentIntent } from '@tradewire/paper/surfaces/stripe/stripe-objects.wire'
import { signedDelivery, StripeServer } from '@tradewire/paper/surfaces/stripe/stripe.controller'
import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import Fastify from 'fastify'
import { request } from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { audit } from './billing-model.ts'
import { MortalDatabase } from './world/mortal-database.ts'
import { SettableClock } from './world/settable-clock.ts'

const backends = testBackends({ nats: false })
const secret = 'whsec_of_the_interleavings'
const clock = new SettableClock(new Date('2026-01-15T08:00:00.000Z'))
const stripe = new StripeServer(clock)
const http = Fastify()
const dayMs = 86_400_000
/** A claim of a process that was killed is taken over after a minute. */
const claimMs = 61_000
const subscribersCount = 6

/** Every one of them is a place to die at. The relay's housekeeping comes by as well, at times of its own. */
const steps = [
  'read provider_event',
  'answer to read provider_event',
  'update provider_event',
  'begin',
  'read payment',
  'read subscription',
  'read subscription_change',
  'update subscription',
  'read customer',
  'insert into customer',
  'read plan',
  'update customer',
  'insert into payment',
  'insert into journal',
  'update payment',
  'insert into invoice_counter',
  'insert into invoice',
  'read invoice',
  'insert into credit_note_counter',
  'insert into credit_note',
  'before the commit',
  'after the commit',
]
const stepsMax = 400

let billing: TestService
let mortal: MortalDatabase
let planId: string

beforeAll(async () => {
  await stripe.register(http, () => true)
  const settings = {
    BILLING_PROVIDERS: 'stripe',
    BILLING_STRIPE_API_URL: await http.listen({ host: '127.0.0.1', port: 0 }),
    BILLING_STRIPE_SECRET_KEY: 'sk_test_interleavings',
    BILLING_STRIPE_WEBHOOK_SECRETS: secret,
    LOG_LEVEL: 'silent',
  }
  billing = await startTestService(billingService, backends, { settings, clock, nats: false })
  // The test says when work is done, and when it is cut short.
  await billing.app.get(BillingJob).onApplicationShutdown()
  mortal = new MortalDatabase(billing.app.get(Database))
  const plan = {
    name: 'PROFESSIONAL',
    monthlyPrice: '40',
    maxBalance: null,
    maxApiKeys: 20,
    maxPositions: null,
    private: false,
    strategyAutomated: true,
    premium: false,
    trialDays: 0,
    default: false,
  }
  const created = await billing.app.get(CreatePlan).execute({ caller: operator, plan })
  planId = created.ok ? created.value.id : ''
})

afterAll(() => http.close())

const operator = { userId: '01963a5e-0000-7000-8000-00000000000a', roles: ['operator' as const] }
const userOf = (number: number) => `01963a5e-0000-7000-8000-0000000001${String(number).padStart(2, '0')}`

async function begin(number: number): Promise<PaymentIntent> {
  const subscription = { subject: { kind: 'plan' as const, id: planId }, provider: 'stripe' as const }
  const caller = { userId: userOf(number), roles: ['follower' as const] }
  const wish = { ...subscription, currency: 'USD', cycle: 'monthly' as const }
  const begun = await billing.app.get(BeginSubscription).execute({ caller, subscription: wish })
  if (!begun.ok) throw new Error(begun.error.code)
  return stripe.books.intents.get(begun.value.clientSecret?.split('_secret_')[0] ?? '')!
}

/** All that can become of a payment: paid, declined, refunded in parts, disputed, won, lost, renewed. */
async function makeHistory(from: number): Promise<void> {
  const { books } = stripe
  const intents = []
  for (let number = 0; number < subscribersCount; number += 1) intents.push(await begin(from + number))
  const [paid, declined, refunded, won, lost, open] = intents as [PaymentIntent, ...PaymentIntent[]]
  for (const intent of [paid, refunded, won, lost, open]) books.confirm(intent!, 'pm_card_visa')
  books.confirm(declined!, 'pm_card_chargeDeclined')
  books.confirm(declined!, 'pm_card_visa')
  for (const part of [1_333, 1_333, 1_334]) books.refund(refunded!, part)
  const [wonDispute, lostDispute] = [won, lost].map((intent) => books.dispute(intent!))
  books.dispute(open!)
  books.closeDispute(wonDispute!, 'won')
  books.closeDispute(lostDispute!, 'lost')
  clock.advance(40 * dayMs)
  books.advanceTo(clock.now())
}

async function deliverInterleaved(random: SeededRandomness, events = stripe.books.events): Promise<void> {
  const thrice = [...events, ...events.toReversed(), ...events]
  const shuffled = thrice.map((event) => ({ event, place: random.fraction() })).toSorted((a, b) => a.place - b.place)
  for (const { event } of shuffled) {
    const { headers, body } = signedDelivery(event, secret, clock.now())
    const url = `${billing.url}/v1/webhook/payments/stripe`
    const answer = await request(url, { method: 'POST', headers, body })
    await answer.body.dump()
    // While PostgreSQL is away it is answered 503, and Stripe sends it again.
    if (answer.statusCode !== 200)
      await request(url, { method: 'POST', headers, body }).then((again) => again.body.dump())
  }
}

/** What came before something that it is about is tried again within hours. */
async function untilNoneWaits(): Promise<void> {
  const waiting = "select 1 from billing.provider_event where state = 'waiting'"
  for (let round = 0; round < 24 && (await backends.query(waiting)).length > 0; round += 1) {
    await billing.app.get(RunBilling).execute('events')
    clock.advance(3_600_000)
  }
}

describe('billing', () => {
  it('says what Stripe says after each event three times, reversed and interleaved, with its work cut at any step', async () => {
    const random = new SeededRandomness(7)
    await makeHistory(0)
    await deliverInterleaved(random)
    const runBilling = billing.app.get(RunBilling)
    // Each life may get one step further, unless it comes to what none has died at yet; what it had claimed is taken over.
    for (let step = 1; step <= stepsMax; step += 1) {
      mortal.liveUntilNew(step)
      await runBilling.execute('events').catch(() => undefined)
      clock.advance(claimMs)
      if (!mortal.isDead) break
    }
    expect(mortal.isDead).toBe(false)
    mortal.live(Infinity)
    await untilNoneWaits()
    expect(steps.filter((step) => !mortal.deaths.includes(step))).toEqual([])
    const database = billing.app.get(Database)
    const found = await audit({ database, stripe: stripe.books })
    expect(found).toMatchObject({ payments: subscribersCount * 2, refunds: 3, disputes: 3 })
    expect(found.mismatches).toEqual([])
    expect(found.ledgerImbalance).toBe('0')
  }, 120_000)

  it('says what Stripe says after one look when one delivery in ten was lost', async () => {
    const random = new SeededRandomness(11)
    const told = stripe.books.events.length
    await makeHistory(subscribersCount)
    const kept = stripe.books.events.slice(told).filter(() => random.fraction() >= 0.1)
    expect(kept.length).toBeLessThan(stripe.books.events.length - told)
    await deliverInterleaved(random, kept)
    const runBilling = billing.app.get(RunBilling)
    for (const work of ['events', 'pull'] as const) await runBilling.execute(work)
    await untilNoneWaits()
    const found = await audit({ database: billing.app.get(Database), stripe: stripe.books })
    expect(found.payments).toBeGreaterThan(subscribersCount * 2)
    expect(found.mismatches).toEqual([])
  })
})
