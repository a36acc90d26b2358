import 'reflect-metadata'
import { getPayment, refundPayment } from '@tradewire/contracts/rpc/billing/payments'
import { createPlan, listPlans, updatePlan } from '@tradewire/contracts/rpc/billing/plans'
import { setStrategyPrices } from '@tradewire/contracts/rpc/billing/prices'
import { createDiscount, createProducts, removeProducts } from '@tradewire/contracts/rpc/billing/products'
import { listPurchases, makePurchase, precalculatePurchase } from '@tradewire/contracts/rpc/billing/purchases'
import { beginSubscription, cancelSubscription } from '@tradewire/contracts/rpc/billing/subscriptions'
import * as invoicing from '@tradewire/contracts/rpc/billing/invoices'
import { findUserPlans } from '@tradewire/contracts/rpc/billing/user-plans'
import { request } from 'undici'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { BillingDesk, follower, operator, owner, stranger, strategyId, wishFor } from '../testing/billing-desk.ts'

const desk = new BillingDesk()
const { backends } = desk
const ask = desk.ask.bind(desk)
const refusal = desk.refusal.bind(desk)
const pay = desk.pay.bind(desk)
const quiet = desk.quiet.bind(desk)
const passDays = desk.passDays.bind(desk)
const published = desk.published.bind(desk)
const balances = desk.balances.bind(desk)

beforeAll(() => desk.start())
beforeEach(() => desk.clear())

const professional = { name: 'PROFESSIONAL', monthlyPrice: '40', maxBalance: '15000', maxApiKeys: 20, private: false }

describe('plans', () => {
  it('have one default, which every user without another gets', async () => {
    const basic = { name: 'DEFAULT', maxBalance: '2000', maxApiKeys: 3, maxPositions: 5, default: true }
    const plan = await ask(createPlan, { caller: operator, plan: basic })
    expect(plan).toMatchObject({ private: true, default: true, monthlyPrice: null, maxBalance: '2000' })
    const again = (changes: object) => refusal(createPlan, { caller: operator, plan: { ...basic, ...changes } })
    expect(await again({ name: 'SECOND' })).toBe('PLAN_DEFAULT_EXISTS')
    expect(await again({})).toBe('PLAN_EXISTS')
    expect(await published('entitlement.changed')).toEqual([
      {
        userId: follower.userId,
        plan: 'DEFAULT',
        endsAt: null,
        maxPositions: 5,
        maxBalance: '2000',
        maxApiKeys: 3,
        strategyAutomated: true,
        revision: 1,
      },
    ])
    const userIds = [follower.userId, stranger.userId]
    const had = await ask(findUserPlans, { caller: operator, userIds })
    expect(had.items.map(({ plan: { name }, servedUntil }) => [name, servedUntil])).toEqual([
      ['DEFAULT', null],
      ['DEFAULT', null],
    ])
    await ask(updatePlan, { caller: operator, planId: plan.id, changes: { maxBalance: '3000' } })
    expect((await published('entitlement.changed')).at(-1)).toMatchObject({ maxBalance: '3000', revision: 2 })
  })

  it('that are private are shown to operators only', async () => {
    await ask(createPlan, { caller: operator, plan: { ...professional, private: true } })
    expect((await ask(listPlans, { caller: follower })).items).toEqual([])
    expect((await ask(listPlans, { caller: operator })).items).toHaveLength(1)
  })
})

