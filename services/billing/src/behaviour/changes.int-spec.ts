import 'reflect-metadata'
import { listPayments, refundPayment } from '@tradewire/contracts/rpc/billing/payments'
import { setStrategyPrices } from '@tradewire/contracts/rpc/billing/prices'
import {
  beginSubscription,
  cancelSubscription,
  listSubscriptions,
} from '@tradewire/contracts/rpc/billing/subscriptions'
import * as invoicing from '@tradewire/contracts/rpc/billing/invoices'
import * as changing from '@tradewire/contracts/rpc/billing/subscription-changes'
import { UuidV7Source } from '@tradewire/kernel/ids'
import { eventually } from '@tradewire/testkit/eventually'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { BillingDesk, follower, operator, owner, stranger, strategyId, wishFor } from '../testing/billing-desk.ts'

const desk = new BillingDesk()
const ids = new UuidV7Source()
const parallel = 50
const ask = desk.ask.bind(desk)
const refusal = desk.refusal.bind(desk)

beforeAll(() => desk.start())
beforeEach(() => desk.clear())

let basic = ''
let professional = ''

/** The newest payment, once it is asked for: the service's own turn may be at it already. */
function askedFor() {
  return eventually(async () => {
    const { items } = await ask(listPayments, { caller: follower, page: {} })
    return items[0]?.status === 'created' ? items[0] : undefined
  })
}

beforeEach(async () => {
  basic = await desk.plan({ name: 'BASIC', monthlyPrice: '10', maxApiKeys: 2 })
  professional = await desk.plan()
})

describe('a dearer plan', () => {
  it('is in force when the difference is paid, exactly as it was shown', async () => {
    const subscriptionId = await desk.subscribed(basic)
    await desk.passDays(14)
    const of = { caller: follower, subscriptionId, wish: { planId: professional } }
    const shown = await ask(changing.previewChange, of)
    expect(shown).toMatchObject({ timing: 'now', dueNow: '15.00', nextPaymentAt: '2026-02-28T12:00:00.000Z' })
    expect(shown.lines.map(({ amount }) => amount)).toEqual(['20.00', '-5.00'])
    desk.clock.advance(120_000)
    const change = await ask(changing.changeSubscription, { ...of, pricedAt: shown.pricedAt })
    expect(change).toMatchObject({ state: 'open', lines: shown.lines, payment: { amount: '15.00' } })
    expect(await desk.held()).toMatchObject({ subject: { name: 'BASIC' } })
    await desk.pay(change.payment?.paymentUrl ?? '')
    expect(await desk.held()).toMatchObject({ subject: { name: 'PROFESSIONAL' }, amount: '40.00', standing: 'active' })
    expect((await desk.published('entitlement.changed')).at(-1)).toMatchObject({ plan: 'PROFESSIONAL', maxApiKeys: 20 })
    expect(await ask(changing.getChange, { caller: follower, subscriptionId })).toMatchObject({ state: 'done' })
    expect(await desk.balances()).toMatchObject({ 'clearing:mock': '25.00', 'revenue:plans': '-25.00' })
    const { items } = await ask(invoicing.listInvoices, { caller: follower, page: {} })
    expect(items[0]).toMatchObject({ amount: '15.00', lines: [{ amount: '20.00' }, { amount: '-5.00' }] })
  })

  it('costs its own price from the next period on', async () => {
    const subscriptionId = await desk.subscribed(basic)
    await desk.passDays(14)
    const wish = { planId: professional }
    const change = await ask(changing.changeSubscription, { caller: follower, subscriptionId, wish })
    await desk.pay(change.payment?.paymentUrl ?? '')
    await desk.passDays(12)
    const { items } = await ask(listPayments, { caller: follower, page: {} })
    const due = items.find(({ status }) => status === 'created')
    expect(due).toMatchObject({ amount: '40.00' })
    await desk.pay(due?.paymentUrl ?? '')
    expect(await desk.held()).toMatchObject({ paidThrough: '2026-03-31T12:00:00.000Z' })
  })

  it('that is paid when the next period is asked for changes nothing, and operators are told of the money', async () => {
    const subscriptionId = await desk.subscribed(basic)
    await desk.passDays(14)
    const wish = { planId: professional }
    const change = await ask(changing.changeSubscription, { caller: follower, subscriptionId, wish })
    await desk.passDays(12)
    await desk.pay(change.payment?.paymentUrl ?? '')
    expect(await desk.held()).toMatchObject({ subject: { name: 'BASIC' } })
    expect(await desk.published('notice.raised')).toMatchObject([{ kind: 'paid-in-vain', audience: ['operators'] }])
    expect(await refusal(changing.changeSubscription, { caller: follower, subscriptionId, wish })).toBe(
      'CHANGE_TOO_LATE',
    )
  })

  it('is asked for fifty times at once and changed once', async () => {
    const subscriptionId = await desk.subscribed(basic)
    await desk.passDays(14)
    const asked = { caller: follower, subscriptionId, wish: { planId: professional }, requestId: ids.next() }
    const answers = await Promise.all(Array.from({ length: parallel }, () => ask(changing.changeSubscription, asked)))
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
    await Promise.all(answers.map(({ payment }) => desk.pay(payment?.paymentUrl ?? '')))
    const of = 'select 1 from billing.'
    expect(await desk.backends.query(`${of}subscription_change`)).toHaveLength(1)
    expect(await desk.backends.query(`${of}payment where change_id is not null`)).toHaveLength(1)
    expect(await desk.balances()).toMatchObject({ 'revenue:plans': '-25.00' })
    const other = { ...asked, wish: { cycle: 'yearly' as const } }
    expect(await refusal(changing.changeSubscription, other)).toBe('REQUEST_ID_TAKEN')
  })
})

