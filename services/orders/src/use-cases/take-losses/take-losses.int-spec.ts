import 'reflect-metadata'
import * as brokers from '@tradewire/contracts/events/brokers'
import type { DataOf } from '@tradewire/contracts/define-event'
import type { tradeClosed } from '@tradewire/contracts/events/orders'
import { Database } from '@tradewire/database/database'
import { eventually } from '@tradewire/testkit/eventually'
import { startTestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { beforeAll, expect, it } from 'vitest'
import { ordersService } from '../../service.ts'
import { accountIdOf, StandIn, userIdOf } from '../../testing/stand-in.ts'

type Lost = DataOf<typeof brokers.positionGone>

const backends = testBackends()
const followers = 3
const signalId = '01963a5f-0001-7000-8000-000000000001'
let database: Database
let venue: StandIn

beforeAll(async () => {
  const service = await startTestService(ordersService, backends)
  database = service.app.get(Database)
  venue = new StandIn(database)
  await venue.found(followers)
  for (const table of ['follow', 'balance', 'account']) await eventually(() => count(table, followers))
  await eventually(() => count('instrument', 1))
  await venue.signal(signalId)
  await eventually(() => count(`bracket where state = 'planned'`, followers))
  const fill = { filledQuantity: '0.25', averagePrice: '40000', fee: '0', feeCurrency: 'USDT' }
  await venue.tell(brokers.orderFilled, await venue.submits(signalId), fill)
  await eventually(() => count(`bracket where state = 'open'`, followers))
  const stops = (await venue.submits(signalId)).filter(({ purpose }) => purpose === 'stop')
  await venue.tell(brokers.orderAccepted, stops)
  await eventually(() => count(`bracket where state = 'protected'`, followers))
})

async function count(from: string, expected: number): Promise<boolean> {
  const [row] = await database.query<{ number: number }>(`select count(*)::int as number from ${from}`)
  return row?.number === expected
}

function lossOf(follower: number, part: Partial<Lost>): Lost {
  return {
    accountId: accountIdOf(follower),
    userId: userIdOf(follower),
    venue: 'binance-usdm',
    symbol: 'BTC/USDT',
    side: 'buy',
    lostQuantity: '0.25',
    heldQuantity: '0',
    reason: 'manual',
    price: '41000',
    fee: '2',
    feeCurrency: 'USDT',
    evidence: { tradeId: '7', clientOrderId: 'web_1' },
    executedAt: '2026-01-05T09:00:00.000Z',
    observedAt: new Date().toISOString(),
    ...part,
  }
}

const closed = async (follower: number) =>
  (await venue.commands<DataOf<typeof tradeClosed>>('trade.closed')).find(
    ({ accountId }) => accountId === accountIdOf(follower),
  )

it('ends the trade of a position that its owner closed by hand, at the price and the time of the venue', async () => {
  const [entry] = await venue.submits(signalId)
  await database.transact(async (tx) => tx.append(brokers.positionGone, lossOf(0, { symbol: entry!.symbol })))
  const trade = await eventually(() => closed(0))
  expect(trade).toMatchObject({ reason: 'manual', closePrice: '41000', realizedPnl: '248', fees: '2' })
  expect(trade.closedAt).toBe('2026-01-05T09:00:00.000Z')
  const cancels = await venue.commands<{ accountId: string }>('order.cancel')
  expect(cancels.filter(({ accountId }) => accountId === accountIdOf(0)).length).toBeGreaterThanOrEqual(1)
})

it('keeps what is left of a position under a stop of its size, until it is liquidated', async () => {
  const part = lossOf(1, { lostQuantity: '0.1', heldQuantity: '0.15' })
  await database.transact(async (tx) => tx.append(brokers.positionChanged, part))
  const smaller = await eventually(async () =>
    (await venue.submits(signalId)).find(
      ({ accountId, purpose, quantity }) => accountId === accountIdOf(1) && purpose === 'stop' && quantity === '0.15',
    ),
  )
  expect(smaller).toMatchObject({ side: 'sell', reduceOnly: true })
  expect(await closed(1)).toBeUndefined()
  const rest = lossOf(1, { lostQuantity: '0.15', reason: 'liquidation', price: '35000', fee: '10' })
  await database.transact(async (tx) => tx.append(brokers.positionGone, rest))
  const trade = await eventually(() => closed(1))
  expect(trade).toMatchObject({ reason: 'liquidation', closePrice: '37400', fees: '12', realizedPnl: '-662' })
})

it('leaves the positions of others alone', async () => {
  await database.transact(async (tx) => tx.append(brokers.positionGone, lossOf(2, { side: 'sell' })))
  await eventually(async () => (await closed(1)) !== undefined)
  expect(await count(`bracket where state = 'protected' and account_id = '${accountIdOf(2)}'`, 1)).toBe(true)
})
