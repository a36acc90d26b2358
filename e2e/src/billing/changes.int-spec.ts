import { billingService } from '@tradewire/billing/service'
import { RunBilling } from '@tradewire/billing/use-cases/run-billing/run-billing.use-case'
import { RpcClient } from '@tradewire/bus/rpc-client'
import type { ReplyOf } from '@tradewire/contracts/define-rpc'
import { userCreated } from '@tradewire/contracts/events/identity'
import { strategyChanged } from '@tradewire/contracts/events/signals'
import { listBalances } from '@tradewire/contracts/rpc/billing/books'
import { listPayments } from '@tradewire/contracts/rpc/billing/payments'
import { createPlan } from '@tradewire/contracts/rpc/billing/plans'
import { setStrategyPrices } from '@tradewire/contracts/rpc/billing/prices'
import {
  beginSubscription,
  cancelSubscription,
  listSubscriptions,
} from '@tradewire/contracts/rpc/billing/subscriptions'
import * as changing from '@tradewire/contracts/rpc/billing/subscription-changes'
import { Database } from '@tradewire/database/database'
import { UuidV7Source } from '@tradewire/kernel/ids'
import { paperService } from '@tradewire/paper/service'
import { simulatedKey } from '@tradewire/paper/surfaces/razorpay/razorpay.controller'
import { eventually } from '@tradewire/testkit/eventually'
import { ManualClock } from '@tradewire/testkit/manual-clock'
import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { orderOf, untilWorkedOn } from './provider-control.ts'

type Contract = Parameters<RpcClient['ask']>[0]
type Code = 'stripe' | 'razorpay' | 'mayar'

const backends = testBackends()
const ids = new UuidV7Source()
const operator = { userId: '01963a5e-0000-7000-8000-00000000000a', roles: ['operator' as const] }
const follower = { userId: userCreated.example.userId, roles: ['follower' as const] }
const { strategyId, ownerId } = strategyChanged.example
const owner = { userId: ownerId, roles: ['provider' as const] }
const secret = 'whsec_of_the_simulator'
const pathToken = 'an-end-that-nobody-can-guess'
const dayMs = 86_400_000
const clock = new ManualClock('2026-04-01T12:00:00.000Z')
const parallel = 50

let paper: TestService
let billing: TestService
let client: RpcClient
let basic = ''
let professional = ''
/** Events of each simulator from here on are this test's. */
const from: Record<Code, number> = { stripe: 0, razorpay: 0, mayar: 0 }

beforeAll(async () => {
  const settings = { PAPER_DATA_DIRECTORY: backends.directory }
  paper = await startTestService(paperService, backends, { settings, clock })
  billing = await startTestService(billingService, backends, {
    settings: {
      BILLING_PROVIDERS: 'stripe,razorpay,mayar',
      BILLING_STRIPE_API_URL: paper.url,
      BILLING_STRIPE_SECRET_KEY: 'sk_test_simulator',
      BILLING_STRIPE_WEBHOOK_SECRETS: secret,
      BILLING_RAZORPAY_API_URL: `${paper.url}/razorpay/v1`,
      BILLING_RAZORPAY_KEY_ID: simulatedKey.id,
      BILLING_RAZORPAY_KEY_SECRET: simulatedKey.secret,
      BILLING_RAZORPAY_WEBHOOK_SECRETS: secret,
      BILLING_MAYAR_API_URL: `${paper.url}/mayar/hl/v1`,
      BILLING_MAYAR_API_KEY: 'key-of-the-simulator',
      BILLING_MAYAR_PATH_TOKEN: pathToken,
    },
    clock,
  })
  client = billing.app.get(RpcClient)
  const planOf = async (name: string, monthlyPrice: string, maxApiKeys: number) =>
    (await ask(createPlan, { caller: operator, plan: { name, monthlyPrice, maxApiKeys } })).id
  basic = await planOf('BASIC', '10', 2)
  professional = await planOf('PROFESSIONAL', '40', 20)
  await billing.app.get(Database).transact(async (tx) => tx.append(strategyChanged, strategyChanged.example))
  await eventually(async () => (await backends.query('select 1 from billing.strategy')).length === 1)
})

