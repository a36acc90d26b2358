import type { ExplanationReply } from '@tradewire/contracts/rpc/explanation'
import type { BracketReply, PositionReply } from '@tradewire/contracts/rpc/orders'
import type { PaperCredentials } from '@tradewire/contracts/paper/control'
import type { ReplyOf } from '@tradewire/contracts/define-rpc'
import type { connectAccount } from '@tradewire/contracts/rpc/accounts'
import type { getPerformance, getTrade } from '@tradewire/contracts/rpc/reporting'
import type { createFollows, createRiskProfile, createStrategy } from '@tradewire/contracts/rpc/signals'
import type { createWebhookEndpoint, listWebhookDeliveries } from '@tradewire/contracts/rpc/webhooks'
import { decimal } from '@tradewire/kernel/decimal'
import { untilBusIsQuiet } from '@tradewire/launcher/demo/bus-quiet'
import { eventually } from '@tradewire/testkit/eventually'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { postAlert } from '@tradewire/chaos/kit/alert-sender'
import { ApiUser, type Page } from '../system/api-user.ts'
import { type LiveReader, readLive } from '../system/live-reader.ts'
import { realSystem } from '../system/real-system.ts'
import { startWebhookInbox, type WebhookInbox } from '../system/webhook-inbox.ts'

type Trade = ReplyOf<typeof getTrade>

const system = realSystem({ processes: false })
const knownWithinMs = 15_000
const password = 'correct horse battery staple'
const price = { entry: '42000', stop: '41000', target: '44000' }
/** 1 % of 10,000 USDT between 42,000 and 41,000. */
const quantity = '0.1'

const inboxes: WebhookInbox[] = []
let inbox: WebhookInbox
let operator: ApiUser
let anna: ApiUser
let boris: ApiUser
const streams: LiveReader[] = []

beforeAll(async () => {
  inbox = await startWebhookInbox()
  inboxes.push(inbox)
})
afterAll(async () => {
  for (const stream of streams) stream.close()
  for (const each of inboxes) await each.stop()
})

function gateway(): string {
  return system.endpoints.gateway ?? ''
}

async function newFollower(username: string): Promise<ApiUser> {
  await operator.does('POST', '/v1/users', { username, password, roles: ['follower'] })
  return ApiUser.logIn(gateway(), { username, password })
}

async function watch(user: ApiUser): Promise<LiveReader> {
  const stream = await readLive(gateway(), user.token)
  streams.push(stream)
  return stream
}

