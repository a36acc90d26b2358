import 'reflect-metadata'
import { Database } from '@tradewire/database/database'
import { SystemClock } from '@tradewire/kernel/clock'
import { UuidV7Source } from '@tradewire/kernel/ids'
import { insertSample } from '@tradewire/testkit/second-wall'
import { migrateForTest } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { webhooksService } from '../service.ts'
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