beforeEach(async () => {
  await quiet()
  await backends.query(`truncate billing.customer, billing.subscription, billing.subscription_change, billing.purchase,
    billing.payment, billing.provider_event, billing.journal, billing.entry, billing.rule_run, billing.invoice`)
  await backends.query('delete from billing.outbox')
  for (const code of ['stripe', 'razorpay'] as const) from[code] = await turnClock(code)
})

async function ask<Asked extends Contract>(
  contract: Asked,
  asked: Parameters<typeof client.ask<Asked>>[1],
): Promise<ReplyOf<Asked>> {
  const answer = await client.ask(contract, asked)
  if (!answer.ok) throw new Error(`${answer.error.code} ${JSON.stringify(answer.error.context)}`)
  return answer.value
}

async function refusal(contract: Contract, asked: unknown): Promise<string> {
  const answer = await client.ask(contract, asked)
  return answer.ok ? 'accepted' : answer.error.code
}

const order = (code: Code, name: string, body: object): Promise<unknown> => orderOf(paper.url, code, name, body)

async function turnClock(code: Code): Promise<number> {
  return ((await order(code, 'clock', { to: clock.now().toISOString() })) as { events: number }).events
}

const quiet = (): Promise<void> => untilWorkedOn(billing, backends)

async function deliver(code: Code, how: object = {}): Promise<void> {
  const end = code === 'mayar' ? `/${pathToken}` : ''
  const url = `${billing.url}/v1/webhook/payments/${code}${end}`
  await order(code, 'deliver', code === 'mayar' ? { url } : { url, secret, from: from[code], ...how })
  await quiet()
}

async function passDays(days: number): Promise<void> {
  clock.advance(days * dayMs)
  for (const code of ['stripe', 'razorpay'] as const) await turnClock(code)
  await billing.app.get(RunBilling).execute('time')
}

async function subscribed(provider: 'stripe' | 'razorpay', planId: string) {
  const subject = { kind: 'plan' as const, id: planId }
  const wish = { subject, provider, currency: 'USD', cycle: 'monthly' as const }
  const begun = await ask(beginSubscription, { caller: follower, subscription: wish })
  const of = begun.clientSecret?.split('_secret_')[0] ?? ''
  if (provider === 'stripe') await order('stripe', 'pay', { intent: of, card: 'pm_card_visa' })
  else await order('razorpay', 'pay', { of, card: 'card_success' })
  await deliver(provider)
  return { caller: follower, subscriptionId: begun.subscriptionId ?? '' }
}

async function held() {
  return (await ask(listSubscriptions, { caller: follower, page: {} })).items[0]
}

async function revenue(): Promise<string | undefined> {
  const { items, imbalance } = await ask(listBalances, { caller: operator })
  expect(imbalance).toBe('0')
  return items.find(({ account }) => account === 'revenue:plans')?.balance
}

const externalId = async () =>
  (await backends.query<{ external_id: string }>('select external_id from billing.subscription'))[0]?.external_id

