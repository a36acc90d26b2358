import 'reflect-metadata'
import { RpcClient } from '@tradewire/bus/rpc-client'
import type { Caller } from '@tradewire/contracts/caller'
import * as brokers from '@tradewire/contracts/events/brokers'
import { followChanged } from '@tradewire/contracts/events/signals'
import * as switches from '@tradewire/contracts/rpc/kill-switches'
import * as rpc from '@tradewire/contracts/rpc/orders'
import { Database } from '@tradewire/database/database'
import { eventually } from '@tradewire/testkit/eventually'
import { startTestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ordersService } from '../../service.ts'
import {
  accountIdOf,
  type Cancel,
  followIdOf,
  ownerId,
  StandIn,
  strategyId,
  type Submit,
  userIdOf,
} from '../../testing/stand-in.ts'
import { AdvanceBrackets } from '../advance-brackets/advance-brackets.use-case.ts'

const backends = testBackends()
const ways = rpc.waysToLeave.options
const [kept, byPosition, bySymbol, now] = ways.map((_, number) => number) as [number, number, number, number]
const stays = ways.length
const followers = ways.length + 1
const provider: Caller = { userId: ownerId, roles: ['provider'] }
const operator: Caller = { userId: '01963a5e-0000-7000-8000-00000000000a', roles: ['operator'] }
const filled = { filledQuantity: '0.25', averagePrice: '40000', fee: '0', feeCurrency: 'USDT' }
const short = {
  side: 'sell' as const,
  stop: { price: '40400', type: 'market' as const },
  targets: ['39600', '39200'],
}

let database: Database
let client: RpcClient
let advanceBrackets: AdvanceBrackets
let venue: StandIn
let revision = 1
let latest = 0

const nextSignal = () => `01963a5f-${String((latest += 1)).padStart(4, '0')}-7000-8000-000000000001`

beforeAll(async () => {
  const service = await startTestService(ordersService, backends, {})
  database = service.app.get(Database)
  client = service.app.get(RpcClient)
  advanceBrackets = service.app.get(AdvanceBrackets)
  venue = new StandIn(database)
  await venue.found(followers)
  await venue.heardOf(followers)
})

/** Each story begins without positions, and everyone follows. */
beforeEach(async () => {
  await database.query(`truncate bracket, waiting_entry, explain, signal_plan`)
  await follow(true, [...ways.keys()])
})

/** As `signals` tells it. */
async function follow(active: boolean, numbers: readonly number[]): Promise<void> {
  revision += 1
  await database.transact(async (tx) => {
    tx.append(
      followChanged,
      numbers.map((number) => venue.follow(number, { active, revision })),
    )
  })
  await venue.counted(`follow where active = ${active} and revision = ${revision}`, numbers.length)
}

async function tellEquity(equity: string): Promise<void> {
  const observedAt = new Date().toISOString()
  const told = { currency: 'USDT', total: '10000', free: '9000', equity, observedAt }
  await database.transact(async (tx) => {
    tx.append(
      brokers.balanceUpdated,
      [...Array(followers).keys()].map((number) => ({ accountId: accountIdOf(number), ...told })),
    )
  })
  await venue.counted(`balance where equity = ${equity}`, followers)
}

async function orders(signal: string, purpose: string, number: number): Promise<Submit[]> {
  return eventually(
    async () => {
      const found = (await venue.submits(signal)).filter((submit) => submit.purpose === purpose)
      return found.length === number && found
    },
    { describe: `${number} orders to ${purpose}` },
  )
}

/** Whose positions have been sent away by market. */
async function closedOf(signal: string, number: number): Promise<number[]> {
  const accounts = (await orders(signal, 'close', number)).map(({ accountId }) => accountId)
  return [...Array(followers).keys()].filter((follower) => accounts.includes(accountIdOf(follower)))
}

/** A long position under its stop and targets for every follower; answers its signal. */
async function goLong(): Promise<string> {
  const signal = nextSignal()
  await venue.signal(signal)
  await venue.tell(brokers.orderFilled, await orders(signal, 'entry', followers), filled)
  await venue.tell(brokers.orderAccepted, await orders(signal, 'stop', followers))
  await venue.tell(brokers.orderAccepted, await orders(signal, 'target', 2 * followers))
  await venue.counted(`bracket where state = 'protected'`, followers)
  return signal
}

/** Each in their own way; answers how many positions are closing by that. */
async function leave(): Promise<number[]> {
  await follow(false, [...ways.keys()])
  const closing: number[] = []
  for (const [number, positions] of ways.entries()) {
    const caller: Caller = { userId: userIdOf(number), roles: ['follower'] }
    const left = await client.ask(rpc.leaveFollow, { caller, followId: followIdOf(number), positions, revision })
    if (!left.ok) throw new Error(left.error.code)
    closing.push(left.value.closing)
  }
  return closing
}

async function stateOf(number: number): Promise<string | undefined> {
  const sql = `select state from bracket where account_id = $1 order by created_at limit 1`
  return (await database.query<{ state: string }>(sql, [accountIdOf(number)]))[0]?.state
}

async function bracketIdOf(number: number): Promise<string> {
  const sql = `select bracket_id from bracket where account_id = $1 order by created_at limit 1`
  return (await database.query<{ bracket_id: string }>(sql, [accountIdOf(number)]))[0]!.bracket_id
}