describe('the first trade of a newcomer', () => {
  let strategy: ReplyOf<typeof createStrategy>
  let account: ReplyOf<typeof connectAccount>
  let followId: string
  let endpoint: ReplyOf<typeof createWebhookEndpoint>
  let bracket: BracketReply
  let live: LiveReader
  let foreign: LiveReader

  it('begins with a log-in, a strategy, an account at the paper venue and a follow', () =>
    system.watched(async () => {
      operator = await ApiUser.logIn(gateway(), system.endpoints.operator ?? { username: '', password: '' })
      anna = await newFollower('anna')
      boris = await newFollower('boris')
      live = await watch(anna)
      foreign = await watch(boris)
      strategy = await operator.does('POST', '/v1/strategies', {
        name: 'First',
        venue: 'binance-usdm',
        symbol: 'BTC/USDT',
      })
      const profile = await operator.does<ReplyOf<typeof createRiskProfile>>('POST', '/v1/risk-profiles', {
        name: 'One',
        riskPercent: '1',
      })
      const { apiKey, secret } = await system.tells<PaperCredentials>(
        'paper',
        'account',
        '--venue',
        'binance-usdm',
        '--balance',
        '10000',
      )
      await system.tells('paper', 'price', '--symbol', 'BTCUSDT', '--price', price.entry)
      account = await anna.does('POST', '/v1/accounts', { venue: 'binance-usdm', credentials: { apiKey, secret } })
      expect(account.status).toBe('AUTHORIZED')
      const follow = { strategyId: strategy.id, accountId: account.id, riskProfileId: profile.id, leverage: 5 }
      // signals and orders learn of the account by its event.
      const { items } = await eventually(async () => {
        const { status, body } = await anna.asks<ReplyOf<typeof createFollows>>('POST', '/v1/follows', {
          follows: [follow],
        })
        return status === 201 && body
      })
      followId = items[0]?.id ?? ''
      endpoint = await anna.does('POST', '/v1/webhook-endpoints', {
        url: inbox.url,
        events: ['trade.opened', 'trade.closed'],
      })
      inbox.verifyWith(endpoint.secret)
      // What signals and brokers know by now reaches orders by events; the stream shows when the balance is known.
      await eventually(() => live.events.some(({ event }) => event === 'balance.updated'), {
        withinMs: knownWithinMs,
        describe: 'the first balance is shown live',
      })
      await untilBusIsQuiet(system.endpoints.nats, knownWithinMs)
    }))

  it('goes on with an alert that becomes a position under a stop, sized by the risk profile', () =>
    system.watched(async () => {
      const alert = {
        strategy: strategy.id,
        secret: strategy.secret,
        type: 'buy',
        orderPrice: Number(price.entry),
        stop: price.stop,
        stopType: 'Market',
        takeProfit: price.target,
        trailingTrigger: 'NaN',
        callbackRate: 'NaN',
        winRate: '60',
      }
      const answer = await postAlert(gateway(), alert)
      expect(answer.status).toBe(200)
      bracket = await eventually(
        async () => {
          const { items } = await anna.gets<Page<BracketReply>>(`/v1/orders?signalId=${answer.signalId}`)
          if (items[0]?.state === 'denied') throw new Error(`denied: ${JSON.stringify(items[0].denial)}`)
          return items.find(({ state }) => state === 'protected')
        },
        { withinMs: 15_000, describe: 'the position is protected' },
      )
      expect(bracket).toMatchObject({
        followId,
        accountId: account.id,
        side: 'buy',
        quantity,
        filledQuantity: quantity,
      })
      const { items } = await anna.gets<Page<PositionReply>>('/v1/positions')
      expect(items).toMatchObject([
        { bracketId: bracket.id, quantity, stopPrice: price.stop, protectedQuantity: quantity },
      ])
      const again = await postAlert(gateway(), alert)
      expect(again).toMatchObject({ status: 200, signalId: answer.signalId })
    }))

  it('explains every number of it in words', () =>
    system.watched(async () => {
      const told = await anna.gets<ExplanationReply>(`/v1/orders/${bracket.id}/explain`)
      expect(told.checks.filter(({ outcome }) => outcome !== 'passed')).toEqual([])
      expect(told.settings).toEqual(
        expect.arrayContaining([expect.objectContaining({ name: 'riskPercent', value: '1' })]),
      )
      expect(told.sizing).toMatchObject({ bound: 'risk', quantity, notional: '4200', atRisk: '100' })
      expect(told.sizing?.steps.join(' ')).toMatch(/1.*100/)
      expect(told.targets).toEqual([{ target: 1, price: price.target, quantity }])
      expect(told.timeline.length).toBeGreaterThan(3)
      expect(JSON.stringify(told)).not.toContain(strategy.secret)
    }))

  it('ends at its target with its profit in the trades, in the performance and in the webhooks', () =>
    system.watched(async () => {
      await system.tells('paper', 'price', '--symbol', 'BTCUSDT', '--price', '44100')
      const trade = await eventually(
        async () => {
          const { items } = await anna.gets<Page<Trade>>('/v1/trades?state=closed')
          return items[0]
        },
        { withinMs: 15_000, describe: 'the trade is closed' },
      )
      expect(trade).toMatchObject({ id: bracket.id, reason: 'target', quantity, accountId: account.id })
      const moved = decimal(trade.closePrice ?? '0')
        .minus(decimal(trade.openPrice))
        .times(decimal(quantity))
      expect(trade.realizedPnl).toBe(moved.minus(decimal(trade.fees ?? '0')).toString())
      expect(decimal(trade.realizedPnl ?? '0').gt(decimal('180'))).toBe(true)
      const performance = await anna.gets<ReplyOf<typeof getPerformance>>(`/v1/performance?strategyId=${strategy.id}`)
      expect(performance).toMatchObject({
        tradesOpen: 0,
        tradesClosed: 1,
        wins: 1,
        realizedPnl: trade.realizedPnl,
        fees: trade.fees,
      })
      const deliveries = await eventually(() => inbox.received.size === 2 && [...inbox.received.values()])
      const [opened, closed] = deliveries.toSorted((a, b) => b.event.localeCompare(a.event))
      expect(opened).toMatchObject({
        event: 'trade.opened',
        data: { trade_id: trade.id, volume: 0.1, stop_loss: 41_000, take_profit: 44_000 },
      })
      expect(closed).toMatchObject({
        event: 'trade.closed',
        data: { trade_id: trade.id, realized_pnl: Number(trade.realizedPnl) },
      })
      expect(inbox.refused()).toBe(0)
      const path = `/v1/webhook-endpoints/${endpoint.id}/deliveries?state=delivered`
      await eventually(async () => (await anna.gets<ReplyOf<typeof listWebhookDeliveries>>(path)).items.length === 2)
    }))

  it('leaves nothing at the venue: no position, no order, and the balance that the books say', () =>
    system.watched(async () => {
      expect((await anna.gets<Page<PositionReply>>('/v1/positions')).items).toEqual([])
      await eventually(
        async () => (await anna.gets<Page<unknown>>(`/v1/accounts/${account.id}/open-orders`)).items.length === 0,
      )
      const [trade] = (await anna.gets<Page<Trade>>('/v1/trades')).items
      const { items } = await anna.gets<Page<{ currency: string; total: string }>>(`/v1/accounts/${account.id}/balance`)
      const total = items.find(({ currency }) => currency === 'USDT')?.total ?? '0'
      expect(decimal(total).toString()).toBe(
        decimal('10000')
          .plus(decimal(trade?.realizedPnl ?? '0'))
          .toString(),
      )
    }))

  it('was shown live to its owner', () =>
    system.watched(async () => {
      const wanted = ['account.connected', 'order.planned', 'trade.opened', 'trade.closed']
      await eventually(() => wanted.every((name) => live.events.some(({ event }) => event === name)), {
        describe: `the stream shows ${wanted.join(', ')}; it has ${live.events.map(({ event }) => event).join(', ')}`,
      })
      const closed = live.events.filter(({ event }) => event === 'trade.closed')
      expect(closed.map(({ data }) => data.data['tradeId'])).toEqual([bracket.id])
    }))

  it('is nothing that another user can see or touch', () =>
    system.watched(async () => {
      const paths = [
        `/v1/orders/${bracket.id}`,
        `/v1/orders/${bracket.id}/explain`,
        `/v1/trades/${bracket.id}`,
        `/v1/accounts/${account.id}`,
        `/v1/accounts/${account.id}/balance`,
        `/v1/accounts/${account.id}/open-orders`,
        `/v1/follows/${followId}`,
        `/v1/webhook-endpoints/${endpoint.id}`,
        `/v1/webhook-endpoints/${endpoint.id}/deliveries`,
      ]
      for (const path of paths) expect([path, (await boris.asks('GET', path)).status]).toEqual([path, 404])
      expect((await boris.asks('POST', `/v1/follows/${followId}/close`, {})).status).toBe(404)
      expect((await boris.asks('PATCH', `/v1/follows/${followId}`, { active: false })).status).toBe(404)
      expect((await boris.asks('DELETE', `/v1/accounts/${account.id}`)).status).toBe(404)
      expect((await boris.asks('DELETE', `/v1/webhook-endpoints/${endpoint.id}`)).status).toBe(404)
      for (const list of [
        '/v1/orders',
        '/v1/positions',
        '/v1/trades',
        '/v1/accounts',
        '/v1/follows',
        '/v1/webhook-endpoints',
      ]) {
        expect([list, (await boris.gets<Page<unknown>>(list)).items]).toEqual([list, []])
      }
      expect(await boris.gets('/v1/performance')).toMatchObject({ tradesClosed: 0, realizedPnl: '0' })
      expect(foreign.events.filter(({ data }) => JSON.stringify(data).includes(account.id))).toEqual([])
    }))
})