describe('a change at Stripe', () => {
  it('to a dearer plan charges the card on file exactly what its preview said', async () => {
    const of = await subscribed('stripe', basic)
    await passDays(10)
    const wish = { planId: professional }
    const shown = await ask(changing.previewChange, { ...of, wish })
    expect(shown).toMatchObject({ timing: 'now', dueNow: '20.00', currency: 'USD' })
    expect(shown.lines.map(({ amount }) => amount)).toEqual(['26.67', '-6.67'])
    clock.advance(60_000)
    await turnClock('stripe')
    const change = await ask(changing.changeSubscription, { ...of, wish, pricedAt: shown.pricedAt })
    expect(change).toMatchObject({ lines: shown.lines, dueNow: '20.00' })
    await deliver('stripe', { order: 'reversed', copies: 3 })
    await deliver('stripe')
    expect(await held()).toMatchObject({ subject: { name: 'PROFESSIONAL' }, amount: '40.00' })
    expect(await revenue()).toBe('-30.00')
    await passDays(20)
    await deliver('stripe')
    expect(await held()).toMatchObject({ standing: 'active', paidThrough: '2026-06-01T12:00:00.000Z' })
    expect(await revenue()).toBe('-70.00')
  })

  it('whose card is declined waits for its payer, and is in force when it is paid after all', async () => {
    const of = await subscribed('stripe', basic)
    await order('stripe', 'card', { subscription: await externalId(), card: 'pm_card_chargeDeclined' })
    const change = await ask(changing.changeSubscription, { ...of, wish: { planId: professional } })
    await deliver('stripe')
    expect(change.payment?.clientSecret).toContain('_secret_')
    expect(await held()).toMatchObject({ subject: { name: 'BASIC' } })
    const intent = change.payment?.clientSecret?.split('_secret_')[0] ?? ''
    await order('stripe', 'pay', { intent, card: 'pm_card_visa' })
    expect(await refusal(changing.takeBackChange, of)).toBe('PROVIDER_REFUSED')
    await deliver('stripe')
    expect(await held()).toMatchObject({ subject: { name: 'PROFESSIONAL' } })
    expect(await ask(changing.getChange, of)).toMatchObject({ state: 'done' })
  })

  it('that waits for its payer can be taken back, and then cannot be paid', async () => {
    const of = await subscribed('stripe', basic)
    await order('stripe', 'card', { subscription: await externalId(), card: 'pm_card_chargeDeclined' })
    await ask(changing.changeSubscription, { ...of, wish: { planId: professional } })
    expect(await ask(changing.takeBackChange, of)).toMatchObject({ state: 'dropped' })
    await order('stripe', 'card', { subscription: await externalId(), card: 'pm_card_visa' })
    const again = await ask(changing.changeSubscription, { ...of, wish: { planId: professional } })
    await deliver('stripe')
    expect(await ask(changing.getChange, of)).toMatchObject({ id: again.id, state: 'done' })
  })

  it('is found by the hourly look when no delivery tells of it', async () => {
    const of = await subscribed('stripe', basic)
    await ask(changing.changeSubscription, { ...of, wish: { planId: professional } })
    await billing.app.get(RunBilling).execute('pull')
    await quiet()
    expect(await held()).toMatchObject({ subject: { name: 'PROFESSIONAL' } })
  })

  it('to a cheaper plan is scheduled there, and charged so from the next period on', async () => {
    const of = await subscribed('stripe', professional)
    const change = await ask(changing.changeSubscription, { ...of, wish: { planId: basic } })
    expect(change).toMatchObject({ state: 'scheduled', timing: 'period-end', dueNow: '0.00' })
    const begun = await held()
    await passDays(20)
    expect(await held()).toMatchObject({ subject: { name: 'PROFESSIONAL' } })
    await passDays(12)
    await deliver('stripe')
    expect(await held()).toMatchObject({ subject: { name: 'BASIC' }, amount: '10.00', standing: 'active' })
    expect((await held())?.paidThrough).not.toBe(begun?.paidThrough)
    expect(await revenue()).toBe('-50.00')
  })

  it('that is scheduled is taken back by its user, or when the subscription is cancelled', async () => {
    const of = await subscribed('stripe', professional)
    await ask(changing.changeSubscription, { ...of, wish: { planId: basic } })
    expect(await ask(changing.takeBackChange, of)).toMatchObject({ state: 'dropped' })
    await ask(changing.changeSubscription, { ...of, wish: { planId: basic } })
    await ask(cancelSubscription, of)
    expect(await ask(changing.getChange, of)).toMatchObject({ state: 'dropped' })
    await passDays(35)
    await deliver('stripe')
    expect(await held()).toMatchObject({ subject: { name: 'PROFESSIONAL' }, standing: 'ended' })
    expect(await revenue()).toBe('-40.00')
  })

  it('to a longer cycle begins anew at once', async () => {
    const of = await subscribed('stripe', professional)
    await passDays(10)
    const change = await ask(changing.changeSubscription, { ...of, wish: { cycle: 'yearly' } })
    expect(change).toMatchObject({ timing: 'now', cycle: 'yearly', amount: '480.00' })
    await deliver('stripe')
    const paidThrough = new Date(clock.now())
    paidThrough.setUTCFullYear(paidThrough.getUTCFullYear() + 1)
    expect(await held()).toMatchObject({ cycle: 'yearly', paidThrough: paidThrough.toISOString() })
  })

  it('is asked for fifty times at once, charged once, and not doubled by an answer that was lost', async () => {
    const of = await subscribed('stripe', basic)
    await passDays(10)
    const asked = { ...of, wish: { planId: professional }, requestId: ids.next() }
    const all = await Promise.all(
      Array.from({ length: parallel }, () => client.ask(changing.changeSubscription, asked)),
    )
    // One that finds no connection in time is told to ask again.
    const refused = all.flatMap((answer) => (answer.ok ? [] : [answer.error.code]))
    expect(refused.filter((code) => code !== 'ANSWER_FAILED')).toEqual([])
    await backends.query(
      'update billing.payment set external_id = null where change_id is not null and progress = $1',
      ['created'],
    )
    const { dueNow } = await ask(changing.changeSubscription, asked)
    await deliver('stripe', { copies: 2 })
    expect(Number(await revenue())).toBeCloseTo(-10 - Number(dueNow))
    expect(await backends.query('select 1 from billing.payment where change_id is not null')).toHaveLength(1)
  })
})

