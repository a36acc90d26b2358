import 'reflect-metadata'
import { RpcClient } from '@tradewire/bus/rpc-client'
import { tradeClosed, tradeOpened } from '@tradewire/contracts/events/orders'
import {
  accountConnected,
  accountDisconnected,
  accountRemoved,
  balanceUpdated,
  rateUpdated,
} from '@tradewire/contracts/events/brokers'
import { signalAccepted } from '@tradewire/contracts/events/signals'
import * as rpc from '@tradewire/contracts/rpc/reporting'
import { Database } from '@tradewire/database/database'
import { uuidOfHash } from '@tradewire/kernel/ids'
import { eventually } from '@tradewire/testkit/eventually'
import { exampleOf } from '@tradewire/testkit/example-of'
import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { beforeAll, describe, expect, it } from 'vitest'
import { Worths } from '../ports/worths.port.ts'
import { reportingService } from '../service.ts'

const backends = testBackends()
const owner = { userId: tradeOpened.example.userId, roles: ['follower' as const] }
const stranger = { userId: '01963a5e-0000-7000-8000-00000000000b', roles: ['follower' as const] }
const operator = { userId: '01963a5e-0000-7000-8000-00000000000a', roles: ['operator' as const] }
const tradeIdOf = (number: number) => `01963a5e-0000-7000-8000-${String(number).padStart(12, '0')}`

let service: TestService
let client: RpcClient

beforeAll(async () => {
  service = await startTestService(reportingService, backends)
  client = service.app.get(RpcClient)
  const results = ['9', '-6', '-1', '20']
  await service.app.get(Database).transact(async (tx) => {
    results.forEach((realizedPnl, index) => {
      const shared = {
        tradeId: tradeIdOf(index),
        realizedPnl,
        fees: '1',
        closedAt: `2022-01-0${index + 1}T00:00:00.000Z`,
      }
      // The first trade's closing is told before its opening.
      if (index > 0) tx.append(tradeOpened, exampleOf(tradeOpened, { tradeId: shared.tradeId }))
      tx.append(tradeClosed, exampleOf(tradeClosed, shared))
      if (index === 0) tx.append(tradeOpened, exampleOf(tradeOpened, { tradeId: shared.tradeId }))
    })
    tx.append(tradeOpened, exampleOf(tradeOpened, { tradeId: tradeIdOf(9) }))
  })
  await eventually(async () => {
    const figures = await client.ask(rpc.getPerformance, { caller: operator })
    return figures.ok && figures.value.tradesClosed === 4 && figures.value.tradesOpen === 1
  })
})

