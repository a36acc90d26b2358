import 'reflect-metadata'
import { listPayments } from '@tradewire/contracts/rpc/billing/payments'
import { cancelSubscription } from '@tradewire/contracts/rpc/billing/subscriptions'
import * as invoicing from '@tradewire/contracts/rpc/billing/invoices'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { BillingDesk, follower } from '../testing/billing-desk.ts'

const desk = new BillingDesk()
const ask = desk.ask.bind(desk)

let planId = ''

beforeAll(() => desk.start())
beforeEach(async () => {
  await desk.clear()
  planId = await desk.plan()
})

const begin = () => desk.begin(planId)

/** The link by which the next period is asked for. */
async function renewalUrl(): Promise<string> {
  const due = await desk.published('payment.due')
  return due.at(-1)?.['paymentUrl'] as string
}

async function notices() {
  return (await desk.published('notice.raised')).filter(({ kind }) => kind === 'paid-in-vain')
}

/** It was booked as the payer's, is given back, and the payer and the operators are told; the rest of the books is as before. */
async function expectGivenBack(kept: Record<string, string>): Promise<void> {
  const clearing = Number(kept['clearing:mock'] ?? '0') + 40
  const due = { 'clearing:mock': clearing.toFixed(2), [`due:user:${follower.userId}`]: '-40.00' }
  expect(await desk.balances()).toEqual({ ...kept, ...due })
  await desk.passDays(0)
  await desk.quiet()
  expect(await desk.balances()).toEqual(kept)
  expect(await notices()).toMatchObject([{ userId: follower.userId, audience: ['user', 'operators'] }])
  const { items } = await ask(listPayments, { caller: follower, page: {} })
  expect(items.filter(({ status }) => status === 'refunded')).toHaveLength(1)
  const { items: invoices } = await ask(invoicing.listInvoices, { caller: follower, page: {} })
  expect(invoices).toHaveLength('clearing:mock' in kept ? 1 : 0)
}

const oncePaid = { 'clearing:mock': '40.00', 'revenue:plans': '-40.00' }

describe('a subscription that lapsed before it was paid, and was begun anew', () => {
  it('is not paid beside the new one by its old link: the money is the payer’s', async () => {
    const first = await begin()
    await desk.passDays(2)
    const second = await begin()
    await desk.pay(second.paymentUrl)
    await desk.pay(first.paymentUrl)
    expect(await desk.subscriptions()).toMatchObject([
      { standing: 'active' },
      { standing: 'lapsed', paidThrough: null },
    ])
    await expectGivenBack(oncePaid)
  })

  it('leaves the new one to be paid when its old link is paid first', async () => {
    const first = await begin()
    await desk.passDays(2)
    const second = await begin()
    await desk.pay(first.paymentUrl)
    expect(await desk.subscriptions()).toMatchObject([{ standing: 'incomplete' }, { standing: 'lapsed' }])
    await expectGivenBack({})
    await desk.pay(second.paymentUrl)
    expect(await desk.subscriptions()).toMatchObject([{ standing: 'active' }, { standing: 'lapsed' }])
  })

  it('is active by its old link while there is no new one', async () => {
    const first = await begin()
    await desk.passDays(2)
    await desk.pay(first.paymentUrl)
    expect(await desk.subscriptions()).toMatchObject([{ standing: 'active', paidThrough: '2026-02-28T12:00:00.000Z' }])
    expect(await desk.balances()).toEqual(oncePaid)
  })
})

describe('a link for the next period', () => {
  it('that is paid when that period is over gives nothing, and its money is the payer’s', async () => {
    await desk.pay((await begin()).paymentUrl)
    await desk.passDays(27)
    const url = await renewalUrl()
    await desk.passDays(45)
    await desk.pay(url)
    expect(await desk.subscriptions()).toMatchObject([{ standing: 'lapsed', paidThrough: '2026-02-28T12:00:00.000Z' }])
    await expectGivenBack(oncePaid)
  })

  it('that is paid when a part of that period lies ahead serves that part', async () => {
    await desk.pay((await begin()).paymentUrl)
    await desk.passDays(27)
    const url = await renewalUrl()
    await desk.passDays(20)
    await desk.pay(url)
    expect(await desk.subscriptions()).toMatchObject([{ standing: 'active', paidThrough: '2026-03-31T12:00:00.000Z' }])
    expect(await desk.balances()).toEqual({ 'clearing:mock': '80.00', 'revenue:plans': '-80.00' })
  })

  it.each([
    { when: 'before what is paid is over', days: 0, standing: 'active' },
    { when: 'afterwards', days: 5, standing: 'ended' },
  ])('that is paid after the subscription was cancelled, $when, gives nothing', async ({ days, standing }) => {
    const { paymentUrl, subscriptionId } = await begin()
    await desk.pay(paymentUrl)
    await desk.passDays(27)
    const url = await renewalUrl()
    await ask(cancelSubscription, { caller: follower, subscriptionId: subscriptionId ?? '' })
    await desk.passDays(days)
    await desk.pay(url)
    const ends = '2026-02-28T12:00:00.000Z'
    expect(await desk.subscriptions()).toMatchObject([{ standing, paidThrough: ends, endsAt: ends }])
    await expectGivenBack(oncePaid)
  })
})

describe('a first payment', () => {
  it('of a subscription that was cancelled unpaid gives nothing, and is the payer’s', async () => {
    const { paymentUrl, subscriptionId } = await begin()
    desk.clock.advance(3_600_000)
    await ask(cancelSubscription, { caller: follower, subscriptionId: subscriptionId ?? '' })
    desk.clock.advance(3_600_000)
    await desk.pay(paymentUrl)
    expect(await desk.subscriptions()).toMatchObject([{ standing: 'ended', paidThrough: null }])
    await expectGivenBack({})
  })
})