describe('leaving a strategy while a position of it is held', () => {
  it('closes it at once where that was asked for, and leaves every other one under its stop and targets', async () => {
    const long = await goLong()
    expect(await leave()).toEqual([0, 0, 0, 1])
    expect(await closedOf(long, 1)).toEqual([now])
    for (const number of [kept, byPosition, bySymbol]) expect(await stateOf(number)).toBe('protected')
  })

  it('lets it end with the strategy, by position and by symbol, but not where it is kept: there a kill switch alone does', async () => {
    const long = await goLong()
    await leave()
    const closed = await client.ask(rpc.closeStrategy, { caller: provider, strategyId })
    expect(closed).toEqual({ ok: true, value: { closing: 3 } })
    expect(await closedOf(long, 4)).toEqual([byPosition, bySymbol, now, stays])
    expect(await stateOf(kept)).toBe('protected')
    const cancels = await venue.commands<Cancel>('order.cancel')
    expect(cancels.filter(({ accountId }) => accountId === accountIdOf(kept))).toEqual([])
    const target = { scope: 'strategy' as const, scopeId: strategyId, mode: 'flatten' as const }
    const engaged = await client.ask(switches.engageKillSwitch, { caller: operator, ...target, reason: 'a drill' })
    if (!engaged.ok) throw new Error(engaged.error.code)
    await orders(long, 'close', followers)
    const killSwitchId = engaged.value.killSwitch.id
    const asked = await client.ask(switches.requestKillSwitchRelease, { caller: operator, killSwitchId })
    if (!asked.ok) throw new Error(asked.error.code)
    const { confirmation } = asked.value
    await client.ask(switches.confirmKillSwitchRelease, { caller: operator, killSwitchId, confirmation })
  })

  it('ends it when the strategy turns, without an entry; what is kept stays, also when its follower comes back', async () => {
    const long = await goLong()
    await leave()
    const again = nextSignal()
    await venue.signal(again)
    await venue.counted(`bracket where signal_id = '${again}'`, 1)
    expect(await closedOf(long, 1)).toEqual([now])
    const turn = nextSignal()
    await venue.signal(turn, short)
    expect(await closedOf(long, 4)).toEqual([byPosition, bySymbol, now, stays])
    await venue.counted(`bracket where close_cause = 'reversal'`, 3)
    await venue.counted(`bracket where signal_id = '${turn}'`, 1)
    await follow(true, [kept])
    const next = nextSignal()
    await venue.signal(next, short)
    const refused = `denial_code = 'POSITION_ALREADY_OPEN' and account_id = '${accountIdOf(kept)}'`
    await venue.counted(`bracket where signal_id = '${next}' and ${refused}`, 1)
    expect(await stateOf(kept)).toBe('protected')
  })

  it('withdraws an entry of which nothing is filled yet, in every way', async () => {
    const signal = nextSignal()
    await venue.signal(signal)
    await orders(signal, 'entry', followers)
    expect(await leave()).toEqual([1, 1, 1, 1])
    const cancels = (await venue.commands<Cancel>('order.cancel')).map(({ accountId }) => accountId)
    for (const number of ways.keys()) expect(cancels).toContain(accountIdOf(number))
  })

  it('lets no entry follow, however late the news of the pause comes', async () => {
    for (const [number, positions] of ways.entries()) {
      const caller: Caller = { userId: userIdOf(number), roles: ['follower'] }
      const asked = { caller, followId: followIdOf(number), positions, revision: revision + 2 }
      expect(await client.ask(rpc.leaveFollow, asked)).toEqual({ ok: true, value: { closing: 0 } })
    }
    // Of a change that was made just before the pause, and is heard of only now.
    revision += 1
    await database.transact(async (tx) => {
      tx.append(
        followChanged,
        [...ways.keys()].map((number) => venue.follow(number, { active: true, revision })),
      )
    })
    const signal = nextSignal()
    await venue.signal(signal)
    const entered = await orders(signal, 'entry', 1)
    expect(entered.map(({ accountId }) => accountId)).toEqual([accountIdOf(stays)])
  })

  it('keeps it also where it was looked up to be closed with the strategy just before', async () => {
    await goLong()
    await leave()
    const bracketId = await bracketIdOf(kept)
    const close = async (sparesKept: boolean) => {
      const news = new Map([[bracketId, { news: [{ kind: 'close' as const, sparesKept }], trace: null }]])
      const moved = await database.transact((tx) => advanceBrackets.execute(tx, news))
      return moved.map(({ state }) => state)
    }
    expect(await close(true)).toEqual([])
    expect(await close(false)).toEqual(['closing'])
  })

  it('leaves the loss limits of its follow in force: one that flattens closes also what is kept', async () => {
    revision += 1
    const settings = { lossLimits: { dayPercent: '5', action: 'flatten' as const } }
    await database.transact(async (tx) => {
      tx.append(followChanged, venue.follow(kept, { settings, revision }))
    })
    await venue.counted('follow where settings is not null', 1)
    const long = await goLong()
    await tellEquity('9990')
    const caller: Caller = { userId: userIdOf(kept), roles: ['follower'] }
    await client.ask(rpc.leaveFollow, { caller, followId: followIdOf(kept), positions: 'keep', revision })
    revision += 1
    await database.transact(async (tx) => {
      tx.append(followChanged, venue.follow(kept, { active: false, settings, revision }))
    })
    await venue.counted('follow where not active', 1)
    await tellEquity('9400')
    expect(await closedOf(long, 1)).toEqual([kept])
  })

  it('is for its owner alone', async () => {
    const caller: Caller = { userId: userIdOf(now), roles: ['follower'] }
    const asked = { caller, followId: followIdOf(kept), positions: 'close_now' as const, revision: revision + 1 }
    expect(await client.ask(rpc.leaveFollow, asked)).toMatchObject({ ok: false, error: { code: 'FOLLOW_NOT_FOUND' } })
  })
})
