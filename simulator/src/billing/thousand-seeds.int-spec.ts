import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { billingService } from '@tradewire/billing/service'
import { BillingJob } from '@tradewire/billing/transport/cron/billing.job'
import { LearnFacts } from '@tradewire/billing/use-cases/learn-facts/learn-facts.use-case'
import { SetStrategyPrices } from '@tradewire/billing/use-cases/set-strategy-prices/set-strategy-prices.use-case'
import { strategyChanged } from '@tradewire/contracts/events/signals'
import { Books } from '@tradewire/billing/ports/books.port'
import { Database } from '@tradewire/database/database'
import { UuidV7Source } from '@tradewire/kernel/ids'
import { simulatedKey } from '@tradewire/paper/surfaces/razorpay/razorpay.controller'
import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { audit } from './billing-model.ts'
import { knowStrategy } from './world/billing-host.ts'
import { MortalDatabase } from './world/mortal-database.ts'
import { SettableClock } from './world/settable-clock.ts'
import { SmallWorld, type Stage } from './small-world.ts'

const seeds = 1_000
const parts = 10
const limitMs = 300_000
/** Every one of them is a place to die at. */
const steps = [
  'read provider_event',
  'answer to read provider_event',
  'update provider_event',
  'insert into provider_event',
  'answer to insert into provider_event',
  'read mock_payment',
  'answer to read mock_payment',
  'answer to read payment',
  'begin',
  'read payment',
  'read subscription',
  'read subscription_change',
  'read customer',
  'update subscription',
  'insert into payment',
  'insert into journal',
  'update payment',
  'insert into invoice_counter',
  'insert into invoice',
  'before the commit',
  'after the commit',
]
/** No world lives so long: what it writes is told apart by when. */
const lifeMsMax = 1_000 * 86_400_000
const startsAt = new Date('2026-01-15T08:00:00.000Z')
const backends = testBackends({ nats: false })
const clock = new SettableClock(startsAt)
const { ownerId, strategyId } = strategyChanged.example
const operator = { userId: ownerId, roles: ['operator' as const] }
const webhookSecret = 'whsec_of_the_seeds'
const mayarPath = 'unguessable-in-a-thousand-seeds'

let providers: FastifyInstance
/** Billing knows one address; who answers there changes with the seed. */
const front = createServer((request, response) => providers.routing(request, response))
let billing: TestService
let stage: Stage

beforeAll(async () => {
  await new Promise<void>((listening) => front.listen(0, '127.0.0.1', listening))
  const url = `http://127.0.0.1:${(front.address() as AddressInfo).port}`
  const settings = {
    BILLING_PROVIDERS: 'stripe,razorpay,mayar,mock',
    BILLING_STRIPE_API_URL: url,
    BILLING_STRIPE_SECRET_KEY: 'sk_test_seeds',
    BILLING_STRIPE_WEBHOOK_SECRETS: webhookSecret,
    BILLING_RAZORPAY_API_URL: `${url}/razorpay/v1`,
    BILLING_RAZORPAY_KEY_ID: simulatedKey.id,
    BILLING_RAZORPAY_KEY_SECRET: simulatedKey.secret,
    BILLING_RAZORPAY_WEBHOOK_SECRETS: webhookSecret,
    BILLING_MAYAR_API_URL: `${url}/mayar/hl/v1`,
    BILLING_MAYAR_API_KEY: 'key-of-the-seeds',
    BILLING_MAYAR_PATH_TOKEN: mayarPath,
    LOG_LEVEL: 'silent',
  }
  billing = await startTestService(billingService, backends, {
    settings,
    clock,
    ids: new UuidV7Source(clock),
    nats: false,
  })
  await billing.app.get(BillingJob).onApplicationShutdown()
  await knowStrategy(billing.app.get(Database), billing.app.get(LearnFacts))
  const mortal = new MortalDatabase(billing.app.get(Database))
  const serve = (by: FastifyInstance): void => void (providers = by)
  stage = { app: billing.app, clock, mortal, strategyId, webhookSecret, mayarPath, serve }
})

afterAll(() => front.close())

/** Its prices are its own: what providers' clients remember of another world is not this one's. */
async function price(seed: number): Promise<void> {
  const { app } = billing
  const terms = { cycle: 'monthly' as const, trialDays: 0 }
  const prices = [
    { ...terms, currency: 'USD', amount: (20 + seed / 100).toFixed(2) },
    { ...terms, currency: 'IDR', amount: String(150_000 + seed) },
  ]
  await app.get(SetStrategyPrices).execute({ caller: operator, strategyId, prices })
}

async function play(seed: number): Promise<number> {
  const since = new Date(startsAt.getTime() + seed * lifeMsMax)
  clock.advance(since.getTime() - clock.now().getTime())
  await price(seed)
  // What was told is read by others, who are not here.
  await backends.query('delete from billing.outbox')
  const world = new SmallWorld(stage, seed)
  await world.live()
  const { stripe, razorpay, mayar, payers } = world
  const database = billing.app.get(Database)
  const found = await audit({
    database,
    stripe: stripe.books,
    razorpay: razorpay.books,
    mayar,
    part: { payers, since },
  })
  expect(found.mismatches, `seed ${seed}`).toEqual([])
  return found.payments
}

describe('what four providers tell three times, reversed, beside the payers’ pages, to a billing that dies at any step', () => {
  const size = seeds / parts
  it.each(Array.from({ length: parts }, (_, part) => [1 + part * size, (part + 1) * size] as const))(
    'comes to what they say themselves (seeds %i to %i)',
    async (from, to) => {
      let payments = 0
      for (let seed = from; seed <= to; seed += 1) payments += await play(seed)
      expect(payments).toBeGreaterThan(size)
    },
    limitMs,
  )

  it('was paid for nothing at some of them, and has seen to all of that', async () => {
    const outcomes = 'select distinct surplus from billing.payment where surplus is not null order by surplus'
    expect(await backends.query(outcomes)).toEqual([{ surplus: 'kept' }, { surplus: 'returned' }])
  })

  it('balances to the last unit, and died at every step', async () => {
    expect(await billing.app.get(Books).imbalance()).toBe(0n)
    const deaths = new Set(stage.mortal.deaths)
    expect(steps.filter((step) => !deaths.has(step))).toEqual([])
  })
})
