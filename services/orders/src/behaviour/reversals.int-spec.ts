import 'reflect-metadata'
import { RpcClient } from '@tradewire/bus/rpc-client'
import type { Caller } from '@tradewire/contracts/caller'
import * as brokers from '@tradewire/contracts/events/brokers'
import type { orderPlanned } from '@tradewire/contracts/events/orders'
import { followChanged, strategyChanged } from '@tradewire/contracts/events/signals'
import type { DataOf } from '@tradewire/contracts/define-event'
import * as switches from '@tradewire/contracts/rpc/kill-switches'
import { explainBracket } from '@tradewire/contracts/rpc/explanation'
import * as rpc from '@tradewire/contracts/rpc/orders'
import { Database } from '@tradewire/database/database'
import { uuidOfHash } from '@tradewire/kernel/ids'
import { eventually } from '@tradewire/testkit/eventually'
import { startTestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { accountIdOf, followIdOf, ownerId, StandIn, strategyId, type Submit, userIdOf } from '../testing/stand-in.ts'
import { ordersService } from '../service.ts'
import { PlanWaiting } from '../use-cases/plan-waiting/plan-waiting.use-case.ts'

const backends = testBackends()
const followers = 3
const operator: Caller = { userId: '01963a5e-0000-7000-8000-00000000000a', roles: ['operator'] }
const other = '01963a5e-0000-7000-8000-0000000000cc'
const shortPrices = { stop: { price: '40400', type: 'market' as const }, targets: ['39600', '39200'] }
const filled = (averagePrice: string) => ({ filledQuantity: '0.25', averagePrice, fee: '0', feeCurrency: 'USDT' })

let database: Database
let client: RpcClient
let venue: StandIn
let planWaiting: PlanWaiting
let latest = 0
let signalId = ''

const nextSignal = (): string => {
  latest += 1
  signalId = `01963a5f-${String(latest).padStart(4, '0')}-7000-8000-000000000001`
  return signalId
}

beforeAll(async () => {
  const service = await startTestService(ordersService, backends, {})
  database = service.app.get(Database)
  client = service.app.get(RpcClient)
  planWaiting = service.app.get(PlanWaiting)
  venue = new StandIn(database)
  await venue.found(followers)
  for (const table of ['follow', 'balance', 'account']) await eventually(() => count(table, followers))
  await eventually(() => count('instrument', 1))
})

/** Each story begins without positions and with 10,000 USDT told just now. */
beforeEach(async () => {
  await database.query(`truncate bracket, waiting_entry, explain, signal_plan`)
  const observedAt = new Date().toISOString()
  await database.transact(async (tx) =>
    tx.append(
      brokers.balanceUpdated,
      [0, 1, 2].map((number) => ({
        accountId: accountIdOf(number),
        currency: 'USDT',
        total: '10000',
        free: '10000',
        equity: '10000',
        observedAt,
      })),
    ),
  )
  await eventually(() => count(`balance where observed_at = '${observedAt}'`, followers))
})

async function count(from: string, expected: number): Promise<boolean> {
  const [row] = await database.query<{ number: number }>(`select count(*)::int as number from ${from}`)
  return row?.number === expected
}

const inState = (state: string, number: number, signal = signalId) =>
  eventually(() => count(`bracket where state = '${state}' and signal_id = '${signal}'`, number), {
    describe: `${number} brackets of ${signal} are ${state}`,
  })

async function legs(signal: string, purpose: string, number = followers): Promise<Submit[]> {
  return eventually(
    async () => {
      const found = (await venue.submits(signal)).filter((submit) => submit.purpose === purpose)
      return found.length === number && found
    },
    { describe: `${number} orders to ${purpose}` },
  )
}

/** A long position under its stop and targets for every follower; answers its signal. */
async function goLong(): Promise<string> {
  const signal = nextSignal()
  await venue.signal(signal)
  await venue.tell(brokers.orderFilled, await legs(signal, 'entry'), filled('40000'))
  await venue.tell(brokers.orderAccepted, await legs(signal, 'stop'))
  await venue.tell(brokers.orderAccepted, await legs(signal, 'target', 2 * followers))
  await inState('protected', followers)
  return signal
}

async function sell(changes: Parameters<StandIn['signal']>[1] = {}): Promise<string> {
  const signal = nextSignal()
  await venue.signal(signal, { side: 'sell', ...shortPrices, ...changes })
  return signal
}

async function sweep(signal: string): Promise<void> {
  const rest = (await venue.submits(signal)).filter(({ purpose }) => purpose === 'stop' || purpose === 'target')
  await venue.tell(brokers.orderCancelled, rest)
}

async function denialsOf(signal: string) {
  const list = await client.ask(rpc.listBrackets, { caller: operator, page: {}, signalId: signal, state: 'denied' })
  return list.ok ? list.value.items.map(({ denial }) => denial) : []
}

describe('a signal of the other side', () => {
  it('closes the position and enters when nothing of it can execute any more, with what is left of the balance', async () => {
    const long = await goLong()
    const short = await sell()
    await inState('waiting', followers)
    const closes = await legs(long, 'close')
    expect(closes[0]).toMatchObject({ side: 'sell', type: 'market', quantity: '0.25', reduceOnly: true })
    // The answer to the close is lost: nobody knows whether it stands.
    await venue.tell(brokers.orderUnknown, closes, { final: false })
    await eventually(async () => (await venue.stateOf(closes[0]!.intentId)) === 'unknown')
    await planWaiting.execute()
    await inState('waiting', followers)
    await venue.tell(brokers.orderFilled, closes, filled('39600'))
    await inState('closed', followers, long)
    // Its stop and targets may still execute: they would eat the new position.
    await planWaiting.execute()
    expect(await venue.submits(short)).toEqual([])
    await sweep(long)
    const entries = await legs(short, 'entry')
    await inState('planned', followers)
    // 1 % of 9,900 at a distance of 400: the loss of the long is taken off, told by the venue or not.
    expect(entries[0]).toMatchObject({ side: 'sell', quantity: '0.247', reduceOnly: false })
    await Promise.all([planWaiting.execute(), planWaiting.execute(), planWaiting.execute()])
    expect(await legs(short, 'entry')).toHaveLength(followers)
    expect(await count('waiting_entry', 0)).toBe(true)
    const told = await venue.commands<DataOf<typeof orderPlanned>>('order.planned', short)
    expect(told.map(({ outcome }) => outcome)).toEqual(['approved', 'approved', 'approved'])
  })

  it('is explained: what it waited for, since when, and the sizing of when its turn came', async () => {
    const long = await goLong()
    const short = await sell()
    await inState('waiting', followers)
    const [before] = await stories(short)
    const what = expect.stringMatching(/^waits until .* is proven gone, which it closes$/)
    expect(before?.timeline.map((moment) => moment.what)).toEqual(['signal received', what])
    expect(before?.checks.find(({ code }) => code === 'BELOW_MINIMUM')?.outcome).toBe('not-reached')
    await venue.tell(brokers.orderFilled, await legs(long, 'close'), filled('40000'))
    await sweep(long)
    await inState('planned', followers)
    const [after] = await stories(short)
    expect(after?.timeline.slice(0, 3).map((moment) => moment.what)).toEqual(['signal received', what, 'planned'])
    expect(after?.sizing?.quantity).toBe('0.25')
  })

  it('is denied when its time is over before the exit is proven, and the exit goes on', async () => {
    const long = await goLong()
    const short = await sell({ expiresAt: new Date(Date.now() + 1_000).toISOString() })
    const closes = await legs(long, 'close')
    await inState('denied', followers, short)
    const [{ bracket_id: bracketId } = { bracket_id: '' }] = await database.query<{ bracket_id: string }>(
      `select bracket_id from bracket where signal_id = $1 order by account_id limit 1`,
      [long],
    )
    const denials = await denialsOf(short)
    expect(denials.map((denial) => denial?.code)).toEqual(['WAITED_TOO_LONG', 'WAITED_TOO_LONG', 'WAITED_TOO_LONG'])
    expect(denials.map((denial) => denial?.context)).toContainEqual(expect.objectContaining({ bracketId }))
    await venue.tell(brokers.orderFilled, closes, filled('40000'))
    await sweep(long)
    await eventually(() => count('bracket where holds_slot', 0))
    expect(await venue.submits(short)).toEqual([])
  })

  it('meets the kill switch when its turn comes', async () => {
    const long = await goLong()
    const short = await sell()
    const closes = await legs(long, 'close')
    const engaged = await client.ask(switches.engageKillSwitch, {
      caller: operator,
      scope: 'strategy',
      scopeId: strategyId,
      mode: 'exit-only',
      reason: 'a drill',
    })
    if (!engaged.ok) throw new Error(engaged.error.code)
    await venue.tell(brokers.orderFilled, closes, filled('40000'))
    await sweep(long)
    await inState('denied', followers, short)
    expect((await denialsOf(short))[0]?.code).toBe('KILL_SWITCH')
    const killSwitchId = engaged.value.killSwitch.id
    const asked = await client.ask(switches.requestKillSwitchRelease, { caller: operator, killSwitchId })
    if (!asked.ok) throw new Error(asked.error.code)
    const { confirmation } = asked.value
    await client.ask(switches.confirmKillSwitchRelease, { caller: operator, killSwitchId, confirmation })
  })

  it('gives way to a newer one, and to a close', async () => {
    const long = await goLong()
    const short = await sell()
    await inState('waiting', followers)
    const again = nextSignal()
    await venue.signal(again)
    await inState('denied', followers, short)
    expect((await denialsOf(short))[0]).toMatchObject({ code: 'ENTRY_SUPERSEDED', context: { signalId: again } })
    await inState('waiting', followers, again)
    const closed = await client.ask(rpc.closeStrategy, { caller: operator, strategyId })
    expect(closed).toEqual({ ok: true, value: { closing: 0 } })
    await inState('denied', followers, again)
    expect((await denialsOf(again))[0]?.code).toBe('ENTRY_WITHDRAWN')
    await venue.tell(brokers.orderFilled, await legs(long, 'close'), filled('40000'))
    await sweep(long)
    await eventually(() => count('bracket where holds_slot', 0))
    expect([...(await venue.submits(short)), ...(await venue.submits(again))]).toEqual([])
    const told = await venue.commands<DataOf<typeof orderPlanned>>('order.planned', again)
    expect(told.map(({ denial }) => denial?.code)).toEqual(Array.from({ length: followers }, () => 'ENTRY_WITHDRAWN'))
  })

  it('is refused where a setting lets the position stay, or the follow is paused meanwhile', async () => {
    await database.transact(async (tx) => {
      tx.append(followChanged, venue.follow(1, { settings: { onOpenPosition: 'refuse' }, revision: 2 }))
    })
    await eventually(() => count('follow where settings is not null', 1))
    const long = await goLong()
    const short = await sell()
    await inState('waiting', followers - 1)
    expect((await denialsOf(short)).map((denial) => denial?.code)).toEqual(['POSITION_ALREADY_OPEN'])
    await database.transact(async (tx) => {
      tx.append(followChanged, venue.follow(2, { active: false, revision: 2 }))
    })
    await eventually(() => count('follow where not active', 1))
    await venue.tell(brokers.orderFilled, await legs(long, 'close', followers - 1), filled('40000'))
    await sweep(long)
    await inState('planned', 1)
    const codes = (await denialsOf(short)).map((denial) => denial?.code)
    expect(new Set(codes)).toEqual(new Set(['FOLLOW_INACTIVE', 'POSITION_ALREADY_OPEN']))
    expect(codes).toHaveLength(2)
    await database.transact(async (tx) => {
      for (const number of [1, 2]) tx.append(followChanged, venue.follow(number, { revision: 3 }))
    })
    await eventually(() => count('follow where active and settings is null', followers))
  })
})

describe('signals that arrive together', () => {
  it('of one strategy leave the last word to the last, and the position closed on the way', async () => {
    const long = await goLong()
    const [first, last] = [nextSignal(), nextSignal()]
    await venue.signals([
      venue.signalData(first, { side: 'sell', ...shortPrices }),
      venue.signalData(last, { price: '40100' }),
    ])
    await inState('denied', followers, first)
    await inState('waiting', followers, last)
    await venue.tell(brokers.orderFilled, await legs(long, 'close'), filled('40000'))
    await sweep(long)
    expect((await legs(last, 'entry'))[0]).toMatchObject({ side: 'buy' })
    expect(await venue.submits(first)).toEqual([])
  })

  it('of two strategies on one account and symbol run one after the other: close first, then both enter', async () => {
    await followOther()
    const long = await goLong()
    const [first, last] = [nextSignal(), nextSignal()]
    await venue.signals([
      venue.signalData(first, { side: 'sell', ...shortPrices }),
      venue.signalData(last, { strategyId: other, side: 'sell', ...shortPrices }),
    ])
    await inState('waiting', followers, first)
    await inState('waiting', followers, last)
    const closes = await legs(long, 'close')
    expect([...(await venue.submits(first)), ...(await venue.submits(last))]).toEqual([])
    await venue.tell(brokers.orderFilled, closes, filled('40000'))
    await sweep(long)
    await legs(last, 'entry')
    const order = (await venue.commands<Submit>('order.submit')).map((submit) => submit.signalId)
    expect(order.indexOf(first)).toBeLessThan(order.indexOf(last))
    expect(order.lastIndexOf(long)).toBeLessThan(order.indexOf(first))
  })

  it('leave an older one that is delivered late without effect', async () => {
    const [older, newer] = [nextSignal(), nextSignal()]
    const receivedAt = new Date(Date.now() - 1_000).toISOString()
    await venue.signal(newer, { side: 'sell', ...shortPrices })
    await inState('planned', followers, newer)
    await venue.signal(older, { receivedAt })
    await inState('denied', followers, older)
    expect((await denialsOf(older))[0]).toMatchObject({ code: 'SIGNAL_OVERTAKEN', context: { signalId: newer } })
    expect(await count(`waiting_entry`, 0)).toBe(true)
  })
})

/** A second strategy on the same accounts. */
async function followOther(): Promise<void> {
  await database.transact(async (tx) => {
    tx.append(strategyChanged, { ...strategyChanged.example, strategyId: other, ownerId })
    tx.append(
      followChanged,
      [0, 1, 2].map((number) => venue.follow(number, { strategyId: other, followId: uuidOfHash(`other ${number}`) })),
    )
  })
  await eventually(() => count(`follow where strategy_id = '${other}'`, followers))
}

describe('the opposite position of another follow of the same account', () => {
  it('refuses an entry while it stays, and lets it wait while it ends', async () => {
    await followOther()
    const long = await goLong()
    const refused = await sell({ strategyId: other })
    await inState('denied', followers, refused)
    expect((await denialsOf(refused))[0]?.code).toBe('OPPOSITE_POSITION_OPEN')
    await client.ask(rpc.closeStrategy, { caller: operator, strategyId })
    const short = await sell({ strategyId: other })
    await inState('waiting', followers, short)
    await venue.tell(brokers.orderFilled, await legs(long, 'close'), filled('40000'))
    await sweep(long)
    await legs(short, 'entry')
  })
})

async function stories(signal: string) {
  const caller: Caller = { userId: userIdOf(0), roles: ['follower'] }
  const list = await client.ask(rpc.listBrackets, { caller, page: {}, signalId: signal, followId: followIdOf(0) })
  if (!list.ok) throw new Error(list.error.code)
  return Promise.all(
    list.value.items.map(async ({ id }) => {
      const story = await client.ask(explainBracket, { caller, bracketId: id })
      if (!story.ok) throw new Error(story.error.code)
      return story.value
    }),
  )
}