describe('a subscription to a plan', () => {
  it('entitles once it is paid, is renewed by link, goes on for the days of grace and then lapses', async () => {
    const plan = await ask(createPlan, { caller: operator, plan: professional })
    const intent = await desk.begin(plan.id)
    expect(intent).toMatchObject({ amount: '40.00', amountMinor: 4_000, nextPaymentAt: '2026-02-28T12:00:00.000Z' })
    expect(await desk.held()).toMatchObject({ standing: 'incomplete', paidThrough: null })
    await pay(intent.paymentUrl)
    expect(await desk.held()).toMatchObject({ standing: 'active', paidThrough: '2026-02-28T12:00:00.000Z' })
    expect((await published('entitlement.changed')).at(-1)).toMatchObject({
      plan: 'PROFESSIONAL',
      endsAt: '2026-03-07T12:00:00.000Z',
      maxBalance: '15000',
    })
    const { items: had } = await ask(findUserPlans, {
      caller: operator,
      userIds: [follower.userId, stranger.userId],
    })
    expect(had).toMatchObject([
      { userId: follower.userId, plan: { id: plan.id }, changedAt: '2026-01-31T12:00:00.000Z' },
    ])
    expect(await published('payment.due')).toEqual([])
    await passDays(26)
    const [due] = await published('payment.due')
    expect(due).toMatchObject({ userId: follower.userId, dueAt: '2026-02-28T12:00:00.000Z', amount: '40.00' })
    await passDays(1)
    expect(await published('payment.due')).toHaveLength(1)
    await pay(due?.['paymentUrl'] as string)
    expect(await desk.held()).toMatchObject({ standing: 'active', paidThrough: '2026-03-31T12:00:00.000Z' })
    await passDays(32)
    expect(await desk.held()).toMatchObject({ standing: 'past-due', servedUntil: '2026-04-07T12:00:00.000Z' })
    await passDays(8)
    expect(await desk.held()).toMatchObject({ standing: 'lapsed' })
    await pay((await published('payment.due'))[1]?.['paymentUrl'] as string)
    expect(await desk.held()).toMatchObject({ standing: 'active', paidThrough: '2026-04-30T12:00:00.000Z' })
    const told = (await published('subscription.changed')).map((change) => change['standing'])
    expect(told).toEqual(['active', 'active', 'past-due', 'lapsed', 'active'])
    expect(await balances()).toEqual({ 'clearing:mock': '120.00', 'revenue:plans': '-120.00' })
    const { items: invoices } = await ask(invoicing.listInvoices, { caller: follower, page: {} })
    expect(invoices.map(({ number }) => number)).toEqual(['2026-000003', '2026-000002', '2026-000001'])
  })

  it('that is not paid is reminded of at the named days, with the link, until it is paid', async () => {
    const plan = await ask(createPlan, { caller: operator, plan: professional })
    await pay((await desk.begin(plan.id)).paymentUrl)
    const notices = async () => (await published('notice.raised')).map(({ kind }) => kind)
    await passDays(27)
    expect(await notices()).toEqual([])
    const [due] = await published('payment.due')
    await passDays(1)
    await passDays(1)
    expect(await notices()).toEqual(['payment-failing'])
    await Promise.all([passDays(2), passDays(0), passDays(0)])
    expect(await notices()).toEqual(['payment-failing', 'payment-failing'])
    expect((await published('notice.raised'))[1]?.['text']).toContain(due?.['paymentUrl'])
    await passDays(3)
    expect(await notices()).toEqual(['payment-failing', 'payment-failing', 'service-ending'])
    await pay(due?.['paymentUrl'] as string)
    await passDays(1)
    expect(await notices()).toHaveLength(3)
  })

  it('is served for its days of trial before it is paid, once for each user, and from then on by what is paid', async () => {
    const plan = await ask(createPlan, { caller: operator, plan: { ...professional, trialDays: 14 } })
    const intent = await desk.begin(plan.id)
    expect(intent.nextPaymentAt).toBe('2026-03-14T12:00:00.000Z')
    await passDays(0)
    const trialEndsAt = '2026-02-14T12:00:00.000Z'
    expect(await desk.held()).toMatchObject({
      standing: 'active',
      servedUntil: trialEndsAt,
      trialEndsAt,
      paidThrough: null,
    })
    expect((await published('entitlement.changed')).at(-1)).toMatchObject({ plan: 'PROFESSIONAL', endsAt: trialEndsAt })
    await passDays(14)
    expect(await desk.held()).toMatchObject({ standing: 'lapsed', servedUntil: trialEndsAt })
    await pay(intent.paymentUrl)
    expect(await desk.held()).toMatchObject({ standing: 'active', paidThrough: '2026-03-14T12:00:00.000Z' })
    const subscriptionId = intent.subscriptionId ?? ''
    await ask(cancelSubscription, { caller: follower, subscriptionId })
    await passDays(40)
    await desk.begin(plan.id)
    expect(await desk.held()).toMatchObject({ standing: 'incomplete', trialEndsAt: null })
    expect(await balances()).toEqual({ 'clearing:mock': '40.00', 'revenue:plans': '-40.00' })
  })

  it('that is cancelled in its trial is served to its end and asks for nothing', async () => {
    const plan = await ask(createPlan, { caller: operator, plan: { ...professional, trialDays: 14 } })
    const { subscriptionId } = await desk.begin(plan.id)
    await passDays(3)
    const cancelled = await ask(cancelSubscription, { caller: follower, subscriptionId: subscriptionId ?? '' })
    expect(cancelled).toMatchObject({ standing: 'active', endsAt: '2026-02-14T12:00:00.000Z' })
    await passDays(11)
    expect(await desk.held()).toMatchObject({ standing: 'ended' })
    expect(await published('payment.due')).toEqual([])
  })

  it('is begun once for one requestId, and not twice at the same time', async () => {
    const plan = await ask(createPlan, { caller: operator, plan: professional })
    const requestId = '01963a5e-0000-7000-8000-0000000000aa'
    const wish = { ...wishFor(plan.id), requestId }
    const asked = Array.from({ length: 10 }, () =>
      desk.client.ask(beginSubscription, { caller: follower, subscription: wish }),
    )
    const answers = await Promise.all(asked)
    expect(answers.some(({ ok }) => ok)).toBe(true)
    const again = await ask(beginSubscription, { caller: follower, subscription: wish })
    expect(again.paymentId).toBe(requestId)
    expect(await backends.query('select 1 from billing.payment')).toHaveLength(1)
    const other = { ...wish, cycle: 'yearly' as const }
    expect(await refusal(beginSubscription, { caller: follower, subscription: other })).toBe('REQUEST_ID_TAKEN')
    expect(await refusal(beginSubscription, { caller: follower, subscription: wishFor(plan.id) })).toBe(
      'ALREADY_SUBSCRIBED',
    )
  })

  it('that is cancelled serves what was paid and is then over, and may be begun anew', async () => {
    const plan = await ask(createPlan, { caller: operator, plan: professional })
    const intent = await desk.begin(plan.id)
    await pay(intent.paymentUrl)
    const subscriptionId = intent.subscriptionId ?? ''
    expect(await refusal(cancelSubscription, { caller: stranger, subscriptionId })).toBe('SUBSCRIPTION_NOT_FOUND')
    const cancelled = await ask(cancelSubscription, { caller: follower, subscriptionId })
    expect(cancelled).toMatchObject({ standing: 'active', endsAt: '2026-02-28T12:00:00.000Z' })
    await passDays(29)
    expect(await desk.held()).toMatchObject({ standing: 'ended' })
    expect(await published('payment.due')).toEqual([])
    await desk.begin(plan.id)
  })

  it('whose payment is declined stays incomplete, and is paid by another try', async () => {
    const plan = await ask(createPlan, { caller: operator, plan: professional })
    const intent = await desk.begin(plan.id)
    await pay(intent.paymentUrl, 'needs-action')
    await pay(intent.paymentUrl, 'failed')
    expect(await desk.held()).toMatchObject({ standing: 'incomplete' })
    expect(await published('payment.failed')).toHaveLength(1)
    await pay(intent.paymentUrl)
    await pay(intent.paymentUrl, 'failed')
    expect(await desk.held()).toMatchObject({ standing: 'active' })
    expect(await published('payment.succeeded')).toHaveLength(1)
  })
})

