import 'reflect-metadata'
import { Answerer } from '@tradewire/bus/questions/answerer'
import { Bus } from '@tradewire/bus/connection'
import { RpcClient } from '@tradewire/bus/rpc-client'
import type { DataOf } from '@tradewire/contracts/define-event'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import * as brokers from '@tradewire/contracts/events/brokers'
import type { positionUnprotected } from '@tradewire/contracts/events/orders'
import { followChanged, strategyChanged } from '@tradewire/contracts/events/signals'
import { readPrices } from '@tradewire/contracts/rpc/venues'
import { explainBracket } from '@tradewire/contracts/rpc/explanation'
import * as rpc from '@tradewire/contracts/rpc/orders'
import { Database } from '@tradewire/database/database'
import { Clock } from '@tradewire/kernel/clock'
import { ok } from '@tradewire/kernel/result'
import { createLogger } from '@tradewire/observability/logger'
import { eventually } from '@tradewire/testkit/eventually'
import { exampleOf } from '@tradewire/testkit/example-of'
import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { beforeAll, describe, expect, it } from 'vitest'
import { ordersService } from '../service.ts'
import { accountIdOf, type Cancel, ownerId, StandIn, strategyId, type Submit, userIdOf } from '../testing/stand-in.ts'

const backends = testBackends()
const signalId = '01963a5f-0001-7000-8000-000000000001'
const withoutPlan = '01963a5f-0003-7000-8000-000000000001'
const targetsSignalId = '01963a5f-0002-7000-8000-000000000001'
/** The third one trades live: what is paid there is not what is paid on paper. The last one is at a venue without pairs. */
const [first, second, live, plain] = [0, 1, 2, 3] as const
const places = ['binance-spot paper', 'binance-spot paper', 'binance-spot live']
const plainPlace = 'cex paper'

let service: TestService
let database: Database
let venue: StandIn
/** What brokers answers, by venue and environment. */
const prices: Record<string, string | undefined> = {}
let asked = 0
const revisions = new Map<string, number>()

/** Orders, with a stand-in for brokers that answers questions for prices. */
async function start(): Promise<void> {
  service = await startTestService(ordersService, backends, { settings: { ORDERS_WATCH_EVERY_MS: '50' } })
  database = service.app.get(Database)
  venue = new StandIn(database, revisions)
  const logger = createLogger({ service: 'brokers', level: 'silent' })
  const bus = service.app.get(Bus)
  const answerer = new Answerer({ bus, logger, clock: service.app.get(Clock), service: 'brokers' })
  answerer.answer(readPrices, (request) => {
    const { venue: asks, environment, symbols } = request as RequestOf<typeof readPrices>
    const price = prices[`${asks} ${environment}`]
    asked += 1
    return Promise.resolve(ok({ items: price === undefined ? [] : symbols.map((symbol) => ({ symbol, price })) }))
  })
  answerer.start()
}

function count(from: string, expected: number): Promise<boolean> {
  const sql = `select count(*)::int as number from ${from}`
  const read = async () => (await database.query<{ number: number }>(sql))[0]?.number === expected
  return eventually(read, { describe: `${expected} rows of ${from}` })
}

function sent(follower: number, leg: string, signal = signalId): Promise<Submit> {
  const read = async () =>
    (await venue.submits(signal)).find((submit) => submit.accountId === accountIdOf(follower) && submit.leg === leg)
  return eventually(read, { describe: `${leg} of follower ${follower}` })
}

const placeOf = (name: string) => {
  const [at, environment] = name.split(' ')
  return { venue: at, environment } as Pick<DataOf<typeof brokers.accountConnected>, 'venue' | 'environment'>
}
const cancelled = () => venue.commands<Cancel>('order.cancel')

/** The story of a follower's newest bracket. */
async function explained(follower: number = first) {
  const caller = { userId: userIdOf(follower), roles: ['follower' as const] }
  const client = service.app.get(RpcClient)
  const list = await client.ask(rpc.listBrackets, { caller, page: {} })
  if (!list.ok) throw new Error(list.error.code)
  const story = await client.ask(explainBracket, { caller, bracketId: list.value.items[0]!.id })
  if (!story.ok) throw new Error(story.error.code)
  return story.value
}

/** Several looks at the price later. */
async function looks(): Promise<void> {
  const from = asked
  await eventually(() => asked > from + 4)
}

