import 'reflect-metadata'
import { RpcClient } from '@tradewire/bus/rpc-client'
import { tradeClosed } from '@tradewire/contracts/events/orders'
import { strategyChanged } from '@tradewire/contracts/events/signals'
import * as rpc from '@tradewire/contracts/rpc/returns'
import { Database } from '@tradewire/database/database'
import { eventually } from '@tradewire/testkit/eventually'
import { exampleOf } from '@tradewire/testkit/example-of'
import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { beforeAll, describe, expect, it } from 'vitest'
import { reportingService } from '../service.ts'

const backends = testBackends()
const idOf = (kind: string, number: number) => `01963a5e-0000-7000-8000-${kind}${String(number).padStart(11, '0')}`
const [anna, bella] = [1, 2].map((number) => ({ userId: idOf('a', number), roles: ['follower' as const] }))
const strategyIds = [1, 2, 3].map((number) => idOf('b', number)) as [string, string, string]
const [followOfAnna, followOfBella] = [idOf('c', 1), idOf('c', 2)]

let service: TestService
let client: RpcClient

beforeAll(async () => {
  service = await startTestService(reportingService, backends)
  client = service.app.get(RpcClient)
  await service.app.get(Database).transact(async (tx) => {
    strategyIds.forEach((strategyId, index) => {
      const forex = { venue: 'xapi' as const, symbol: 'EUR/USD' }
      const told = { strategyId, name: `Strategy ${index}`, active: index < 2, ...(index === 1 ? forex : {}) }
      tx.append(strategyChanged, exampleOf(strategyChanged, { ...told, revision: 2 }))
      // Older news that comes late.
      tx.append(strategyChanged, exampleOf(strategyChanged, { ...told, name: 'Before', revision: 1 }))
    })
    // The first signal brings both 5 %, though Bella's account is ten times larger; the second loses Bella 10 %.
    tx.append(tradeClosed, [
      closed(1, { signal: 1, net: '5', quantity: '1', ...ofAnna, day: '01' }),
      closed(2, { signal: 1, net: '50', quantity: '10', ...ofBella, day: '01' }),
      closed(3, { signal: 2, net: '-100', quantity: '10', ...ofBella, day: '02' }),
    ])
    // Told again, it counts once.
    tx.append(tradeClosed, closed(1, { signal: 1, net: '5', quantity: '1', ...ofAnna, day: '01' }))
    await Promise.resolve()
  })
  await eventually(async () => {
    const strategy = await client.ask(rpc.getListedStrategy, { caller: anna!, strategyId: strategyIds[0] })
    const other = await client.ask(rpc.getListedStrategy, { caller: anna!, strategyId: strategyIds[2] })
    return strategy.ok && strategy.value.trades === 2 && strategy.value.name === 'Strategy 0' && other.ok
  })
})

const ofAnna = { followId: followOfAnna, userId: anna!.userId }
const ofBella = { followId: followOfBella, userId: bella!.userId }

interface Told {
  readonly signal: number
  readonly net: string
  readonly quantity: string
  readonly followId: string
  readonly userId: string
  readonly day: string
}

function closed(number: number, { signal, net, day, ...rest }: Told) {
  const ids = { tradeId: idOf('d', number), signalId: idOf('e', signal), strategyId: strategyIds[0], ...rest }
  const figures = { openPrice: '100', realizedPnl: net, fees: '1', closedAt: `2025-01-${day}T10:00:00.000Z` }
  return exampleOf(tradeClosed, { ...ids, ...figures })
}

describe('the returns of a strategy', () => {
  it('join all followers by what they put in, and count a trade once', async () => {
    const answer = await client.ask(rpc.getStrategyReturns, { caller: anna!, strategyId: strategyIds[0] })
    expect(answer).toMatchObject({
      ok: true,
      value: {
        trades: 2,
        totalReturnPercent: '-5.5',
        winRatePercent: '50',
        maximumDrawdownPercent: '-10',
        profitFactor: '0.4762',
        riskLevel: 'medium',
        lastTradeAt: '2025-01-02T10:00:00.000Z',
        curve: [
          { date: '2024-12-31', equity: '10000' },
          { date: '2025-01-01', equity: '10500' },
          { date: '2025-01-02', equity: '9450' },
        ],
      },
    })
  })

  it('of a follow are those of its trades, and nobody else sees them', async () => {
    const mine = await client.ask(rpc.getFollowReturns, { caller: anna!, followId: followOfAnna })
    expect(mine).toMatchObject({ ok: true, value: { trades: 1, totalReturnPercent: '5' } })
    const others = await client.ask(rpc.getFollowReturns, { caller: anna!, followId: followOfBella })
    expect(others).toMatchObject({ ok: true, value: { trades: 0, curve: [] } })
  })

  it('of a strategy that does not exist are refused', async () => {
    const answer = await client.ask(rpc.getStrategyReturns, { caller: anna!, strategyId: idOf('b', 9) })
    expect(answer).toMatchObject({ ok: false, error: { code: 'STRATEGY_UNKNOWN' } })
  })
})

describe('the list of strategies', () => {
  const list = async (filter: object = {}) => {
    const answer = await client.ask(rpc.listListedStrategies, { caller: anna!, page: 1, perPage: 1, ...filter })
    if (!answer.ok) throw new Error(answer.error.code)
    return { count: answer.value.count, names: answer.value.items.map(({ name }) => name) }
  }

  it('shows active ones, page by page', async () => {
    expect(await list()).toEqual({ count: 2, names: ['Strategy 0'] })
    expect(await list({ page: 2 })).toEqual({ count: 2, names: ['Strategy 1'] })
    expect(await list({ page: 3 })).toEqual({ count: 2, names: [] })
  })

  it('is narrowed by risk, by month and by what is traded', async () => {
    expect(await list({ riskLevel: 'medium' })).toEqual({ count: 1, names: ['Strategy 0'] })
    expect(await list({ riskLevel: 'low' })).toEqual({ count: 0, names: [] })
    expect(await list({ monthlyReturnPercentMin: '-1' })).toEqual({ count: 1, names: ['Strategy 1'] })
    expect(await list({ asset: 'forex' })).toEqual({ count: 1, names: ['Strategy 1'] })
  })
})
