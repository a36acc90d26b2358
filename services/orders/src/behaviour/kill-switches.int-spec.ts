import 'reflect-metadata'
import { RpcClient } from '@tradewire/bus/rpc-client'
import type { Caller } from '@tradewire/contracts/caller'
import * as brokers from '@tradewire/contracts/events/brokers'
import * as rpc from '@tradewire/contracts/rpc/kill-switches'
import * as orders from '@tradewire/contracts/rpc/orders'
import { Database } from '@tradewire/database/database'
import { eventually } from '@tradewire/testkit/eventually'
import { startTestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { beforeAll, describe, expect, it } from 'vitest'
import { ordersService } from '../service.ts'
import { accountIdOf, followIdOf, ownerId, StandIn, strategyId, userIdOf } from '../testing/stand-in.ts'

const backends = testBackends()
const followers = 30
const operator: Caller = { userId: '01963a5e-0000-7000-8000-00000000000a', roles: ['operator'] }
const provider: Caller = { userId: ownerId, roles: ['provider'] }
const follower: Caller = { userId: userIdOf(7), roles: ['follower'] }
const signalIdOf = (number: number) => `01963a5f-${String(number).padStart(4, '0')}-7000-8000-000000000001`
const why = { mode: 'exit-only', reason: 'a drill' } as const

let database: Database
let client: RpcClient
let venue: StandIn

beforeAll(async () => {
  const service = await startTestService(ordersService, backends, {})
  database = service.app.get(Database)
  client = service.app.get(RpcClient)
  venue = new StandIn(database)
  await venue.found(followers)
  for (const table of ['follow', 'balance', 'account']) await eventually(() => count(table, followers))
  await eventually(() => count('instrument', 1))
})

async function count(from: string, expected: number): Promise<boolean> {
  const [row] = await database.query<{ number: number }>(`select count(*)::int as number from ${from}`)
  return row?.number === expected
}

const inState = (state: string, number: number, signal: number) =>
  eventually(() => count(`bracket where state = '${state}' and signal_id = '${signalIdOf(signal)}'`, number), {
    describe: `${number} brackets of signal ${signal} are ${state}`,
  })

async function engage(caller: Caller, request: object): Promise<{ id: string; closing: number }> {
  const engaged = await client.ask(rpc.engageKillSwitch, { caller, ...why, ...request } as never)
  if (!engaged.ok) throw new Error(engaged.error.code)
  return { id: engaged.value.killSwitch.id, closing: engaged.value.closing }
}

async function release(caller: Caller, killSwitchId: string): Promise<void> {
  const asked = await client.ask(rpc.requestKillSwitchRelease, { caller, killSwitchId })
  if (!asked.ok) throw new Error(asked.error.code)
  const { confirmation } = asked.value
  const released = await client.ask(rpc.confirmKillSwitchRelease, { caller, killSwitchId, confirmation })
  if (!released.ok) throw new Error(released.error.code)
  expect(released.value).toMatchObject({ releasedAt: expect.any(String), releasedBy: caller.userId })
}

describe('a kill switch', () => {
  it('is engaged for what is one’s own, and the platform’s by operators', async () => {
    const tries: readonly (readonly [Caller, object])[] = [
      [follower, { scope: 'platform' }],
      [follower, { scope: 'strategy', scopeId: strategyId }],
      [follower, { scope: 'follow', scopeId: followIdOf(8) }],
      [provider, { scope: 'account', scopeId: accountIdOf(8) }],
    ]
    for (const [caller, request] of tries) {
      const answer = await client.ask(rpc.engageKillSwitch, { caller, ...why, ...request } as never)
      expect(answer).toMatchObject({ ok: false, error: { code: 'KILL_SWITCH_NOT_ALLOWED' } })
    }
    const incomplete = await client.ask(rpc.engageKillSwitch, { caller: operator, scope: 'follow', ...why })
    expect(incomplete).toMatchObject({ ok: false, error: { code: 'KILL_SWITCH_SCOPE_INCOMPLETE' } })
  })

  it('refuses entries of its scope and of nobody else', async () => {
    const follow = await engage(follower, { scope: 'follow', scopeId: followIdOf(7) })
    const account = await engage(
      { userId: userIdOf(9), roles: ['follower'] },
      { scope: 'account', scopeId: accountIdOf(9) },
    )
    await venue.signal(signalIdOf(1))
    await inState('planned', followers - 2, 1)
    const denied = await client.ask(orders.listBrackets, {
      caller: operator,
      page: {},
      followId: followIdOf(7),
      state: 'denied',
    })
    expect(denied).toMatchObject({
      ok: true,
      value: { items: [{ denial: { code: 'KILL_SWITCH', context: { scope: 'follow', reason: 'a drill' } } }] },
    })
    await release(follower, follow.id)
    await release({ userId: userIdOf(9), roles: ['follower'] }, account.id)
  })

  it('that halts ends resting entries and leaves positions, one that flattens closes them', async () => {
    const entries = (await venue.submits(signalIdOf(1))).filter(({ purpose }) => purpose === 'entry')
    const [first, ...rest] = entries
    await venue.tell(brokers.orderFilled, rest, {
      filledQuantity: '0.25',
      averagePrice: '40000',
      fee: '5',
      feeCurrency: 'USDT',
    })
    await inState('open', followers - 3, 1)
    await venue.tell(brokers.orderAccepted, [first!])
    await inState('entering', 1, 1)
    const halt = await engage(provider, { scope: 'strategy', scopeId: strategyId, mode: 'halt' })
    expect(halt.closing).toBe(1)
    expect(await venue.commands('order.cancel')).toHaveLength(1)
    await venue.tell(brokers.orderCancelled, [first!])
    await inState('failed', 1, 1)
    const flatten = await engage(operator, { scope: 'platform', mode: 'flatten' })
    expect(flatten.closing).toBe(followers - 3)
    const closes = (await venue.submits(signalIdOf(1))).filter(({ purpose }) => purpose === 'close')
    expect(closes).toHaveLength(followers - 3)
    expect(await venue.commands('risk.tripped')).toHaveLength(4)
    await release(provider, halt.id)
  })

  it('is released in two steps, and an operator’s by operators only', async () => {
    const listed = await client.ask(rpc.listKillSwitches, { caller: provider, page: {}, engaged: true })
    if (!listed.ok) throw new Error(listed.error.code)
    expect(listed.value.items).toMatchObject([
      { scope: 'platform', mode: 'flatten', releasedAt: null, releasedBy: null },
    ])
    const killSwitchId = listed.value.items[0]!.id
    const guess = { killSwitchId, confirmation: 'a guess' }
    expect(await client.ask(rpc.requestKillSwitchRelease, { caller: provider, killSwitchId })).toMatchObject({
      ok: false,
      error: { code: 'KILL_SWITCH_NOT_FOUND' },
    })
    expect(await client.ask(rpc.confirmKillSwitchRelease, { caller: operator, ...guess })).toMatchObject({
      ok: false,
      error: { code: 'KILL_SWITCH_RELEASE_NOT_REQUESTED' },
    })
    await client.ask(rpc.requestKillSwitchRelease, { caller: operator, killSwitchId })
    expect(await client.ask(rpc.confirmKillSwitchRelease, { caller: operator, ...guess })).toMatchObject({
      ok: false,
      error: { code: 'KILL_SWITCH_CONFIRMATION_WRONG' },
    })
    await venue.signal(signalIdOf(2))
    await inState('denied', followers, 2)
    await release(operator, killSwitchId)
    expect(await client.ask(rpc.requestKillSwitchRelease, { caller: operator, killSwitchId })).toMatchObject({
      ok: false,
      error: { code: 'KILL_SWITCH_ALREADY_RELEASED' },
    })
    await venue.signal(signalIdOf(3))
    // Those whose close was not answered still hold their slots; the others trade again.
    await inState('planned', 3, 3)
  })
})

describe('a switch whose process ended before it had asked for all closes', () => {
  it('is finished by the next turn of the timer', async () => {
    await database.query(
      `insert into kill_switch (id, scope, mode, cause, reason, engaged_by, by_operator, engaged_at)
       values (uuidv7(), 'platform', 'flatten', 'command', 'left behind', uuidv7(), true, now())`,
    )
    await eventually(() => count('kill_switch where applied_at is null', 0))
    const cancels = await venue.commands<{ bracketId: string }>('order.cancel')
    expect(cancels.length).toBeGreaterThan(1)
  })
})
