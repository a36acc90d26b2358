import 'reflect-metadata'
import { createPlan } from '@tradewire/contracts/rpc/billing/plans'
import { beginSubscription, listSubscriptions } from '@tradewire/contracts/rpc/billing/subscriptions'
import { beforeAll, beforeEach, expect, it } from 'vitest'
import { BillingDesk, follower, operator, stranger, wishFor } from './testing/billing-desk.ts'

const desk = new BillingDesk()
const { backends } = desk
const ask = desk.ask.bind(desk)

/** That of the follower, which cannot be worked on; the stranger has another. */
let bad = ''

beforeAll(() => desk.start())
beforeEach(async () => {
  await desk.clear()
  const plan = { name: 'PROFESSIONAL', monthlyPrice: '40', maxApiKeys: 20, private: false }
  const { id } = await ask(createPlan, { caller: operator, plan })
  bad = await subscribed(id, follower)
  await subscribed(id, stranger)
})

async function subscribed(planId: string, caller: typeof follower): Promise<string> {
  const begun = await ask(beginSubscription, { caller, subscription: wishFor(planId) })
  await desk.pay(begun.paymentUrl)
  return begun.subscriptionId ?? ''
}

async function held(caller: typeof follower) {
  const { items } = await ask(listSubscriptions, { caller, page: {} })
  return items[0]
}

/** PostgreSQL refuses what breaks the rule, whoever asks. */
async function refusing(table: string, rule: string, work: () => Promise<void>): Promise<void> {
  await backends.query(`alter table billing.${table} add constraint refused check (${rule}) not valid`)
  try {
    await work()
  } finally {
    await backends.query(`alter table billing.${table} drop constraint refused`)
  }
}

async function remindedUsers() {
  return (await desk.published('notice.raised')).map(({ userId }) => userId)
}

async function askedUsers() {
  return (await desk.published('payment.due')).map(({ userId }) => userId)
}

it('a subscription that cannot be moved holds up no other, and moves when it can be', async () => {
  await refusing('subscription', `id <> '${bad}' or standing <> 'past-due'`, async () => {
    await desk.passDays(29)
    expect(await held(stranger)).toMatchObject({ standing: 'past-due' })
    expect(await held(follower)).toMatchObject({ standing: 'active' })
    expect(await askedUsers()).toContain(stranger.userId)
    expect(await remindedUsers()).toEqual([stranger.userId])
  })
  await desk.passDays(1)
  expect(await held(follower)).toMatchObject({ standing: 'past-due' })
})

it('a period that cannot be asked for holds up no other, and is asked for when it can be', async () => {
  await refusing('payment', `subscription_id <> '${bad}' or period < 2`, async () => {
    await desk.passDays(26)
    expect(await askedUsers()).toEqual([stranger.userId])
  })
  await desk.passDays(1)
  expect(await askedUsers()).toEqual([stranger.userId, follower.userId])
})

it('a debt that cannot be reminded of holds up no other, and is reminded of when it can be', async () => {
  await refusing('reminder', `object <> '${bad}'`, async () => {
    await desk.passDays(29)
    expect(await remindedUsers()).toEqual([stranger.userId])
  })
  await desk.passDays(0)
  expect(await remindedUsers()).toEqual([stranger.userId, follower.userId])
})
