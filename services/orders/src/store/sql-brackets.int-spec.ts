import 'reflect-metadata'
import { Database } from '@tradewire/database/database'
import { type SignalId, uuidOfHash } from '@tradewire/kernel/ids'
import { eventually } from '@tradewire/testkit/eventually'
import { startTestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { beforeAll, describe, expect, it } from 'vitest'
import { Brackets } from '../ports/brackets.port.ts'
import { ordersService } from '../service.ts'
import { StandIn } from '../testing/stand-in.ts'

const backends = testBackends()
const planned = '01963a5f-0001-7000-8000-000000000001'
/** More than are kept in memory. */
const signals = Array.from({ length: 2_500 }, (_, index) => uuidOfHash(`signal ${index}`) as SignalId)
const half = signals.length / 2

let database: Database
let brackets: Brackets

beforeAll(async () => {
  const service = await startTestService(ordersService, backends)
  database = service.app.get(Database)
  brackets = service.app.get(Brackets)
  const venue = new StandIn(database)
  await venue.found(1)
  for (const table of ['follow', 'balance', 'account', 'instrument']) await venue.counted(table, 1)
  await venue.signal(planned)
  await eventually(async () => (await venue.submits(planned)).length === 1)
  await database.query(
    `insert into signal_plan (signal_id, strategy_id, signal, plans, received_at, planned_at)
     select u.id, strategy_id, signal || jsonb_build_object('signalId', u.id), plans, received_at, planned_at
     from signal_plan cross join unnest($1::uuid[]) as u (id) where signal_id = $2`,
    [signals, planned],
  )
})

const found = async (ids: readonly SignalId[]) => (await database.transact((tx) => brackets.plansOf(tx, ids))).size

describe('the plans of signals', () => {
  it('are all found where one call asks for more than are kept in memory', async () => {
    expect(await found(signals)).toBe(signals.length)
  })

  it('are found where those that the same call reads push out what was kept for longest', async () => {
    await found(signals.slice(0, half))
    expect(await found(signals)).toBe(signals.length)
  })

  it('are found where another call pushes out what was kept while this one reads', async () => {
    await found(signals.slice(0, half))
    const asked = [signals.slice(0, half + 1), signals.slice(half), signals.slice(1)]
    expect(await Promise.all(asked.map(found))).toEqual(asked.map(({ length }) => length))
  })
})
