import 'reflect-metadata'
import { RpcClient } from '@tradewire/bus/rpc-client'
import type { Caller } from '@tradewire/contracts/caller'
import * as rpc from '@tradewire/contracts/rpc/orders'
import { Database } from '@tradewire/database/database'
import { SystemClock } from '@tradewire/kernel/clock'
import { eventually } from '@tradewire/testkit/eventually'
import { startTestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { beforeAll, describe, expect, it } from 'vitest'
import { ordersService } from '../service.ts'
import { followIdOf, ownerId, StandIn, userIdOf } from '../testing/stand-in.ts'

const backends = testBackends()
const followers = 40
const chunkRows = 10
/** Long enough to be planned on a busy machine. */
const lifeMs = 5_000
const signalIdOf = (number: number) => `01963a5f-${String(number).padStart(4, '0')}-7000-8000-000000000001`
const owner: Caller = { userId: ownerId, roles: ['provider'] }
const follower: Caller = { userId: userIdOf(0), roles: ['follower'] }
const stranger: Caller = { userId: '01963a5e-0000-7000-8000-0000000000cc', roles: ['follower'] }
const clock = new SystemClock()

let database: Database
let client: RpcClient
let venue: StandIn

beforeAll(async () => {
  const settings = { ORDERS_CHUNK_ROWS: String(chunkRows) }
  const service = await startTestService(ordersService, backends, { settings })
  database = service.app.get(Database)
  client = service.app.get(RpcClient)
  venue = new StandIn(database)
  await venue.found(followers)
  await venue.counted('instrument', 1)
  for (const table of ['follow', 'balance', 'account']) await venue.counted(table, followers)
})

async function refusedSignals(caller: Caller) {
  const listed = await client.ask(rpc.listRefusedSignals, { caller, page: {} })
  if (!listed.ok) throw new Error(listed.error.code)
  return listed.value.items
}

const expired = () => ({ expiresAt: new Date(clock.now().getTime() - 1_000).toISOString() })

describe('a signal that comes too late', () => {
  it('for everyone is refused once: one row, told to no follower apart, seen by whom it concerns', async () => {
    await venue.signal(signalIdOf(1), expired())
    await venue.counted(`signal_plan where signal_id = '${signalIdOf(1)}'`, 1)
    expect(await venue.numberOf('bracket')).toBe(0)
    expect(await venue.numberOf('explain')).toBe(0)
    expect(await venue.commands('order.planned')).toEqual([])
    for (const caller of [owner, follower]) {
      expect(await refusedSignals(caller)).toMatchObject([{ id: signalIdOf(1), denial: { code: 'STALE_SIGNAL' } }])
    }
    expect(await refusedSignals(stranger)).toEqual([])
  })

  it('for chosen followers is refused to each of them, and is nobody else’s news', async () => {
    const followIds = [followIdOf(3), followIdOf(5)]
    await venue.signal(signalIdOf(2), { ...expired(), source: 'OPERATOR', followIds })
    await venue.counted(
      `bracket where signal_id = '${signalIdOf(2)}' and denial_code = 'STALE_SIGNAL'`,
      followIds.length,
    )
    expect((await refusedSignals(stranger)).map(({ id }) => id)).not.toContain(signalIdOf(2))
  })

  it('for some, because it grew too old while others were planned, is refused to each of those', async () => {
    const expiresAt = new Date(clock.now().getTime() + lifeMs)
    await database.transact(async (tx) => {
      // Plans can be worked out, but the first of them waits here until it is stored.
      await tx.query('lock table bracket in share mode')
      await venue.signal(signalIdOf(3), { expiresAt: expiresAt.toISOString() })
      await venue.counted(`pg_locks where relation = 'bracket'::regclass and not granted`, 1)
      await eventually(() => clock.now() > expiresAt, { describe: 'the signal is too old', withinMs: 2 * lifeMs })
    })
    await venue.counted(`bracket where signal_id = '${signalIdOf(3)}'`, followers)
    const late = await venue.numberOf(`bracket where signal_id = '${signalIdOf(3)}' and denial_code = 'STALE_SIGNAL'`)
    // One chunk waited to be stored, and the next was worked out meanwhile.
    expect(late).toBe(followers - 2 * chunkRows)
    expect(await venue.submits(signalIdOf(3))).toHaveLength(2 * chunkRows)
  })
})
