import 'reflect-metadata'
import { Database } from '@tradewire/database/database'
import { SystemClock } from '@tradewire/kernel/clock'
import { UuidV7Source } from '@tradewire/kernel/ids'
import { eventually } from '@tradewire/testkit/eventually'
import { insertSample } from '@tradewire/testkit/second-wall'
import { migrateForTest } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { webhooksService } from '../service.ts'
import type { Attempted, Claimed } from '../ports/deliveries.port.ts'
import { SqlDeliveries } from './sql-deliveries.store.ts'

const backends = testBackends()
const ids = new UuidV7Source()
let database: Database
let deliveries: SqlDeliveries

beforeAll(async () => {
  const url = (await migrateForTest(webhooksService, backends)) as string
  const clock = new SystemClock()
  const options = { url, schema: 'webhooks', poolMax: 4, applicationName: 'webhooks', clock, ids }
  database = await Database.connect({ ...options, unsafeDurability: true })
  backends.onStop(() => database.close())
  deliveries = new SqlDeliveries(database)
})

beforeEach(async () => void (await backends.query('delete from webhooks.endpoint')))

/** With so many deliveries, all due for so long. */
async function endpointWith(count: number, dueForSeconds: number): Promise<string> {
  const id = ids.next()
  await insertSample(backends, ['webhooks', 'endpoint'], { id, active: 'true' })
  await backends.query(
    `insert into webhooks.delivery (endpoint_id, event_id, event, body, next_attempt_at)
     select $1, uuidv7(), 'trade.opened', '{}', now() - $3 * interval '1 second' from generate_series(1, $2::int)`,
    [id, count, dueForSeconds],
  )
  return id
}

const limits = { rows: 100, perEndpoint: 3, perFailing: 1, underWay: new Map<string, number>() }

describe('a claim', () => {
  it('takes what has been due for longest, of each endpoint as many as it has room for', async () => {
    const young = await endpointWith(5, 10)
    const old = await endpointWith(5, 1_000)
    const middle = await endpointWith(5, 100)
    const claimed = await deliveries.claim({ ...limits, rows: 5, underWay: new Map([[old, 1]]) })
    const counts = Map.groupBy(claimed, ({ endpointId }) => endpointId)
    expect([old, middle, young].map((id) => counts.get(id)?.length)).toEqual([2, 3, undefined])
  })
})

describe('the outcomes of two processes', () => {
  it('are both written although they came in another order', async () => {
    // Among so many that PostgreSQL looks each of them up, in the order in which they are named.
    await backends.query(
      `insert into webhooks.endpoint (id, user_id, url, events, every_user, active, secret, created_at, updated_at)
       select uuidv7(), uuidv7(), '', '{}', false, false, '', now(), now() from generate_series(1, 5000)`,
    )
    await backends.query('analyze webhooks.endpoint')
    const [first, second, third] = [await endpointWith(2, 1), await endpointWith(2, 1), await endpointWith(2, 1)]
    const claimed = await deliveries.claim(limits)
    const record = (endpointIds: readonly string[], nth: number) => {
      const mine = endpointIds.map((id) => claimed.filter(({ endpointId }) => endpointId === id)[nth] as Claimed)
      return database.transact((tx) => deliveries.record(tx, mine.map(failed)))
    }
    const both = await database.transact(async (tx) => {
      // Held until both wait for it: each then has what the other wants next, unless they take them in one order.
      await tx.query('select from endpoint where id = $1 for update', [third])
      const outcomes = [record([first, third, second], 0), record([second, third, first], 1)]
      await eventually(async () => (await waitingForLocks()) === 2, { describe: 'both wait' })
      return { settled: Promise.allSettled(outcomes) }
    })
    expect((await both.settled).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled'])
  })
})

function failed(delivery: Claimed): Attempted {
  return {
    delivery,
    number: 1,
    startedAt: new Date(0),
    durationMs: 1,
    status: 500,
    error: null,
    responseExcerpt: null,
    state: 'pending',
    waitMs: 1_000,
    gone: false,
  }
}

async function waitingForLocks(): Promise<number> {
  const waiting = await backends.query(
    `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  )
  return waiting.length
}