describe('reporting', () => {
  it('computes performance from the ledger', async () => {
    const figures = await client.ask(rpc.getPerformance, { caller: owner, strategyId: tradeOpened.example.strategyId })
    expect(figures).toMatchObject({
      ok: true,
      value: { realizedPnl: '22', fees: '4', wins: 2, losses: 2, maximumDrawdown: '7', profitFactor: '4.1429' },
    })
  })

  it('never adds up different currencies', async () => {
    const userId = uuidOfHash('trader in two currencies')
    const followId = uuidOfHash('follow in two currencies')
    const strategyId = uuidOfHash('strategy in two currencies')
    const signalId = uuidOfHash('signal of it')
    const caller = { userId, roles: ['follower' as const] }
    const symbols = ['BTC/USDT', 'BTC/USDT', 'BTC/IDR']
    await service.app.get(Database).transact(async (tx) => {
      symbols.forEach((symbol, index) => {
        const closedAt = `2022-03-0${index + 1}T00:00:00.000Z`
        const whose = { tradeId: tradeIdOf(20 + index), userId, followId, strategyId, signalId }
        tx.append(tradeClosed, exampleOf(tradeClosed, { ...whose, symbol, realizedPnl: '5000', closedAt }))
      })
      await Promise.resolve()
    })
    const asked = async (currency?: string) => {
      const figures = await client.ask(rpc.getPerformance, { caller, currency })
      if (!figures.ok) throw new Error(figures.error.code)
      return figures.value
    }
    await eventually(async () => (await asked('IDR')).tradesClosed === 1 && (await asked('USDT')).tradesClosed === 2)
    const currencies = ['USDT', 'IDR']
    expect(await asked()).toMatchObject({ currency: 'USDT', currencies, tradesClosed: 2, realizedPnl: '10000' })
    expect(await asked('IDR')).toMatchObject({ currency: 'IDR', currencies, tradesClosed: 1, realizedPnl: '5000' })
    const followers = await client.ask(rpc.listFollowerPerformance, { caller, strategyId, page: { limit: 10 } })
    const figures = { currency: 'USDT', tradesClosed: 2, realizedPnl: '10000' }
    expect(followers).toMatchObject({ value: { items: [{ followId, ...figures }] } })
    const page = { limit: 10 }
    const days = await client.ask(rpc.listTradingDays, { caller, userId, origin: 'strategy', page, currency: 'IDR' })
    expect(days).toMatchObject({ value: { items: [{ date: '2022-03-03', currency: 'IDR', realizedPnl: '5000' }] } })
  })

  it('has a trade closed whose closing was told before its opening', async () => {
    const trade = await client.ask(rpc.getTrade, { caller: owner, tradeId: tradeIdOf(0) })
    expect(trade).toMatchObject({ ok: true, value: { state: 'closed', realizedPnl: '9', stopLoss: '19280.4' } })
  })

  it('pages through trades, newest first, without a gap', async () => {
    const seen: string[] = []
    let nextToken: string | null | undefined
    do {
      const page = await client.ask(rpc.listTrades, {
        caller: owner,
        page: { limit: 2, ...(nextToken ? { nextToken } : {}) },
      })
      if (!page.ok) throw new Error(page.error.code)
      seen.push(...page.value.items.map(({ id }) => id))
      nextToken = page.value.nextToken
    } while (nextToken !== null)
    expect(seen).toEqual([9, 3, 2, 1, 0].map(tradeIdOf))
  })

  it('shows each follower’s profit and loss', async () => {
    const { strategyId, followId } = tradeOpened.example
    const page = await client.ask(rpc.listFollowerPerformance, { caller: operator, strategyId, page: { limit: 10 } })
    expect(page).toMatchObject({ ok: true, value: { items: [{ followId, tradesClosed: 4, realizedPnl: '22' }] } })
  })

  it('tells a strategy without followers from one that there is none of', async () => {
    const strategyId = uuidOfHash('a strategy that nobody made')
    const page = await client.ask(rpc.listFollowerPerformance, { caller: operator, strategyId, page: { limit: 10 } })
    expect(page).toMatchObject({ ok: false, error: { code: 'STRATEGY_UNKNOWN' } })
  })

  it('shows nothing of another user', async () => {
    const trade = await client.ask(rpc.getTrade, { caller: stranger, tradeId: tradeIdOf(0) })
    expect(trade).toMatchObject({ ok: false, error: { code: 'TRADE_NOT_FOUND' } })
    const figures = await client.ask(rpc.getPerformance, { caller: stranger })
    expect(figures).toMatchObject({ ok: true, value: { tradesClosed: 0, realizedPnl: '0' } })
  })

  it('shows services what the ledger holds of a user with a strategy, page by page, in the order of closing', async () => {
    const { userId } = owner
    const { strategyId, followId } = tradeOpened.example
    const asked = { userId, strategyId, from: '2022-01-02T00:00:00.000Z', before: '2022-01-04T00:00:00.000Z' }
    const first = await client.ask(rpc.listLedgerTrades, { ...asked, page: { limit: 1 } })
    expect(first).toMatchObject({
      value: {
        items: [{ tradeId: tradeIdOf(1), followId, currency: 'USDT', realizedPnl: '-6', fees: '1' }],
        dollarRates: [{ currency: 'USDT', usd: '1' }],
      },
    })
    const nextToken = first.ok ? first.value.nextToken : null
    const second = await client.ask(rpc.listLedgerTrades, { ...asked, page: { limit: 1, nextToken: nextToken! } })
    expect(second).toMatchObject({ value: { items: [{ tradeId: tradeIdOf(2) }], nextToken: null } })
    const foreign = { ...asked, userId: stranger.userId, page: { limit: 9 } }
    expect(await client.ask(rpc.listLedgerTrades, foreign)).toMatchObject({ value: { items: [], dollarRates: [] } })
  })

  it('keeps its ledger append-only', async () => {
    const database = service.app.get(Database)
    await expect(database.query('update ledger_entry set amount = 1000000')).rejects.toThrow(/append-only/)
    await expect(database.query('delete from ledger_entry')).rejects.toThrow(/append-only/)
  })
})

