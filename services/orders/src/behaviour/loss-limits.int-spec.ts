import 'reflect-metadata'
import { RpcClient } from '@tradewire/bus/rpc-client'
import type { Caller } from '@tradewire/contracts/caller'
import type { DataOf } from '@tradewire/contracts/define-event'
import * as brokers from '@tradewire/contracts/events/brokers'
import { type riskReleased, type riskTripped } from '@tradewire/contracts/events/orders'
import { followChanged } from '@tradewire/contracts/events/signals'
import * as rpc from '@tradewire/contracts/rpc/kill-switches'
import * as orders from '@tradewire/contracts/rpc/orders'
import type { TradeSettings } from '@tradewire/contracts/trade-settings'
import { Database } from '@tradewire/database/database'
import { eventually } from '@tradewire/testkit/eventually'
import { exampleOf } from '@tradewire/testkit/example-of'
import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { beforeAll, describe, expect, it } from 'vitest'
import { ordersService } from '../service.ts'
import { planningLockSql } from '../store/planning-locks.store.ts'
import { accountIdOf, followIdOf, StandIn, userIdOf } from '../testing/stand-in.ts'

const backends = testBackends()
const followers = 3
/** One stops entries, one also closes, one has no limit. */
const [careful, fearful, brave] = [0, 1, 2]
const settingsOf: readonly TradeSettings[] = [
  { lossLimits: { dayPercent: '5' } },
  { lossLimits: { dayPercent: '5', action: 'flatten' }, tradingDay: { timeZone: 'Asia/Tokyo', from: '09:00' } },
  {},
]
const signalIdOf = (number: number) => `01963a5f-${String(number).padStart(4, '0')}-7000-8000-000000000001`
const caller = (number: number): Caller => ({ userId: userIdOf(number), roles: ['follower'] })

let service: TestService
let database: Database
let client: RpcClient
let venue: StandIn

async function start(): Promise<void> {
  service = await startTestService(ordersService, backends, {})
  database = service.app.get(Database)
  client = service.app.get(RpcClient)
}

beforeAll(async () => {
  await start()
  venue = new StandIn(database)
  await venue.found(followers)
  for (const table of ['follow', 'balance', 'account']) await eventually(() => count(table, followers))
  await eventually(() => count('instrument', 1))
  await database.transact(async (tx) => {
    settingsOf.forEach((settings, number) => tx.append(followChanged, venue.follow(number, { settings, revision: 2 })))
  })
  await eventually(() => count('follow where revision = 2', followers))
})

async function count(from: string, expected: number): Promise<boolean> {
  const [row] = await database.query<{ number: number }>(`select count(*)::int as number from ${from}`)
  return row?.number === expected
}

/** The same equity on every account. */
async function tellEquity(equity: string): Promise<void> {
  await database.transact(async (tx) => {
    const observedAt = new Date().toISOString()
    for (let number = 0; number < followers; number += 1) {
      const accountId = accountIdOf(number)
      tx.append(brokers.balanceUpdated, {
        accountId,
        currency: 'USDT',
        total: '10000',
        free: '9000',
        equity,
        observedAt,
      })
    }
  })
  await eventually(() => count(`balance where equity = ${equity}`, followers), {
    describe: `equity ${equity} is known`,
  })
}

async function outcomes(signal: number): Promise<(string | undefined)[]> {
  await venue.signal(signalIdOf(signal))
  const where = `bracket where signal_id = '${signalIdOf(signal)}'`
  await eventually(() => count(where, followers), { describe: `signal ${signal} is planned` })
  return Promise.all(
    Array.from({ length: followers }, async (_, number) => {
      const page = await client.ask(orders.listBrackets, {
        caller: caller(number),
        page: {},
        signalId: signalIdOf(signal),
      })
      return page.ok ? (page.value.items[0]?.denial?.code ?? 'planned') : page.error.code
    }),
  )
}

async function engagedOf(number: number) {
  const listed = await client.ask(rpc.listKillSwitches, { caller: caller(number), page: {}, engaged: true })
  if (!listed.ok) throw new Error(listed.error.code)
  return listed.value.items
}

