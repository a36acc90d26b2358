import 'reflect-metadata'
import { Database } from '@tradewire/database/database'
import { UuidV7Source } from '@tradewire/kernel/ids'
import { eventually } from '@tradewire/testkit/eventually'
import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { beforeAll, describe, expect, it } from 'vitest'
import { brokersService } from '../service.ts'
import { type IsHeld, Leases, type OwnedPartition } from '../ports/leases.port.ts'
import { LeaseStore } from './lease.store.ts'

/** The service itself renews every fifth of it: not within this spec. */
const leaseMs = 60_000
const backends = testBackends()
const ids = new UuidV7Source()

let service: TestService
let database: Database
let leases: LeaseStore
let owner: string
let owned: readonly OwnedPartition[]

beforeAll(async () => {
  const settings = {
    BROKERS_MASTER_KEY: `v1:${Buffer.alloc(32, 7).toString('base64')}`,
    BROKERS_LEASE_MS: String(leaseMs),
  }
  service = await startTestService(brokersService, backends, { settings })
  database = service.app.get(Database)
  leases = service.app.get(Leases)
  const held = await backends.query<OwnedPartition & { readonly owner: string }>(
    'select partition, generation, owner from brokers.partition_lease order by partition',
  )
  owner = held[0]!.owner
  owned = held
})

const expire = (partition: number) =>
  backends.query(`update brokers.partition_lease set expires_at = '-infinity' where partition = $1`, [partition])

describe('the fence of the leases', () => {
  it('lets a renewal pass while it is held, and passes a renewal that is not committed', async () => {
    await database.transact(async (tx) => {
      expect(owned.every(await leases.fence(tx, owned))).toBe(true)
      expect((await leases.heartbeat(owner, leaseMs)).owned).toHaveLength(owned.length)
      expect(owned.every(await leases.fence(tx, owned))).toBe(true)
    })
    await database
      .transact(async (renewal) => {
        await renewal.query('update partition_lease set expires_at = clock_timestamp() where owner = $1', [owner])
        const isHeld = await database.transact((tx) => leases.fence(tx, owned), { urgent: true })
        expect(owned.every(isHeld)).toBe(true)
        throw new Undone()
      })
      .catch((error: unknown) => expect(error).toBeInstanceOf(Undone))
  })

  it('keeps a partition whose lease has run out from others until its commit, and its generation from writing after', async () => {
    const [first] = owned
    const { partition } = first!
    await expire(partition)
    const other = ids.next()
    await database.transact(async (tx) => {
      expect((await leases.fence(tx, [first!]))(first!)).toBe(true)
      expect(await leases.take(other, [partition], leaseMs)).toEqual([])
    })
    const [taken] = await leases.take(other, [partition], leaseMs)
    expect(taken).toEqual({ partition, generation: String(BigInt(first!.generation) + 1n) })
    // Also when both come in one commit, which then writes what belongs to the later one.
    for (const wanted of [[first!], [taken!], [first!, taken!], [taken!, first!]]) {
      const isHeld = await database.transact((tx) => leases.fence(tx, wanted))
      expect(wanted.filter(isHeld)).toEqual(wanted.filter((one) => one === taken))
    }
  })

  it('waits for a take-over that is not committed, and does not hold after it', async () => {
    const last = owned.at(-1)!
    let fenced: Promise<IsHeld> | undefined
    await database.transact(async (takeover) => {
      await takeover.query(
        `update partition_lease set owner = $2, generation = generation + 1
         where partition in (select partition from partition_lease where partition = $1 for update skip locked)`,
        [last.partition, ids.next()],
      )
      fenced = database.transact((tx) => leases.fence(tx, [last]))
      const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
      await eventually(async () => (await backends.query(waiting)).length > 0, { describe: 'the fence waits' })
    })
    expect((await fenced!)(last)).toBe(false)
  })
})

class Undone extends Error {
  override readonly name = 'Undone'
}