describe('the worth of accounts', () => {
  const accountId = '01963a5e-0000-7000-8000-0000000000c1'
  const euroId = '01963a5e-0000-7000-8000-0000000000c2'
  /** On paper, where prices may stand where they have been put. */
  const paperId = '01963a5e-0000-7000-8000-0000000000c3'
  const page = { limit: 2 }
  const days = async (caller: typeof operator | typeof owner, nextToken?: string) => {
    const answer = await client.ask(rpc.listBalanceDays, { caller, accountId, page: { ...page, nextToken } })
    if (!answer.ok) throw new Error(answer.error.code)
    return answer.value
  }

  beforeAll(async () => {
    const { userId } = owner
    await service.app.get(Database).transact(async (tx) => {
      for (const id of [accountId, euroId])
        tx.append(accountConnected, exampleOf(accountConnected, { accountId: id, userId }))
      const onPaper = { accountId: paperId, userId: paperId, environment: 'paper' } as const
      tx.append(accountConnected, exampleOf(accountConnected, onPaper))
      tx.append(rateUpdated, exampleOf(rateUpdated, { symbol: 'EUR/USDT', price: '1.05' }))
      const frozen = {
        environment: 'paper',
        symbol: 'EUR/USDT',
        price: '2',
        observedAt: '2022-09-10T00:00:00.000Z',
      } as const
      tx.append(rateUpdated, exampleOf(rateUpdated, frozen))
    })
    await rowsOf('usd_rate', 2)
    await service.app.get(Database).transact(async (tx) => {
      const told = (day: string, equity: string, currency = 'USDT', id = accountId) =>
        tx.append(
          balanceUpdated,
          exampleOf(balanceUpdated, { accountId: id, currency, equity, total: '100', observedAt: `2022-09-${day}` }),
        )
      told('11T10:00:00.000Z', '100')
      told('12T23:59:59.000Z', '130.5')
      told('12T10:00:00.000Z', '120')
      told('13T10:00:00.000Z', '140')
      told('13T10:00:00.000Z', '200', 'EUR', euroId)
      told('13T10:00:00.000Z', '200', 'EUR', paperId)
      await Promise.resolve()
    })
    await rowsOf('balance_day', 5)
  })

  it('is kept once for each day, as it was told last on it, and listed newest first', async () => {
    const first = await days(operator)
    expect(first.items).toEqual([
      { date: '2022-09-13', usd: '140' },
      { date: '2022-09-12', usd: '130.5' },
    ])
    expect((await days(operator, first.nextToken!)).items).toEqual([{ date: '2022-09-11', usd: '100' }])
    expect((await days({ ...stranger })).items).toEqual([])
  })

  it('is counted by the rates of its own environment', async () => {
    const found = await client.ask(rpc.findBalances, { caller: operator, accountIds: [euroId, paperId] })
    const worths = found.ok ? found.value.items : []
    expect([euroId, paperId].map((id) => worths.find((worth) => worth.accountId === id)?.equityUsd)).toEqual([
      '210',
      '400',
    ])
  })

  it('takes the live rate for what is paid for trades, where one is known', async () => {
    const worths = service.app.get(Worths)
    expect(await worths.dollarRates(['EUR'])).toEqual([{ currency: 'EUR', usd: '1.05' }])
    await service.app.get(Database).query(`delete from usd_rate where environment = 'live'`)
    expect(await worths.dollarRates(['EUR'])).toEqual([{ currency: 'EUR', usd: '2' }])
  })

  it('is in dollars, whatever the currency of the account, and summed over those of a user', async () => {
    const found = await client.ask(rpc.findBalances, { caller: operator, accountIds: [accountId, euroId] })
    expect(found.ok && found.value.items.map(({ equityUsd, totalUsd }) => [equityUsd, totalUsd])).toEqual(
      expect.arrayContaining([
        ['140', '100'],
        ['210', '105'],
      ]),
    )
    const worth = (caller: typeof operator | typeof owner) =>
      client.ask(rpc.getUserWorth, { caller, userId: owner.userId })
    expect(await worth(operator)).toMatchObject({ value: { usd: '350' } })
    expect(await worth(stranger)).toMatchObject({ value: { usd: '0' } })
    const reason = { code: accountRemoved, message: 'Removed.' }
    await service.app.get(Database).transact(async (tx) => {
      tx.append(accountDisconnected, exampleOf(accountDisconnected, { accountId, userId: owner.userId, reason }))
      await Promise.resolve()
    })
    await eventually(async () => {
      const left = await worth(operator)
      return left.ok && left.value.usd === '210'
    })
  })
})

describe('the days of a user', () => {
  const ask = (origin: 'strategy' | 'manual', more: object = {}) =>
    client.ask(rpc.listTradingDays, {
      caller: operator,
      userId: owner.userId,
      page: { limit: 3 },
      origin,
      ...more,
    })

  it('show what was closed on each, newest first, alerts and orders by hand apart', async () => {
    const all = await ask('strategy')
    expect(all).toMatchObject({
      ok: true,
      value: {
        items: [
          { date: '2022-01-04', tradesClosed: 1, realizedPnl: '20', fees: '1' },
          { date: '2022-01-03', realizedPnl: '-1' },
          { date: '2022-01-02', realizedPnl: '-6' },
        ],
      },
    })
    const nextToken = all.ok ? all.value.nextToken : null
    expect(await ask('strategy', { page: { limit: 3, nextToken } })).toMatchObject({
      ok: true,
      value: { items: [{ date: '2022-01-01' }], nextToken: null },
    })
    expect(await ask('manual')).toMatchObject({ ok: true, value: { items: [] } })
    await service.app.get(Database).transact(async (tx) => {
      const { signalId } = tradeOpened.example
      tx.append(signalAccepted, exampleOf(signalAccepted, { signalId, source: 'OPERATOR' }))
      await Promise.resolve()
    })
    await rowsOf('hand_signal', 1)
    expect(await ask('strategy')).toMatchObject({ ok: true, value: { items: [] } })
    const since = await ask('manual', { from: '2022-01-03T00:00:00.000Z' })
    expect(since.ok && since.value.items.map(({ date }) => date)).toEqual(['2022-01-04', '2022-01-03'])
    const figures = await client.ask(rpc.getPerformance, { caller: operator, origin: 'manual' })
    expect(figures).toMatchObject({ ok: true, value: { tradesClosed: 4, tradesOpen: 1 } })
  })
})

function rowsOf(table: string, count: number): Promise<unknown> {
  return eventually(async () => (await service.app.get(Database).query(`select 1 from ${table}`)).length === count, {
    describe: `${count} of ${table}`,
  })
}