describe('a cheaper plan', () => {
  it('is in force when what is paid is over, and costs its own price from then on', async () => {
    const subscriptionId = await desk.subscribed(professional)
    await desk.passDays(5)
    const of = { caller: follower, subscriptionId, wish: { planId: basic } }
    const change = await ask(changing.changeSubscription, of)
    expect(change).toMatchObject({ state: 'scheduled', timing: 'period-end', dueNow: '0.00', payment: null })
    expect(change.effectiveAt).toBe('2026-02-28T12:00:00.000Z')
    await desk.passDays(21)
    const renewal = await askedFor()
    expect(renewal).toMatchObject({ amount: '10.00' })
    await desk.pay(renewal.paymentUrl)
    expect(await desk.held()).toMatchObject({ subject: { name: 'PROFESSIONAL' } })
    expect(await refusal(changing.takeBackChange, { caller: follower, subscriptionId })).toBe('CHANGE_TOO_LATE')
    await desk.passDays(3)
    expect(await desk.held()).toMatchObject({ subject: { name: 'BASIC' }, amount: '10.00', standing: 'active' })
    expect((await desk.published('entitlement.changed')).at(-1)).toMatchObject({ plan: 'BASIC', maxApiKeys: 2 })
  })

  it('can be taken back until then', async () => {
    const subscriptionId = await desk.subscribed(professional)
    const of = { caller: follower, subscriptionId }
    await ask(changing.changeSubscription, { ...of, wish: { planId: basic } })
    const again = await refusal(changing.changeSubscription, { ...of, wish: { cycle: 'yearly' } })
    expect(again).toBe('CHANGE_UNDER_WAY')
    expect(await ask(changing.takeBackChange, of)).toMatchObject({ state: 'dropped' })
    expect(await ask(changing.takeBackChange, of)).toMatchObject({ state: 'dropped' })
    await desk.passDays(26)
    const { items } = await ask(listPayments, { caller: follower, page: {} })
    expect(items[0]).toMatchObject({ amount: '40.00' })
  })

  it('cannot be begun beside it while the change leads there', async () => {
    const subscriptionId = await desk.subscribed(professional)
    const of = { caller: follower, subscriptionId }
    await ask(changing.changeSubscription, { ...of, wish: { planId: basic } })
    const begin = { caller: follower, subscription: wishFor(basic) }
    expect(await refusal(beginSubscription, begin)).toBe('ALREADY_SUBSCRIBED')
    await ask(changing.takeBackChange, of)
    expect(await refusal(beginSubscription, begin)).toBe('accepted')
  })

  it('is not changed to when another subscription to it is in force by then, and payer and operators are told', async () => {
    const subscriptionId = await desk.subscribed(professional)
    await ask(changing.changeSubscription, { caller: follower, subscriptionId, wish: { planId: basic } })
    const other = await ask(beginSubscription, { caller: stranger, subscription: wishFor(basic) })
    await desk.pay(other.paymentUrl)
    const both = [follower.userId, stranger.userId]
    await desk.backends.query('update billing.subscription set user_id = $1 where user_id = $2', both)
    await desk.passDays(29)
    expect(await ask(changing.getChange, { caller: follower, subscriptionId })).toMatchObject({ state: 'dropped' })
    const { items } = await ask(listSubscriptions, { caller: follower, page: {} })
    expect(items.map(({ subject, standing }) => [subject.name, standing])).toEqual([
      ['BASIC', 'past-due'],
      ['PROFESSIONAL', 'past-due'],
    ])
    const told = (await desk.published('notice.raised')).filter(({ kind }) => kind === 'change-dropped')
    expect(told).toMatchObject([{ userId: follower.userId, audience: ['user', 'operators'] }])
  })

  it('is forgotten when the subscription is cancelled', async () => {
    const subscriptionId = await desk.subscribed(professional)
    const of = { caller: follower, subscriptionId }
    await ask(changing.changeSubscription, { ...of, wish: { planId: basic } })
    await ask(cancelSubscription, of)
    expect(await ask(changing.getChange, of)).toMatchObject({ state: 'dropped' })
    expect(await refusal(changing.changeSubscription, { ...of, wish: { planId: basic } })).toBe('CHANGE_NOT_POSSIBLE')
  })
})