describe('a subscription to a strategy', () => {
  it('costs what its owner says, and earns them their share until it is refunded', async () => {
    const prices = [{ currency: 'USD', cycle: 'monthly' as const, amount: '99' }]
    expect(await refusal(setStrategyPrices, { caller: stranger, strategyId, prices })).toBe('STRATEGY_NOT_FOUND')
    await ask(setStrategyPrices, { caller: owner, strategyId, prices })
    const subscription = wishFor(strategyId, 'strategy')
    const intent = await ask(beginSubscription, { caller: follower, subscription })
    await pay(intent.paymentUrl)
    const owed = `owed:owner:${owner.userId}`
    expect(await balances()).toEqual({ 'clearing:mock': '99.00', 'revenue:strategies': '-19.80', [owed]: '-79.20' })
    const { paymentId } = intent
    const requestId = '01963a5e-0000-7000-8000-0000000000ab'
    const refund = { caller: operator, paymentId, amount: '33.33', requestId }
    await ask(refundPayment, refund)
    await ask(refundPayment, refund)
    await quiet()
    expect(await ask(getPayment, { caller: follower, paymentId })).toMatchObject({
      status: 'partly-refunded',
      refunded: '33.33',
    })
    expect(await refusal(refundPayment, { ...refund, amount: '66.00' })).toBe('REFUND_REFUSED')
    const rest = { caller: operator, paymentId, requestId: '01963a5e-0000-7000-8000-0000000000ac' }
    await ask(refundPayment, rest)
    await quiet()
    expect(await ask(getPayment, { caller: follower, paymentId })).toMatchObject({ status: 'refunded' })
    expect(await balances()).toEqual({})
    expect(await published('refund.issued')).toHaveLength(2)
    expect(await refusal(getPayment, { caller: stranger, paymentId })).toBe('PAYMENT_NOT_FOUND')
  })
})

