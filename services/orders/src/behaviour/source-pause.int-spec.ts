import 'reflect-metadata'
import { RpcClient } from '@tradewire/bus/rpc-client'
import type { Caller } from '@tradewire/contracts/caller'
import type { DataOf } from '@tradewire/contracts/define-event'
import type { riskTripped } from '@tradewire/contracts/events/orders'
import type { signalAccepted } from '@tradewire/contracts/events/signals'
import * as rpc from '@tradewire/contracts/rpc/kill-switches'
import * as orders from '@tradewire/contracts/rpc/orders'
import { Database } from '@tradewire/database/database'
import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { beforeAll, describe, expect, it } from 'vitest'
import { ordersService } from '../service.ts'
import { ownerId, StandIn, strategyId, userIdOf } from '../testing/stand-in.ts'

const backends = testBackends()
const alertsPerMinute = 5
const owner: Caller = { userId: ownerId, roles: ['provider'] }
const follower: Caller = { userId: userIdOf(0), roles: ['follower'] }
const stranger: Caller = { userId: '01963a5e-0000-7000-8000-0000000000cc', roles: ['follower'] }
const signalIdOf = (number: number) => `01963a5f-${String(number).padStart(4, '0')}-7000-8000-000000000001`

let service: TestService
let database: Database
let client: RpcClient
let venue: StandIn
let signals = 0

async function start(): Promise<void> {
  service = await startTestService(ordersService, backends, {
    settings: { ORDERS_ALERTS_PER_MINUTE_MIN: String(alertsPerMinute) },
  })
  database = service.app.get(Database)
  client = service.app.get(RpcClient)
  venue = new StandIn(database)
}

beforeAll(async () => {
  await start()
  await venue.found(1)
  for (const table of ['follow', 'balance', 'account', 'instrument']) await venue.counted(table, 1)
})

/** What becomes of a signal; the position of the one follower ends at once, so that the next one is taken. */
async function outcome(changes: Partial<DataOf<typeof signalAccepted>> = {}): Promise<string> {
  signals += 1
  const signalId = signalIdOf(signals)
  await venue.signal(signalId, changes)
  await venue.counted(`signal_plan where signal_id = '${signalId}'`, 1)
  await database.query('update bracket set holds_slot = false')
  const listed = await client.ask(orders.listBrackets, { caller: follower, page: {}, signalId })
  if (!listed.ok) throw new Error(listed.error.code)
  const [bracket] = listed.value.items
  if (bracket !== undefined) return bracket.denial?.code ?? 'planned'
  const [refused] = await refusedSignals(follower, signalId)
  return refused?.denial.code ?? 'unknown'
}

async function refusedSignals(caller: Caller, signalId?: string) {
  const listed = await client.ask(orders.listRefusedSignals, { caller, page: {}, ...(signalId && { signalId }) })
  if (!listed.ok) throw new Error(listed.error.code)
  return listed.value.items
}

async function engaged() {
  const listed = await client.ask(rpc.listKillSwitches, { caller: owner, page: {}, engaged: true })
  if (!listed.ok) throw new Error(listed.error.code)
  return listed.value.items
}

async function release(caller: Caller): Promise<string> {
  const [{ id: killSwitchId } = { id: '' }] = await engaged()
  const asked = await client.ask(rpc.requestKillSwitchRelease, { caller, killSwitchId })
  if (!asked.ok) return asked.error.code
  const { confirmation } = asked.value
  const confirmed = await client.ask(rpc.confirmKillSwitchRelease, { caller, killSwitchId, confirmation })
  return confirmed.ok ? 'released' : confirmed.error.code
}

describe('a source', () => {
  it('that sends more alerts than usual is paused before the first one too many is planned, with an event', async () => {
    for (let alert = 1; alert <= alertsPerMinute; alert += 1) expect(await outcome()).toBe('planned')
    expect(await venue.commands('risk.tripped')).toEqual([])
    expect(await outcome()).toBe('SOURCE_PAUSED')
    const tripped = await venue.commands<DataOf<typeof riskTripped>>('risk.tripped')
    expect(tripped).toMatchObject([{ scope: 'source', scopeId: strategyId, cause: 'rate-anomaly', mode: 'exit-only' }])
    expect(tripped[0]!.reason).toMatch(/^6 signals in a minute; 5 are the most/)
  })

  it('stays paused after a restart, is paused once, and lets signals pass that its owner sends by hand', async () => {
    await service.stop()
    await start()
    expect(await outcome()).toBe('SOURCE_PAUSED')
    expect(await outcome({ source: 'OPERATOR' })).toBe('planned')
    expect(await engaged()).toHaveLength(1)
  })

  it('is released in two steps by its owner, no follower, and its minute counts anew', async () => {
    expect(await release(follower)).toBe('KILL_SWITCH_NOT_FOUND')
    expect(await outcome()).toBe('SOURCE_PAUSED')
    expect(await release(owner)).toBe('released')
    for (let alert = 1; alert <= alertsPerMinute; alert += 1) expect(await outcome()).toBe('planned')
    expect(await outcome()).toBe('SOURCE_PAUSED')
    expect(await release(owner)).toBe('released')
  })

  it('can be paused by its owner as well', async () => {
    const command = {
      scope: 'source',
      scopeId: strategyId,
      mode: 'exit-only',
      reason: 'The secret has leaked.',
    } as const
    const refused = await client.ask(rpc.engageKillSwitch, { caller: follower, ...command })
    expect(refused).toMatchObject({ ok: false, error: { code: 'KILL_SWITCH_NOT_ALLOWED' } })
    expect(await client.ask(rpc.engageKillSwitch, { caller: owner, ...command })).toMatchObject({ ok: true })
    expect(await outcome()).toBe('SOURCE_PAUSED')
    expect(await release(owner)).toBe('released')
    expect(await outcome()).toBe('planned')
  })

  it('that is paused has its signals refused as a whole: a row each, told to no follower apart, seen by whom it concerns', async () => {
    const command = { scope: 'source', scopeId: strategyId, mode: 'exit-only', reason: 'It storms.' } as const
    await client.ask(rpc.engageKillSwitch, { caller: owner, ...command })
    const told = (await venue.commands('order.planned')).length
    const brackets = await database.query('select from bracket')
    const storm = Array.from({ length: 20 }, (_, index) => venue.signalData(signalIdOf(1_000 + index)))
    await venue.signals(storm)
    await venue.counted(`signal_plan where denial is not null and signal_id >= '${signalIdOf(1_000)}'`, storm.length)
    expect(await venue.commands('order.planned')).toHaveLength(told)
    expect(await database.query('select from bracket')).toHaveLength(brackets.length)
    expect(await database.query(`select from explain where signal_id >= '${signalIdOf(1_000)}'`)).toEqual([])
    for (const caller of [owner, follower]) {
      const [newest] = await refusedSignals(caller)
      expect(newest).toMatchObject({ id: signalIdOf(1_019), strategyId, symbol: 'BTC/USDT', side: 'buy' })
      expect(newest!.denial).toMatchObject({
        code: 'SOURCE_PAUSED',
        context: { cause: 'command', reason: 'It storms.' },
      })
    }
    expect(await refusedSignals(stranger)).toEqual([])
    expect(await release(owner)).toBe('released')
  })
})
