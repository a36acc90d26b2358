import { dayMs, follower, operator, owner, strategyId, wishFor } from '@tradewire/billing/testing/billing-desk'
import { listPayments } from '@tradewire/contracts/rpc/billing/payments'
import { createPlan } from '@tradewire/contracts/rpc/billing/plans'
import { setStrategyPrices } from '@tradewire/contracts/rpc/billing/prices'
import {
  beginSubscription,
  cancelSubscription,
  listSubscriptions,
} from '@tradewire/contracts/rpc/billing/subscriptions'
import * as changing from '@tradewire/contracts/rpc/billing/subscription-changes'
import { UuidV7Source } from '@tradewire/kernel/ids'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ProviderDesk } from './provider-desk.ts'

const ids = new UuidV7Source()
const parallel = 50
const desk = new ProviderDesk(['stripe', 'razorpay', 'mayar'], '2026-04-01T12:00:00.000Z')
let basic = ''
let professional = ''

beforeAll(() => desk.start())

beforeEach(async () => {
  await desk.clear()
  const planOf = async (name: string, monthlyPrice: string, maxApiKeys: number) =>
    (await desk.ask(createPlan, { caller: operator, plan: { name, monthlyPrice, maxApiKeys } })).id
  basic = await planOf('BASIC', '10', 2)
  professional = await planOf('PROFESSIONAL', '40', 20)
})

async function subscribed(provider: 'stripe' | 'razorpay', planId: string) {
  const subscription = { ...wishFor(planId), provider }
  const begun = await desk.ask(beginSubscription, { caller: follower, subscription })
  const of = begun.clientSecret?.split('_secret_')[0] ?? ''
  if (provider === 'stripe') await desk.order('stripe', 'pay', { intent: of, card: 'pm_card_visa' })
  else await desk.order('razorpay', 'pay', { of, card: 'card_success' })
  await desk.deliver(provider)
  return { caller: follower, subscriptionId: begun.subscriptionId ?? '' }
}

const revenue = async () => (await desk.balances())['revenue:plans']

const externalId = async () =>
  (await desk.backends.query<{ external_id: string }>('select external_id from billing.subscription'))[0]?.external_id