describe('a trial', () => {
  const tried = async (provider: 'stripe' | 'razorpay') => {
    const caller = { userId: ids.next(), roles: ['follower' as const] }
    const plan = {
      name: `TRIED AT ${provider} ${clock.now().getTime()}`,
      monthlyPrice: '30',
      maxApiKeys: 5,
      trialDays: 10,
    }
    const { id } = await ask(createPlan, { caller: operator, plan })
    const wish = { subject: { kind: 'plan' as const, id }, provider, currency: 'USD', cycle: 'monthly' as const }
    const begun = await ask(beginSubscription, { caller, subscription: wish })
    await billing.app.get(RunBilling).execute('time')
    const of = { caller, subscriptionId: begun.subscriptionId ?? '' }
    const shown = async () => (await ask(listSubscriptions, { caller, page: {} })).items[0]
    return { secret: begun.clientSecret ?? '', of, shown, end: new Date(clock.now().getTime() + 10 * dayMs) }
  }
  const accept = (provider: 'stripe' | 'razorpay', clientSecret: string) =>
    provider === 'stripe'
      ? order('stripe', 'pay', { intent: clientSecret.split('_secret_')[0], card: 'pm_card_visa' })
      : order('razorpay', 'pay', { of: clientSecret, card: 'card_success' })

  it.each(['stripe', 'razorpay'] as const)(
    'at %s is served unpaid, and charged for the first time when it ends',
    async (provider) => {
      const { secret: clientSecret, shown, end, of } = await tried(provider)
      expect(await shown()).toMatchObject({ standing: 'active', trialEndsAt: end.toISOString(), paidThrough: null })
      await accept(provider, clientSecret)
      await passDays(11)
      await deliver(provider, { order: 'reversed', copies: 2 })
      await deliver(provider)
      expect(await shown()).toMatchObject({ standing: 'active' })
      expect(await revenue()).toBe('-30.00')
      const { items } = await ask(listPayments, { caller: of.caller, page: {} })
      expect(items.map(({ status }) => status)).toEqual(['succeeded'])
    },
  )

  it.each(['stripe', 'razorpay'] as const)(
    'at %s for which nobody names a card gives nothing once it is over',
    async (provider) => {
      const { shown } = await tried(provider)
      await passDays(11)
      await deliver(provider)
      expect(['lapsed', 'ended']).toContain((await shown())?.standing)
      expect(await revenue()).toBeUndefined()
    },
  )

  it.each(['stripe', 'razorpay'] as const)(
    'at %s that is cancelled is served to its end and never charged',
    async (provider) => {
      const { secret: clientSecret, shown, end, of } = await tried(provider)
      await accept(provider, clientSecret)
      await ask(cancelSubscription, of)
      await deliver(provider)
      expect(await shown()).toMatchObject({ standing: 'active', endsAt: end.toISOString() })
      await passDays(11)
      await deliver(provider)
      expect(await shown()).toMatchObject({ standing: 'ended' })
      expect(await revenue()).toBeUndefined()
    },
  )
})