describe('a purchase', () => {
  it('costs what was precalculated, and shows its payment', async () => {
    const products = [
      { name: 'Model A', category: 'models', amount: '150.50', currency: 'USD' },
      { name: 'Model B', category: 'models', amount: '49.50', currency: 'USD' },
    ]
    const { items } = await ask(createProducts, { caller: operator, products })
    await ask(createDiscount, { caller: operator, discount: { code: 'SPRING', percent: '10' } })
    const bought = items.map(({ id }) => ({ productId: id, quantity: 1 }))
    const purchase = { provider: 'mock' as const, products: bought, discountCode: 'SPRING' }
    const calculated = await ask(precalculatePurchase, { caller: follower, purchase })
    expect(calculated).toMatchObject({ subtotal: '200.00', discount: '20.00', total: '180.00' })
    const made = await ask(makePurchase, { caller: follower, purchase })
    expect(made).toMatchObject({ ...calculated, payment: { amount: '180.00', nextPaymentAt: null } })
    await pay(made.payment.paymentUrl)
    const listed = await ask(listPurchases, { caller: follower, page: {} })
    expect(listed.items).toMatchObject([{ id: made.purchaseId, status: 'succeeded', total: '180.00' }])
    expect((await ask(listPurchases, { caller: stranger, page: {} })).items).toEqual([])
    expect(await balances()).toEqual({ 'clearing:mock': '180.00', 'revenue:products': '-180.00' })
    await ask(removeProducts, { caller: operator, productIds: items.map(({ id }) => id) })
    expect(await refusal(makePurchase, { caller: follower, purchase })).toBe('PRODUCT_NOT_FOUND')
  })
})

describe('the books', () => {
  it('take no journal that is out of balance, none twice, and no change', async () => {
    const event = `insert into billing.provider_event (id, provider, event_id, type, body, heard_by, state, available_at, received_at)
      values ('01963a5e-0000-7000-8000-0000000000e1', 'mock', 'e1', 't', '{}', 'pull', 'done', now(), now())`
    const journal = (
      id: string,
      kind: string,
    ) => `insert into billing.journal (id, source, object, kind, currency, provider_event_id, written_at)
      values ('01963a5e-0000-7000-8000-0000000000${id}', 'mock', 'o', '${kind}', 'USD', '01963a5e-0000-7000-8000-0000000000e1', now())`
    const entry = (id: string, line: number, minor: number) =>
      `insert into billing.entry values ('01963a5e-0000-7000-8000-0000000000${id}', ${line}, 'a', 'USD', ${minor})`
    await backends.query(event)
    await expect(backends.query(`${journal('f1', 'k')}; ${entry('f1', 1, 5)}`)).rejects.toThrow(/out of balance/)
    await backends.query(`${journal('f1', 'k')}; ${entry('f1', 1, 5)}; ${entry('f1', 2, -5)}`)
    await expect(backends.query(journal('f2', 'k'))).rejects.toThrow(/duplicate key/)
    await expect(backends.query(`update billing.entry set minor = 6 where line = 1`)).rejects.toThrow(/only added to/)
    await expect(backends.query(`delete from billing.journal`)).rejects.toThrow(/only added to/)
  })

  it('take no journal without a cause, and none with two', async () => {
    const event = '01963a5e-0000-7000-8000-0000000000e2'
    const run = '01963a5e-0000-7000-8000-0000000000e3'
    await backends.query(`insert into billing.provider_event (id, provider, event_id, type, body, heard_by, state, available_at, received_at)
      values ('${event}', 'mock', 'e2', 't', '{}', 'pull', 'done', now(), now())`)
    await backends.query(`insert into billing.rule_run (id, rule, object, ran_at) values ('${run}', 'r', 'o', now())`)
    const journal = (kind: string, providerEventId: string | null, ruleRunId: string | null) =>
      backends.query(
        `insert into billing.journal (id, source, object, kind, currency, provider_event_id, rule_run_id, written_at)
          values (gen_random_uuid(), 'mock', 'causes', $1, 'USD', $2, $3, now())`,
        [kind, providerEventId, ruleRunId],
      )
    await expect(journal('of nothing', null, null)).rejects.toThrow(/journal_check/)
    await expect(journal('of both', event, run)).rejects.toThrow(/journal_check/)
    await journal('of an event', event, null)
    await journal('of a rule', null, run)
    const kept = "select kind from billing.journal where object = 'causes' order by kind"
    expect(await backends.query(kept)).toEqual([{ kind: 'of a rule' }, { kind: 'of an event' }])
  })
})

describe('a delivery that is not proven', () => {
  it('is refused, whatever provider it names', async () => {
    for (const path of ['mock', 'stripe', 'nobody', 'mayar/guess']) {
      const answer = await request(new URL(`/v1/webhook/payments/${path}`, desk.service.url), {
        method: 'POST',
        body: '{}',
      })
      expect(answer.statusCode).toBe(400)
      await answer.body.dump()
    }
    expect(await backends.query('select 1 from billing.provider_event')).toEqual([])
  })
})