beforeAll(async () => {
  await start()
  await venue.found(places.length + 1)
  const connectedAt = new Date(Date.now() + 1_000).toISOString()
  const spot = { venue: 'binance-spot', kind: 'spot', quantityStep: '0.00001', minimumNotional: '5' } as const
  const observedAt = new Date().toISOString()
  await database.transact(async (tx) => {
    for (const one of new Set([...places, plainPlace])) {
      tx.append(
        brokers.instrumentChanged,
        exampleOf(brokers.instrumentChanged, { ...spot, ...placeOf(one), observedAt }),
      )
    }
    tx.append(strategyChanged, exampleOf(strategyChanged, { strategyId, ownerId, venue: 'binance-spot', revision: 2 }))
    for (const [number, place] of [...places, plainPlace].entries()) {
      const account = { accountId: accountIdOf(number), userId: userIdOf(number), connectedAt }
      const sizing = { mode: 'fixed-quantity', value: '0.2' } as const
      tx.append(brokers.accountConnected, exampleOf(brokers.accountConnected, { ...account, ...placeOf(place) }))
      tx.append(followChanged, venue.follow(number, { settings: { sizing }, leverage: 1, revision: 2 }))
    }
  })
  await count(`account where venue = 'binance-spot'`, places.length)
  await count('follow where revision = 2', places.length + 1)
  await count(`instrument where venue = 'binance-spot'`, 2)
  await venue.signal(signalId, {
    venue: 'binance-spot',
    targets: ['42000'],
    trailing: { triggerPercent: '50', callbackRatePercent: '1' },
  })
  const entries = await Promise.all([first, second, live].map((one) => sent(one, 'entry')))
  const fill = { filledQuantity: '0.2', averagePrice: '40000', fee: '0.0002', feeCurrency: 'BTC' }
  await venue.tell(brokers.orderFilled, entries, fill)
  const pairs = await Promise.all([first, second, live].map((one) => sent(one, 'pair-1')))
  await venue.tell(brokers.orderAccepted, pairs)
  await count(`bracket where state = 'protected'`, places.length)
})

describe('a trailing stop at a venue that has none', () => {
  it('has its owner told once while no price comes, and again when one does', async () => {
    const told = () => venue.commands<DataOf<typeof positionUnprotected>>('position.unprotected')
    const news = await eventually(async () => {
      const all = await told()
      return all.length === places.length && all
    })
    expect(news[0]).toMatchObject({ stop: 'trailing-1', unprotectedQuantity: '0', follows: 'wait' })
    expect(news[0]?.reason.code).toBe('PRICE_UNKNOWN')
    prices['binance-spot paper'] = '40000'
    await eventually(async () => (await venue.commands('position.protected')).length === 2)
    await looks()
    expect(await told()).toHaveLength(places.length)
    await count('watched_leg where blind', 1)
  })

  it('is watched for by one trail for all that see the same prices', async () => {
    await count('watched_leg', places.length)
    await count('trail', 2)
    await looks()
    const { bracket } = await explained()
    expect(bracket.legs.map(({ leg, execution, state }) => [leg, execution, state])).toEqual([
      ['entry', 'native', 'filled'],
      ['pair-1', 'native', 'working'],
      ['trailing-1', 'emulated', 'watching'],
    ])
  })

  it('keeps the best price over a restart and sends nothing before the price has come back', async () => {
    prices['binance-spot paper'] = '41500'
    await count('trail where best = 41500', 1)
    prices['binance-spot paper'] = '41300'
    await looks()
    await service.stop()
    await start()
    await looks()
    await count('trail where best = 41500', 1)
    expect(await cancelled()).toEqual([])
  })

  it('frees the coins of those that see the price, whoever of them cannot be moved, and of that one when it can be', async () => {
    const planOf = (plan: string) =>
      database.query('update bracket set signal_id = $1 where account_id = $2', [plan, accountIdOf(first)])
    await planOf(withoutPlan)
    prices['binance-spot paper'] = '41085'
    await eventually(async () => (await cancelled()).length === 1)
    await looks()
    expect((await cancelled()).map(({ accountId }) => accountId)).toEqual([accountIdOf(second)])
    await planOf(signalId)
    await eventually(async () => (await cancelled()).length === 2)
  })

  it('sells the freed coins by market, once', async () => {
    const pairs = await Promise.all([first, second].map((one) => sent(one, 'pair-1')))
    await venue.tell(brokers.orderCancelled, pairs)
    const sales = await Promise.all([first, second].map((one) => sent(one, 'trailing-1')))
    expect(sales).toMatchObject([0, 1].map(() => ({ type: 'market', side: 'sell', quantity: '0.1998', price: null })))
    await looks()
    const all = await venue.submits(signalId)
    expect(all.filter(({ purpose }) => purpose === 'trailing')).toHaveLength(2)
    await count(`bracket where close_cause = 'trailing-hit'`, 2)
    const { protection } = await explained()
    expect(protection?.steps).toContain(
      'trailing-1 from 41000 on, 1 % from the best price: emulated, the venue has no such order; fired at 41085, the best was 41500: submitted.',
    )
    const fill = { filledQuantity: '0.1998', averagePrice: '41080', fee: '8', feeCurrency: 'USDT' }
    await venue.tell(brokers.orderFilled, sales, fill)
    await count(`bracket where state = 'closed' and close_reason = 'trailing'`, 2)
  })

  it('forgets the trail when nothing hangs on it, and leaves others alone', async () => {
    await count('watched_leg', 1)
    await count('trail', 1)
    await count(`bracket where state = 'protected' and account_id = '${accountIdOf(live)}'`, 1)
  })
})