describe('a change at Razorpay', () => {
  it('to a dearer plan is paid by an order of its own, and its later periods are charged by Razorpay', async () => {
    const of = await subscribed('razorpay', basic)
    await passDays(10)
    const wish = { planId: professional }
    const change = await ask(changing.changeSubscription, { ...of, wish })
    expect(change).toMatchObject({ timing: 'now', state: 'open' })
    await order('razorpay', 'pay', { of: change.payment?.clientSecret, card: 'card_success' })
    await deliver('razorpay', { order: 'reversed', copies: 2 })
    expect(await held()).toMatchObject({ subject: { name: 'PROFESSIONAL' } })
    await billing.app.get(RunBilling).execute('time')
    expect(await ask(changing.getChange, of)).toMatchObject({ state: 'done' })
    const before = Number(await revenue())
    await passDays(22)
    await deliver('razorpay')
    expect(Number(await revenue()) - before).toBe(-40)
    expect(await held()).toMatchObject({ standing: 'active' })
  })

  it('to a cheaper plan is scheduled for the next cycle, and can be taken back', async () => {
    const of = await subscribed('razorpay', professional)
    const change = await ask(changing.changeSubscription, { ...of, wish: { planId: basic } })
    expect(change).toMatchObject({ state: 'scheduled' })
    expect(await ask(changing.takeBackChange, of)).toMatchObject({ state: 'dropped' })
    await ask(changing.changeSubscription, { ...of, wish: { planId: basic } })
    await passDays(32)
    await deliver('razorpay')
    expect(await held()).toMatchObject({ subject: { name: 'BASIC' }, standing: 'active' })
    expect(await revenue()).toBe('-50.00')
  })

  it('of the cycle is refused, and one whose answer was lost is told again by the job', async () => {
    const of = await subscribed('razorpay', professional)
    const yearly = { ...of, wish: { cycle: 'yearly' as const } }
    expect(await refusal(changing.changeSubscription, yearly)).toBe('CHANGE_NOT_POSSIBLE')
    await order('razorpay', 'fault', { fault: 'unavailable' })
    const asked = { ...of, wish: { planId: basic } }
    expect(await refusal(changing.changeSubscription, asked)).toBe('PROVIDER_UNAVAILABLE')
    await order('razorpay', 'fault', { fault: 'none' })
    await billing.app.get(RunBilling).execute('time')
    expect(await ask(changing.getChange, of)).toMatchObject({ state: 'scheduled' })
  })
})

describe('a change at Mayar', () => {
  it('is charged in whole rupiah, in favour of the payer', async () => {
    const prices = [
      { currency: 'IDR', cycle: 'monthly' as const, amount: '100001' },
      { currency: 'IDR', cycle: 'yearly' as const, amount: '1100003' },
    ]
    await ask(setStrategyPrices, { caller: owner, strategyId, prices })
    const wish = { subject: { kind: 'strategy' as const, id: strategyId }, provider: 'mayar' as const }
    const subscription = { ...wish, currency: 'IDR', cycle: 'monthly' as const }
    const begun = await ask(beginSubscription, { caller: follower, subscription })
    const payPage = async (url: string | null | undefined) => {
      await order('mayar', 'pay', { invoice: url?.split('/').at(-1) ?? '' })
      await deliver('mayar')
    }
    await payPage(begun.paymentUrl)
    await passDays(10)
    const of = { caller: follower, subscriptionId: begun.subscriptionId ?? '' }
    const change = await ask(changing.changeSubscription, { ...of, wish: { cycle: 'yearly' } })
    expect(change.lines.map(({ amount }) => amount)).toEqual(['1100003.00', expect.stringMatching(/^-6\d{4}\.00$/)])
    await payPage(change.payment?.paymentUrl)
    expect(await held()).toMatchObject({ cycle: 'yearly', standing: 'active' })
  })
})