describe('a change at Stripe', () => {
  it('to a dearer plan charges the card on file exactly what its preview said', async () => {
    const of = await subscribed('stripe', basic)
    await desk.passDays(10)
    const wish = { planId: professional }
    const shown = await desk.ask(changing.previewChange, { ...of, wish })
    expect(shown).toMatchObject({ timing: 'now', dueNow: '20.00', currency: 'USD' })
    expect(shown.lines.map(({ amount }) => amount)).toEqual(['26.67', '-6.67'])
    await desk.advance(60_000)
    const change = await desk.ask(changing.changeSubscription, { ...of, wish, pricedAt: shown.pricedAt })
    expect(change).toMatchObject({ lines: shown.lines, dueNow: '20.00' })
    await desk.deliver('stripe', { order: 'reversed', copies: 3 })
    await desk.deliver('stripe')
    expect(await desk.held()).toMatchObject({ subject: { name: 'PROFESSIONAL' }, amount: '40.00' })
    expect(await revenue()).toBe('-30.00')
    await desk.passDays(20)
    await desk.deliver('stripe')
    expect(await desk.held()).toMatchObject({ standing: 'active', paidThrough: '2026-06-01T12:00:00.000Z' })
    expect(await revenue()).toBe('-70.00')
  })

  it('whose card is declined waits for its payer, and is in force when it is paid after all', async () => {
    const of = await subscribed('stripe', basic)
    await desk.order('stripe', 'card', { subscription: await externalId(), card: 'pm_card_chargeDeclined' })
    const change = await desk.ask(changing.changeSubscription, { ...of, wish: { planId: professional } })
    await desk.deliver('stripe')
    expect(change.payment?.clientSecret).toContain('_secret_')
    expect(await desk.held()).toMatchObject({ subject: { name: 'BASIC' } })
    const intent = change.payment?.clientSecret?.split('_secret_')[0] ?? ''
    await desk.order('stripe', 'pay', { intent, card: 'pm_card_visa' })
    expect(await desk.refusal(changing.takeBackChange, of)).toBe('PROVIDER_REFUSED')
    await desk.deliver('stripe')
    expect(await desk.held()).toMatchObject({ subject: { name: 'PROFESSIONAL' } })
    expect(await desk.ask(changing.getChange, of)).toMatchObject({ state: 'done' })
  })

  it('that waits for its payer can be taken back, and then cannot be paid', async () => {
    const of = await subscribed('stripe', basic)
    await desk.order('stripe', 'card', { subscription: await externalId(), card: 'pm_card_chargeDeclined' })
    await desk.ask(changing.changeSubscription, { ...of, wish: { planId: professional } })
    expect(await desk.ask(changing.takeBackChange, of)).toMatchObject({ state: 'dropped' })
    await desk.order('stripe', 'card', { subscription: await externalId(), card: 'pm_card_visa' })
    const again = await desk.ask(changing.changeSubscription, { ...of, wish: { planId: professional } })
    await desk.deliver('stripe')
    expect(await desk.ask(changing.getChange, of)).toMatchObject({ id: again.id, state: 'done' })
  })

  it('is found by the hourly look when no delivery tells of it', async () => {
    const of = await subscribed('stripe', basic)
    await desk.ask(changing.changeSubscription, { ...of, wish: { planId: professional } })
    await desk.run('pull')
    await desk.quiet()
    expect(await desk.held()).toMatchObject({ subject: { name: 'PROFESSIONAL' } })
  })

  it('to a cheaper plan is scheduled there, and charged so from the next period on', async () => {
    const of = await subscribed('stripe', professional)
    const change = await desk.ask(changing.changeSubscription, { ...of, wish: { planId: basic } })
    expect(change).toMatchObject({ state: 'scheduled', timing: 'period-end', dueNow: '0.00' })
    const begun = await desk.held()
    await desk.passDays(20)
    expect(await desk.held()).toMatchObject({ subject: { name: 'PROFESSIONAL' } })
    await desk.passDays(12)
    await desk.deliver('stripe')
    expect(await desk.held()).toMatchObject({ subject: { name: 'BASIC' }, amount: '10.00', standing: 'active' })
    expect((await desk.held())?.paidThrough).not.toBe(begun?.paidThrough)
    expect(await revenue()).toBe('-50.00')
  })

  it('that is scheduled is taken back by its user, or when the subscription is cancelled', async () => {
    const of = await subscribed('stripe', professional)
    await desk.ask(changing.changeSubscription, { ...of, wish: { planId: basic } })
    expect(await desk.ask(changing.takeBackChange, of)).toMatchObject({ state: 'dropped' })
    await desk.ask(changing.changeSubscription, { ...of, wish: { planId: basic } })
    await desk.ask(cancelSubscription, of)
    expect(await desk.ask(changing.getChange, of)).toMatchObject({ state: 'dropped' })
    await desk.passDays(35)
    await desk.deliver('stripe')
    expect(await desk.held()).toMatchObject({ subject: { name: 'PROFESSIONAL' }, standing: 'ended' })
    expect(await revenue()).toBe('-40.00')
  })

  it('to a longer cycle begins anew at once', async () => {
    const of = await subscribed('stripe', professional)
    await desk.passDays(10)
    const change = await desk.ask(changing.changeSubscription, { ...of, wish: { cycle: 'yearly' } })
    expect(change).toMatchObject({ timing: 'now', cycle: 'yearly', amount: '480.00' })
    await desk.deliver('stripe')
    const paidThrough = new Date(desk.clock.now())
    paidThrough.setUTCFullYear(paidThrough.getUTCFullYear() + 1)
    expect(await desk.held()).toMatchObject({ cycle: 'yearly', paidThrough: paidThrough.toISOString() })
  })

  it('is asked for fifty times at once, charged once, and not doubled by an answer that was lost', async () => {
    const of = await subscribed('stripe', basic)
    await desk.passDays(10)
    const asked = { ...of, wish: { planId: professional }, requestId: ids.next() }
    const all = await Promise.all(
      Array.from({ length: parallel }, () => desk.client.ask(changing.changeSubscription, asked)),
    )
    // One that finds no connection in time is told to ask again.
    const refused = all.flatMap((answer) => (answer.ok ? [] : [answer.error.code]))
    expect(refused.filter((code) => code !== 'ANSWER_FAILED')).toEqual([])
    await desk.backends.query(
      'update billing.payment set external_id = null where change_id is not null and progress = $1',
      ['created'],
    )
    const { dueNow } = await desk.ask(changing.changeSubscription, asked)
    await desk.deliver('stripe', { copies: 2 })
    expect(Number(await revenue())).toBeCloseTo(-10 - Number(dueNow))
    expect(await desk.backends.query('select 1 from billing.payment where change_id is not null')).toHaveLength(1)
  })
})