describe('targets at a venue whose stops are no targets as well', () => {
  it('are watched for, each by its own trail, while each part stands under a stop of the venue', async () => {
    prices[plainPlace] = '40000'
    await venue.signal(targetsSignalId, { venue: 'cex', targets: ['40400', '40800'] })
    const entry = await sent(plain, 'entry', targetsSignalId)
    const fill = { filledQuantity: '0.2', averagePrice: '40000', fee: '8', feeCurrency: 'USDT' }
    await venue.tell(brokers.orderFilled, [entry], fill)
    const stops = await Promise.all(['stop-1', 'stop-2'].map((leg) => sent(plain, leg, targetsSignalId)))
    expect(stops).toMatchObject([0, 1].map(() => ({ type: 'stop-market', quantity: '0.1', triggerPrice: '39600' })))
    await venue.tell(brokers.orderAccepted, stops)
    await count(`bracket where state = 'protected' and account_id = '${accountIdOf(plain)}'`, 1)
    await count(`trail where venue = 'cex' and callback_rate_percent is null`, 2)
    const { bracket } = await explained(plain)
    expect(bracket.legs.map(({ leg, execution, state }) => [leg, execution, state])).toEqual([
      ['entry', 'native', 'filled'],
      ['stop-1', 'native', 'working'],
      ['stop-2', 'native', 'working'],
      ['target-1', 'emulated', 'watching'],
      ['target-2', 'emulated', 'watching'],
    ])
  })

  it('are still watched for after a restart, and sell their part alone, once', async () => {
    const before = (await cancelled()).length
    await service.stop()
    await start()
    await looks()
    expect(await cancelled()).toHaveLength(before)
    prices[plainPlace] = '40410'
    await eventually(async () => (await cancelled()).length === before + 1)
    const freed = (await cancelled()).at(-1)!
    await venue.tell(brokers.orderCancelled, [
      { ...freed, bracketId: (await sent(plain, 'entry', targetsSignalId)).bracketId },
    ])
    const sale = await sent(plain, 'target-1', targetsSignalId)
    expect(sale).toMatchObject({ type: 'market', side: 'sell', quantity: '0.1', price: null })
    const fill = { filledQuantity: '0.1', averagePrice: '40405', fee: '4', feeCurrency: 'USDT' }
    await venue.tell(brokers.orderFilled, [sale], fill)
    await count(`watched_leg join trail using (trail_id) where venue = 'cex'`, 1)
    await looks()
    const sales = (await venue.submits(targetsSignalId)).filter(({ purpose }) => purpose === 'target')
    expect(sales).toHaveLength(1)
    await count(`bracket where state = 'protected' and account_id = '${accountIdOf(plain)}'`, 1)
    const { protection } = await explained(plain)
    expect(protection?.steps).toContain(
      'target-1 from 40400 on: emulated, the venue has no such order; fired at 40410: 0.1 at 40405.',
    )
  })
})
