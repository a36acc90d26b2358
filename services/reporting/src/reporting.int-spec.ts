import 'reflect-metadata'
import { RpcClient } from '@tradewire/bus/rpc-client'
import { tradeClosed, tradeOpened } from '@tradewire/contracts/events/orders'
import * as rpc from '@tradewire/contracts/rpc/reporting'
import { Database } from '@tradewire/database/database'
import { eventually } from '@tradewire/testkit/eventually'
import { exampleOf } from '@tradewire/testkit/example-of'
import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { beforeAll, describe, expect, it } from 'vitest'
import { reportingService } from './service.ts'

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

  it('shows nothing of another user', async () => {
    const trade = await client.ask(rpc.getTrade, { caller: stranger, tradeId: tradeIdOf(0) })
    expect(trade).toMatchObject({ ok: false, error: { code: 'TRADE_NOT_FOUND' } })
    const figures = await client.ask(rpc.getPerformance, { caller: stranger })
    expect(figures).toMatchObject({ ok: true, value: { tradesClosed: 0, realizedPnl: '0' } })
  })

  it('keeps its ledger append-only', async () => {
    const database = service.app.get(Database)
    await expect(database.query('update ledger_entry set amount = 1000000')).rejects.toThrow(/append-only/)
    await expect(database.query('delete from ledger_entry')).rejects.toThrow(/append-only/)
  })
})
