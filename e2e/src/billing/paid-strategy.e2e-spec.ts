import type { ReplyOf } from '@tradewire/contracts/define-rpc'
import type { beginSubscription, SubscriptionReply } from '@tradewire/contracts/rpc/billing/subscriptions'
import type { createStrategy } from '@tradewire/contracts/rpc/signals'
import { untilBusIsQuiet } from '@tradewire/launcher/demo/bus-quiet'
import { eventually } from '@tradewire/testkit/eventually'
import { Client } from 'pg'
import { describe, expect, it } from 'vitest'
import { ApiUser, type Page } from '../system/api-user.ts'
import { payAtPage } from '../system/payment-page.ts'
import { alertUntil, followFromPaper, heldAtVenue, movePrice, perpetual } from '../system/paper-market.ts'
import { realSystem } from '../system/real-system.ts'

type Intent = ReplyOf<typeof beginSubscription>

const system = realSystem({ processes: false })
const withinMs = 30_000
const password = 'correct horse battery staple'
const cheapest = 41_000

let anna: ApiUser
let strategy: ReplyOf<typeof createStrategy>
let subscriptionId: string

/** As the payer does on the page of the mock provider. */
async function pay(): Promise<void> {
  const subject = { kind: 'strategy', id: strategy.id }
  const wish = { subject, provider: 'mock', currency: 'USD', cycle: 'monthly' }
  const intent = await anna.does<Intent>('POST', '/v1/subscriptions', wish)
  subscriptionId = intent.subscriptionId ?? ''
  await payAtPage(system.endpoints.gateway ?? '', intent.paymentUrl ?? '')
  await untilStanding('active')
}

async function untilStanding(standing: string): Promise<void> {
  await eventually(
    async () => {
      const { items } = await anna.gets<Page<SubscriptionReply>>('/v1/subscriptions')
      return items.find(({ id }) => id === subscriptionId)?.standing === standing
    },
    { withinMs, describe: `the subscription is ${standing}` },
  )
  await untilBusIsQuiet(system.endpoints.nats, withinMs)
}

/** A month and the days of grace go by for billing alone. */
async function letTimePass(): Promise<void> {
  const client = new Client({ connectionString: system.endpoints.database })
  await client.connect()
  try {
    await client.query(
      `update billing.subscription set begun_at = begun_at - interval '50 days', paid_through = paid_through - interval '50 days',
         next_change_at = now() where id = $1`,
      [subscriptionId],
    )
  } finally {
    await client.end()
  }
}

describe('a strategy that costs something', () => {
  it('is followed, but not traded before its subscription is paid', () =>
    system.watched(async () => {
      const gateway = system.endpoints.gateway ?? ''
      const operator = await ApiUser.logIn(gateway, system.endpoints.operator ?? { username: '', password: '' })
      await operator.does('POST', '/v1/users', { username: 'anna', password, roles: ['follower'] })
      anna = await ApiUser.logIn(gateway, { username: 'anna', password })
      strategy = await operator.does('POST', '/v1/strategies', { name: 'Dear', ...perpetual })
      const prices = [{ currency: 'USD', cycle: 'monthly', amount: '99' }]
      await eventually(async () => {
        const { status } = await operator.asks('PUT', `/v1/strategies/${strategy.id}/prices`, { prices })
        return status === 200
      })
      await followFromPaper(system, { operator, follower: anna, strategyId: strategy.id })
      const refused = await alertUntil(
        system,
        { strategy, follower: anna, entry: 42_000 },
        ({ state }) => state === 'denied',
      )
      expect(refused.denial).toMatchObject({ code: 'STRATEGY_NOT_PAID', context: { servedUntil: null } })
    }))

  it('is traded from the next signal on once the payment is known', () =>
    system.watched(async () => {
      await pay()
      await alertUntil(system, { strategy, follower: anna, entry: 42_001 }, ({ state }) => state === 'protected')
      expect(await heldAtVenue(system)).toHaveLength(1)
    }))

  it('takes no new entries when it is not paid any more, while what is held keeps its stop and can be closed', () =>
    system.watched(async () => {
      await letTimePass()
      await untilStanding('lapsed')
      const refused = await alertUntil(
        system,
        { strategy, follower: anna, entry: 42_002 },
        ({ state }) => state === 'denied',
      )
      expect(refused.denial).toMatchObject({ code: 'STRATEGY_NOT_PAID' })
      expect(await heldAtVenue(system)).toHaveLength(1)
      await system.tells('paper', 'price', '--symbol', 'BTCUSDT', '--price', String(cheapest - 1))
      await eventually(async () => (await heldAtVenue(system)).length === 0, { withinMs, describe: 'the stop was hit' })
      await movePrice(system, '42000')
    }))

  it('is traded again once it is paid again', () =>
    system.watched(async () => {
      await pay()
      await alertUntil(system, { strategy, follower: anna, entry: 42_003 }, ({ state }) => state === 'protected')
      expect(await heldAtVenue(system)).toHaveLength(1)
    }))
})