describe('a trial', () => {
  const tried = async (provider: 'stripe' | 'razorpay') => {
    const caller = { userId: ids.next(), roles: ['follower' as const] }
    const plan = {
      name: `TRIED AT ${provider} ${desk.clock.now().getTime()}`,
      monthlyPrice: '30',
      maxApiKeys: 5,
      trialDays: 10,
    }
    const { id } = await desk.ask(createPlan, { caller: operator, plan })
    const begun = await desk.ask(beginSubscription, { caller, subscription: { ...wishFor(id), provider } })
    await desk.run('time')
    const of = { caller, subscriptionId: begun.subscriptionId ?? '' }
    const shown = async () => (await desk.ask(listSubscriptions, { caller, page: {} })).items[0]
    return { secret: begun.clientSecret ?? '', of, shown, end: new Date(desk.clock.now().getTime() + 10 * dayMs) }
  }
  const accept = (provider: 'stripe' | 'razorpay', clientSecret: string) =>
    provider === 'stripe'
      ? desk.order('stripe', 'pay', { intent: clientSecret.split('_secret_')[0], card: 'pm_card_visa' })
      : desk.order('razorpay', 'pay', { of: clientSecret, card: 'card_success' })

  it.each(['stripe', 'razorpay'] as const)(
    'at %s is served unpaid, and charged for the first time when it ends',
    async (provider) => {
      const { secret: clientSecret, shown, end, of } = await tried(provider)
      expect(await shown()).toMatchObject({ standing: 'active', trialEndsAt: end.toISOString(), paidThrough: null })
      await accept(provider, clientSecret)
      await desk.passDays(11)
      await desk.deliver(provider, { order: 'reversed', copies: 2 })
      await desk.deliver(provider)
      expect(await shown()).toMatchObject({ standing: 'active' })
      expect(await revenue()).toBe('-30.00')
      const { items } = await desk.ask(listPayments, { caller: of.caller, page: {} })
      expect(items.map(({ status }) => status)).toEqual(['succeeded'])
    },
  )

  it.each(['stripe', 'razorpay'] as const)(
    'at %s for which nobody names a card gives nothing once it is over',
    async (provider) => {
      const { shown } = await tried(provider)
      await desk.passDays(11)
      await desk.deliver(provider)
      expect(['lapsed', 'ended']).toContain((await shown())?.standing)
      expect(await revenue()).toBeUndefined()
    },
  )

  it.each(['stripe', 'razorpay'] as const)(
    'at %s that is cancelled is served to its end and never charged',
    async (provider) => {
      const { secret: clientSecret, shown, end, of } = await tried(provider)
      await accept(provider, clientSecret)
      await desk.ask(cancelSubscription, of)
      await desk.deliver(provider)
      expect(await shown()).toMatchObject({ standing: 'active', endsAt: end.toISOString() })
      await desk.passDays(11)
      await desk.deliver(provider)
      expect(await shown()).toMatchObject({ standing: 'ended' })
      expect(await revenue()).toBeUndefined()
    },
  )
})

