import 'reflect-metadata'
import { RpcClient } from '@tradewire/bus/rpc-client'
import type { DataOf } from '@tradewire/contracts/define-event'
import * as brokers from '@tradewire/contracts/events/brokers'
import {
  followChanged,
  settingsChanged,
  type signalAccepted,
  strategyChanged,
} from '@tradewire/contracts/events/signals'
import * as rpc from '@tradewire/contracts/rpc/orders'
import type { TradeSettings } from '@tradewire/contracts/trade-settings'
import { Database } from '@tradewire/database/database'
import { uuidOfHash } from '@tradewire/kernel/ids'
import { eventually } from '@tradewire/testkit/eventually'
import { exampleOf } from '@tradewire/testkit/example-of'
import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ordersService } from '../service.ts'
import { accountIdOf, ownerId, StandIn, userIdOf } from '../testing/stand-in.ts'
import { PlanSignal } from '../use-cases/plan-signal/plan-signal.use-case.ts'

const backends = testBackends()
const operator = { userId: '01963a5e-0000-7000-8000-00000000000a', roles: ['operator' as const] }
const signalIdOf = (number: number) => `01963a5f-${String(number).padStart(4, '0')}-7000-8000-000000000001`
/** The one account follows both, each on a symbol of its own. */
const other = { strategyId: '01963a5e-0000-7000-8000-0000000000ab', symbol: 'ETH/USDT' }

let service: TestService
let database: Database
let client: RpcClient
let venue: StandIn
let signals = 0
let revision = 0

beforeAll(async () => {
  service = await startTestService(ordersService, backends)
  database = service.app.get(Database)
  client = service.app.get(RpcClient)
  venue = new StandIn(database)
  await venue.found(1)
  await database.transact(async (tx) => {
    const observedAt = new Date().toISOString()
    tx.append(brokers.instrumentChanged, exampleOf(brokers.instrumentChanged, { symbol: other.symbol, observedAt }))
    tx.append(strategyChanged, exampleOf(strategyChanged, { ...other, ownerId }))
    const followId = uuidOfHash('follow of the other strategy')
    tx.append(followChanged, venue.follow(0, { strategyId: other.strategyId, followId }))
  })
  await venue.counted('follow', 2)
  for (const table of ['balance', 'account']) await venue.counted(table, 1)
  await venue.counted('instrument', 2)
})

beforeEach(async () => {
  await database.query('update bracket set holds_slot = false')
})

/** What the account's owner says from now on. */
async function limit(settings: TradeSettings): Promise<void> {
  revision += 1
  const scope = { scope: 'account', scopeId: accountIdOf(0), userId: userIdOf(0) } as const
  await database.transact(async (tx) => tx.append(settingsChanged, { ...scope, settings, revision }))
  await venue.counted(`layer_settings where revision = ${revision}`, 1)
}

function nextSignal(changes: Partial<DataOf<typeof signalAccepted>> = {}) {
  signals += 1
  return venue.signalData(signalIdOf(signals), changes)
}

async function bracketOf({ signalId }: { readonly signalId: string }): Promise<rpc.BracketReply> {
  await venue.counted(`bracket where signal_id = '${signalId}'`, 1)
  const listed = await client.ask(rpc.listBrackets, { caller: operator, page: {}, signalId })
  if (!listed.ok) throw new Error(listed.error.code)
  return listed.value.items[0]!
}

async function planned(changes: Partial<DataOf<typeof signalAccepted>> = {}): Promise<rpc.BracketReply> {
  const data = nextSignal(changes)
  await venue.signal(data.signalId, changes)
  return bracketOf(data)
}

describe('maxPositions', () => {
  it('is not exceeded when signals of two symbols are planned in the same moment', async () => {
    await limit({ maxPositions: 1 })
    const plan = service.app.get(PlanSignal)
    const [first, second] = [nextSignal(), nextSignal(other)]
    const commit = Promise.withResolvers<void>()
    const planning = Promise.withResolvers<void>()
    const firstDone = database.transact(async (tx) => {
      await plan.execute(first, tx)
      planning.resolve()
      await commit.promise
    })
    await planning.promise
    let ended = false
    const secondDone = database
      .transact((tx) => plan.execute(second, tx))
      .finally(() => {
        ended = true
      })
    await eventually(async () => ended || (await waitsForRow()))
    commit.resolve()
    await Promise.all([firstDone, secondDone])
    expect(await bracketOf(first)).toMatchObject({ state: 'planned' })
    expect((await bracketOf(second)).denial).toMatchObject({
      code: 'MAX_POSITIONS_REACHED',
      context: { positions: 1, maxPositions: 1 },
    })
  })

  it('lets plannings of accounts without such a limit pass each other', async () => {
    await limit({ maxLeverage: 20 })
    const plan = service.app.get(PlanSignal)
    const first = nextSignal()
    await database.transact(async (tx) => {
      await plan.execute(first, tx)
      expect(await planned(other)).toMatchObject({ state: 'planned' })
    })
    expect(await bracketOf(first)).toMatchObject({ state: 'planned' })
  })
})

/** Whether some transaction waits for a row that another one has locked. */
async function waitsForRow(): Promise<boolean> {
  const [row] = await database.query<{ number: number }>(
    `select count(*)::int as number from pg_stat_activity
     where datname = current_database() and wait_event_type = 'Lock' and query like '%for no key update%'`,
  )
  return row!.number > 0
}

describe('a limit on exposure', () => {
  it('counts what the account holds of every symbol, in money or as a share of its equity', async () => {
    await limit({ maxExposure: '19999' })
    expect(await planned()).toMatchObject({ quantity: '0.25', denial: null })
    expect((await planned(other)).denial).toMatchObject({
      code: 'MAX_EXPOSURE_EXCEEDED',
      context: { exposure: '10000', notional: '10000', allowed: '19999' },
    })
    await limit({ maxExposurePercent: '200' })
    expect(await planned(other)).toMatchObject({ quantity: '0.25', denial: null })
  })
})

describe('cooling-off', () => {
  it('refuses entries of the follow that has just lost, and only of that one', async () => {
    await limit({ coolingOffMinutes: 30 })
    const lost = await planned()
    await database.query(
      `update bracket set holds_slot = false, state = 'closed', realized_pnl = -12.5, closed_at = now() where bracket_id = $1`,
      [lost.id],
    )
    const refused = await planned()
    expect(refused.denial).toMatchObject({ code: 'COOLING_OFF', context: { lost: '12.5', coolingOffMinutes: 30 } })
    expect(await planned(other)).toMatchObject({ denial: null })
  })

  it('ends by itself, and a profit asks for none', async () => {
    await database.query(`update bracket set closed_at = now() - interval '31 minutes' where realized_pnl < 0`)
    const won = await planned()
    expect(won.denial).toBeNull()
    await database.query(
      `update bracket set holds_slot = false, state = 'closed', realized_pnl = 12.5, closed_at = now() where bracket_id = $1`,
      [won.id],
    )
    expect((await planned()).denial).toBeNull()
  })
})