describe('a loss limit', () => {
  it('that is reached refuses entries, and closes what the follow holds when it says so', async () => {
    await tellEquity('10000')
    expect(await outcomes(1)).toEqual(['planned', 'planned', 'planned'])
    await venue.tell(brokers.orderFilled, await venue.submits(signalIdOf(1)), {
      filledQuantity: '0.25',
      averagePrice: '40000',
    })
    await eventually(() => count(`bracket where state in ('open', 'protected')`, followers))
    await tellEquity('9501')
    expect(await venue.commands('risk.tripped')).toEqual([])
    await tellEquity('9500')
    const tripped = await venue.commands<DataOf<typeof riskTripped>>('risk.tripped')
    const demanded = Object.fromEntries(tripped.map(({ scopeId, cause, mode }) => [scopeId, `${cause} ${mode}`]))
    expect(demanded).toEqual({
      [followIdOf(careful)]: 'loss-limit exit-only',
      [followIdOf(fearful)]: 'loss-limit flatten',
    })
    expect(tripped[0]!.reason).toMatch(/^Lost 500 of 10000 USDT in the day since .*; the limit of the follow is 500\.$/)
    await eventually(() => count(`bracket where state = 'closing' and follow_id = '${followIdOf(fearful)}'`, 1))
    expect(await count(`bracket where state in ('open', 'protected')`, 2)).toBe(true)
    const closes = (await venue.submits(signalIdOf(1))).filter(({ purpose }) => purpose === 'close')
    expect(closes.map(({ accountId }) => accountId)).toEqual([accountIdOf(fearful)])
    expect(await outcomes(2)).toEqual(['LOSS_LIMIT_REACHED', 'LOSS_LIMIT_REACHED', 'POSITION_ALREADY_OPEN'])
  })

  it('ends with the day of its follow, and names that moment', async () => {
    const [mine] = await engagedOf(careful)
    const [theirs] = await engagedOf(fearful)
    expect(await engagedOf(brave)).toEqual([])
    expect(mine).toMatchObject({ cause: 'loss-limit', engagedBy: userIdOf(careful) })
    expect([mine!.endsAt!.slice(11, 16), theirs!.endsAt!.slice(11, 16)]).toEqual(['00:00', '00:00'])
    expect(Date.parse(mine!.endsAt!)).toBeGreaterThan(Date.now())
  })

  it('and from where losses count survive a restart, and the switch is engaged once', async () => {
    await service.stop()
    await start()
    venue = new StandIn(database)
    await tellEquity('9400')
    expect(await outcomes(3)).toEqual(['LOSS_LIMIT_REACHED', 'LOSS_LIMIT_REACHED', 'POSITION_ALREADY_OPEN'])
    expect(await count('kill_switch', 2)).toBe(true)
  })

  it('is released by the end of its period', async () => {
    await database.query('update kill_switch set ends_at = now() where scope_id = $1', [followIdOf(careful)])
    await eventually(async () => (await engagedOf(careful)).length === 0)
    const released = await venue.commands<DataOf<typeof riskReleased>>('risk.released')
    expect(released).toMatchObject([{ scopeId: followIdOf(careful), releasedBy: null }])
    expect(await outcomes(4)).toEqual(['POSITION_ALREADY_OPEN', 'LOSS_LIMIT_REACHED', 'POSITION_ALREADY_OPEN'])
  })

  it('that somebody releases counts anew from the equity of that moment', async () => {
    const [{ id: killSwitchId } = { id: '' }] = await engagedOf(fearful)
    const stranger = await client.ask(rpc.requestKillSwitchRelease, { caller: caller(brave), killSwitchId })
    expect(stranger).toMatchObject({ ok: false, error: { code: 'KILL_SWITCH_NOT_FOUND' } })
    const asked = await client.ask(rpc.requestKillSwitchRelease, { caller: caller(fearful), killSwitchId })
    if (!asked.ok) throw new Error(asked.error.code)
    const { confirmation } = asked.value
    await client.ask(rpc.confirmKillSwitchRelease, { caller: caller(fearful), killSwitchId, confirmation })
    await tellEquity('9300')
    // It waits for the end of the position that is being closed.
    expect((await outcomes(5))[fearful]).toBe('planned')
    await tellEquity('8931')
    expect(await engagedOf(fearful)).toEqual([])
    await tellEquity('8930')
    expect(await engagedOf(fearful)).toMatchObject([{ cause: 'loss-limit' }])
    expect((await outcomes(6))[fearful]).toBe('LOSS_LIMIT_REACHED')
  })

  it('that is reached while a signal is planned is engaged after it: what is planned later sees it', async () => {
    await database.query('update kill_switch set released_at = clock_timestamp()')
    await database.query('delete from loss_watch')
    await tellEquity('10000')
    const planned = Promise.withResolvers<void>()
    const planning = database.transact(async (tx) => {
      await tx.query(`select pg_advisory_xact_lock_shared(${planningLockSql})`)
      await planned.promise
    })
    const amounts = { currency: 'USDT', total: '10000', free: '9000', equity: '2000' }
    const told = { accountId: accountIdOf(careful), ...amounts, observedAt: new Date().toISOString() }
    await database.transact((tx) => Promise.resolve(tx.append(brokers.balanceUpdated, told)))
    await eventually(() => count(`pg_locks where locktype = 'advisory' and not granted`, 1), {
      describe: 'the switch waits for the planning',
    })
    expect(await engagedOf(careful)).toEqual([])
    planned.resolve()
    await planning
    const [engaged] = await eventually(async () => (await engagedOf(careful)).length > 0 && engagedOf(careful))
    expect(engaged).toMatchObject({ mode: 'exit-only', cause: 'loss-limit' })
  })

  it('is held against no spot account, where to buy a coin would look like a loss', async () => {
    const connectedAt = new Date(Date.now() + 1_000).toISOString()
    const account = {
      accountId: accountIdOf(brave),
      userId: userIdOf(brave),
      venue: 'binance-spot',
      connectedAt,
    } as const
    await database.transact(async (tx) => {
      tx.append(brokers.accountConnected, exampleOf(brokers.accountConnected, account))
      tx.append(followChanged, venue.follow(brave, { settings: settingsOf[careful]!, revision: 3 }))
    })
    await eventually(() => count(`account where venue = 'binance-spot'`, 1))
    await eventually(() => count('follow where revision = 3', 1))
    await tellEquity('8929')
    await tellEquity('1000')
    expect(await engagedOf(brave)).toEqual([])
    expect(await count(`loss_watch where follow_id = '${followIdOf(brave)}'`, 0)).toBe(true)
  })
})