describe('another billing cycle of a strategy', () => {
  const strategyWish = { ...wishFor(strategyId, 'strategy') }

  beforeEach(async () => {
    const prices = [
      { currency: 'USD', cycle: 'monthly' as const, amount: '100' },
      { currency: 'USD', cycle: 'yearly' as const, amount: '1000' },
      { currency: 'EUR', cycle: 'quarterly' as const, amount: '250' },
    ]
    await ask(setStrategyPrices, { caller: owner, strategyId, prices })
  })

  it('begins anew when it is longer, and the owner has a share of the difference', async () => {
    const begun = await ask(beginSubscription, { caller: follower, subscription: strategyWish })
    await desk.pay(begun.paymentUrl)
    await desk.passDays(14)
    const subscriptionId = begun.subscriptionId ?? ''
    const of = { caller: follower, subscriptionId, wish: { cycle: 'yearly' as const } }
    const change = await ask(changing.changeSubscription, of)
    expect(change).toMatchObject({ timing: 'now', dueNow: '950.00', nextPaymentAt: '2027-02-14T12:00:00.000Z' })
    await desk.pay(change.payment?.paymentUrl ?? '')
    const expected = { cycle: 'yearly', paidThrough: '2027-02-14T12:00:00.000Z', trialEndsAt: null }
    expect(await desk.held()).toMatchObject(expected)
    expect(await desk.balances()).toMatchObject({ [`owed:owner:${owner.userId}`]: '-840.00' })
    const back = await ask(changing.changeSubscription, { ...of, wish: { cycle: 'monthly' } })
    expect(back).toMatchObject({ timing: 'period-end', effectiveAt: '2027-02-14T12:00:00.000Z' })
    await desk.passDays(363)
    const renewal = await askedFor()
    expect(renewal).toMatchObject({ amount: '100.00' })
    await desk.pay(renewal.paymentUrl)
    await desk.passDays(2)
    expect(await desk.held()).toMatchObject({ cycle: 'monthly', paidThrough: '2027-03-14T12:00:00.000Z' })
  })

  it('is refused in a currency that is not its own, and so is a plan in its place', async () => {
    const begun = await ask(beginSubscription, { caller: follower, subscription: strategyWish })
    await desk.pay(begun.paymentUrl)
    const of = { caller: follower, subscriptionId: begun.subscriptionId ?? '' }
    expect(await refusal(changing.previewChange, { ...of, wish: { cycle: 'quarterly' } })).toBe('NOT_FOR_SALE')
    expect(await refusal(changing.previewChange, { ...of, wish: { planId: basic } })).toBe('CHANGE_NOT_POSSIBLE')
  })
})

describe('a change', () => {
  it('is refused of what is not there, not theirs, the same, not paid or given back, and grants nothing', async () => {
    const subscriptionId = await desk.subscribed(basic)
    const of = { caller: follower, subscriptionId }
    const change = (wish: object, more: object = {}) => refusal(changing.changeSubscription, { ...of, wish, ...more })
    expect(await change({ planId: ids.next() })).toBe('PLAN_NOT_FOUND')
    expect(await change({ planId: basic })).toBe('CHANGES_NOTHING')
    expect(await change({ planId: professional }, { caller: stranger })).toBe('SUBSCRIPTION_NOT_FOUND')
    expect(await change({ planId: professional }, { pricedAt: '2026-01-30T12:00:00.000Z' })).toBe('CHANGE_STALE')
    const shown = { caller: stranger, subscriptionId }
    expect(await refusal(changing.getChange, shown)).toBe('CHANGE_NOT_FOUND')
    expect(await refusal(changing.takeBackChange, shown)).toBe('CHANGE_NOT_FOUND')
    const { items } = await ask(listPayments, { caller: follower, page: {} })
    const paymentId = items[0]?.id ?? ''
    await ask(refundPayment, { caller: operator, paymentId, amount: '4', requestId: ids.next() })
    expect(await change({ planId: professional })).toBe('CHANGE_NOT_POSSIBLE')
    expect(await desk.held()).toMatchObject({ subject: { name: 'BASIC' }, amount: '10.00' })
    expect(await desk.backends.query('select 1 from billing.subscription_change')).toHaveLength(0)
  })
})
