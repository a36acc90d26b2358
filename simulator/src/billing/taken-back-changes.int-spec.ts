import type { ReplyOf } from '@tradewire/contracts/define-rpc'
import type { createPlan } from '@tradewire/contracts/rpc/billing/plans'
import type { beginSubscription } from '@tradewire/contracts/rpc/billing/subscriptions'
import type { SubscriptionChangeReply } from '@tradewire/contracts/rpc/billing/subscription-changes'
import type { CodedError } from '@tradewire/kernel/errors'
import { timedUuidOf, type Id } from '@tradewire/kernel/ids'
import type { Result } from '@tradewire/kernel/result'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { audit } from './billing-model.ts'
import { type BillingWorld, startBillingWorld } from './world/billing-world.ts'
import { offer } from './simulate-billing.ts'

const dayMs = 86_400_000
/** Of each of the plans. */
const trialDays = 5
const limitMs = 60_000

let world: BillingWorld
let cheap = ''
let dear = ''
let dearest = ''
let payers = 0

beforeAll(async () => {
  world = await startBillingWorld(new Date('2026-01-15T08:00:00.000Z'), false)
  const { planId, dearerPlanId } = await offer(world)
  const caller = { userId: userOf('an operator'), roles: ['operator' as const] }
  const limits = { maxBalance: null, maxApiKeys: 90, maxPositions: null, strategyAutomated: true }
  const kind = { premium: false, private: false, default: false, trialDays }
  const plan = { name: 'WITHOUT END', monthlyPrice: '190', ...limits, ...kind }
  const created = await answered<ReplyOf<typeof createPlan>>({ name: 'offer', request: { caller, plan } })
  ;[cheap, dear, dearest] = [planId, dearerPlanId, created.id]
}, limitMs)

afterAll(() => world.stop())

function userOf(name: string): Id<'User'> {
  return timedUuidOf('01963a5e-0000-7000-8000-000000000000', name) as Id<'User'>
}

async function answered<Reply>(call: Parameters<BillingWorld['ask']>[0]): Promise<Reply> {
  const answer = await world.ask<Result<Reply, CodedError>>(call)
  if (!answer.ok) throw new Error(`${answer.error.code} ${JSON.stringify(answer.error.context)}`)
  return answer.value
}

/** Razorpay's clock goes on; billing has not looked yet. */
function turnClock(days: number): void {
  world.clock.advance(days * dayMs)
  world.razorpay.advanceTo(world.clock.now())
}

async function look(): Promise<void> {
  await world.ask({ name: 'run', works: ['pull', 'events', 'time'] })
}

/** Paid for its first month, at Razorpay. */
async function subscribed(planId: string) {
  payers += 1
  const caller = { userId: userOf(`payer ${payers}`), roles: ['follower' as const] }
  const subject = { kind: 'plan' as const, id: planId }
  const subscription = { subject, provider: 'razorpay' as const, currency: 'USD', cycle: 'monthly' as const }
  const begun = await answered<ReplyOf<typeof beginSubscription>>({ name: 'begin', request: { caller, subscription } })
  const atRazorpay = world.razorpay.subscriptions.get(begun.clientSecret ?? '')!
  world.razorpay.authorise(atRazorpay, 'card_success')
  turnClock(trialDays + 1)
  await look()
  const of = { caller, subscriptionId: begun.subscriptionId ?? '' }
  return {
    ...of,
    change: (wished: string) =>
      answered<SubscriptionChangeReply>({ name: 'change', request: { ...of, wish: { planId: wished } } }),
    takeBack: () => world.ask<Result<SubscriptionChangeReply, CodedError>>({ name: 'take-back', request: of }),
    charged: () =>
      [...world.razorpay.invoices.values()]
        .filter(({ subscription_id: id }) => id === atRazorpay.id)
        .map(({ amount }) => amount),
  }
}

async function pay({ payment }: SubscriptionChangeReply): Promise<void> {
  world.razorpay.payOrder(world.razorpay.orders.get(payment?.clientSecret ?? '')!, 'card_success')
  await look()
}

describe('a change at Razorpay that is taken back', () => {
  it('leaves the dearer plan that was paid for in the same cycle', async () => {
    const { change, takeBack, charged } = await subscribed(cheap)
    await pay(await change(dear))
    expect(await change(cheap)).toMatchObject({ state: 'scheduled' })
    expect((await audit(world)).mismatches).toEqual([])
    expect(await takeBack()).toMatchObject({ ok: true, value: { state: 'dropped' } })
    expect((await audit(world)).mismatches).toEqual([])
    turnClock(31)
    await look()
    expect(charged()).toEqual([3_999, 9_877])
  })

  it('before it was paid leaves the one that was paid for before it', async () => {
    const { change, takeBack, charged } = await subscribed(cheap)
    await pay(await change(dear))
    expect(await change(dearest)).toMatchObject({ timing: 'now', state: 'open' })
    expect(await takeBack()).toMatchObject({ ok: true, value: { state: 'dropped' } })
    turnClock(31)
    await look()
    expect(charged()).toEqual([3_999, 9_877])
    expect((await audit(world)).mismatches).toEqual([])
  })

  it('is too late when its time has come, though billing has not heard of the charge', async () => {
    const { change, takeBack, charged } = await subscribed(dear)
    await change(cheap)
    turnClock(31)
    expect(await takeBack()).toMatchObject({ ok: false, error: { code: 'CHANGE_TOO_LATE' } })
    await look()
    expect(charged()).toEqual([9_877, 3_999])
    expect((await audit(world)).mismatches).toEqual([])
  })

  it.each([
    { when: 'before its time', days: 0, charges: [9_877, 9_877] },
    { when: 'when it is in force there already', days: 31, charges: [9_877, 3_999, 9_877] },
  ])('because its user has another to the same is taken back there too, $when', async ({ days, charges }) => {
    const { change, charged, caller } = await subscribed(dear)
    await change(cheap)
    const other = await subscribed(cheap)
    const given = [caller.userId, other.subscriptionId]
    await world.database.query('update subscription set user_id = $1 where id = $2', given)
    turnClock(days)
    await look()
    const changes = 'select state from subscription_change where user_id = $1'
    expect(await world.database.query(changes, [caller.userId])).toEqual([{ state: 'dropped' }])
    turnClock(31)
    await look()
    expect(charged()).toEqual(charges)
    expect((await audit(world)).mismatches).toEqual([])
  })
})