describe('a change at Razorpay', () => {
  it('to a dearer plan is paid by an order of its own, and its later periods are charged by Razorpay', async () => {
    const of = await subscribed('razorpay', basic)
    await desk.passDays(10)
    const wish = { planId: professional }
    const change = await desk.ask(changing.changeSubscription, { ...of, wish })
    expect(change).toMatchObject({ timing: 'now', state: 'open' })
    await desk.order('razorpay', 'pay', { of: change.payment?.clientSecret, card: 'card_success' })
    await desk.deliver('razorpay', { order: 'reversed', copies: 2 })
    expect(await desk.held()).toMatchObject({ subject: { name: 'PROFESSIONAL' } })
    await desk.run('time')
    expect(await desk.ask(changing.getChange, of)).toMatchObject({ state: 'done' })
    const before = Number(await revenue())
    await desk.passDays(22)
    await desk.deliver('razorpay')
    expect(Number(await revenue()) - before).toBe(-40)
    expect(await desk.held()).toMatchObject({ standing: 'active' })
  })

  it('to a cheaper plan is scheduled for the next cycle, and can be taken back', async () => {
    const of = await subscribed('razorpay', professional)
    const change = await desk.ask(changing.changeSubscription, { ...of, wish: { planId: basic } })
    expect(change).toMatchObject({ state: 'scheduled' })
    expect(await desk.ask(changing.takeBackChange, of)).toMatchObject({ state: 'dropped' })
    await desk.ask(changing.changeSubscription, { ...of, wish: { planId: basic } })
    await desk.passDays(32)
    await desk.deliver('razorpay')
    expect(await desk.held()).toMatchObject({ subject: { name: 'BASIC' }, standing: 'active' })
    expect(await revenue()).toBe('-50.00')
  })

  it('of the cycle is refused, and one whose answer was lost is told again by the job', async () => {
    const of = await subscribed('razorpay', professional)
    const yearly = { ...of, wish: { cycle: 'yearly' as const } }
    expect(await desk.refusal(changing.changeSubscription, yearly)).toBe('CHANGE_NOT_POSSIBLE')
    await desk.order('razorpay', 'fault', { fault: 'unavailable' })
    const asked = { ...of, wish: { planId: basic } }
    expect(await desk.refusal(changing.changeSubscription, asked)).toBe('PROVIDER_UNAVAILABLE')
    await desk.order('razorpay', 'fault', { fault: 'none' })
    await desk.run('time')
    expect(await desk.ask(changing.getChange, of)).toMatchObject({ state: 'scheduled' })
  })
})

describe('a change at Mayar', () => {
  it('is charged in whole rupiah, in favour of the payer', async () => {
    const prices = [
      { currency: 'IDR', cycle: 'monthly' as const, amount: '100001' },
      { currency: 'IDR', cycle: 'yearly' as const, amount: '1100003' },
    ]
    await desk.ask(setStrategyPrices, { caller: owner, strategyId, prices })
    const wish = { subject: { kind: 'strategy' as const, id: strategyId }, provider: 'mayar' as const }
    const subscription = { ...wish, currency: 'IDR', cycle: 'monthly' as const }
    const begun = await desk.ask(beginSubscription, { caller: follower, subscription })
    const payPage = async (url: string | null | undefined) => {
      await desk.order('mayar', 'pay', { invoice: url?.split('/').at(-1) ?? '' })
      await desk.deliver('mayar')
    }
    await payPage(begun.paymentUrl)
    await desk.passDays(10)
    const of = { caller: follower, subscriptionId: begun.subscriptionId ?? '' }
    const change = await desk.ask(changing.changeSubscription, { ...of, wish: { cycle: 'yearly' } })
    expect(change.lines.map(({ amount }) => amount)).toEqual(['1100003.00', expect.stringMatching(/^-6\d{4}\.00$/)])
    await payPage(change.payment?.paymentUrl)
    expect(await desk.held()).toMatchObject({ cycle: 'yearly', standing: 'active' })
  })
})
