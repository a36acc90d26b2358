import 'reflect-metadata'
import { orderSubmit } from '@tradewire/contracts/events/orders'
import { Database } from '@tradewire/database/database'
import { partitionCount } from '@tradewire/kernel/partition'
import { startTestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { beforeAll, expect, it } from 'vitest'
import { ordersService } from '../service.ts'
import { StandIn } from '../testing/stand-in.ts'

const backends = testBackends()
const followers = 200
/** The first chunk has 64, whatever the setting; the others that many. */
const chunkRows = 68
const chunks = 3
const signalId = '01963a5f-0001-7000-8000-000000000001'
let database: Database
let venue: StandIn

beforeAll(async () => {
  const service = await startTestService(ordersService, backends, {
    settings: { ORDERS_CHUNK_ROWS: String(chunkRows) },
  })
  database = service.app.get(Database)
  venue = new StandIn(database)
  await venue.found(followers)
  await venue.heardOf(followers)
})

it('followers are planned by partition, so that the commands of a signal fill few messages', async () => {
  await venue.signal(signalId)
  await venue.counted(`bracket where state = 'planned'`, followers)
  expect(await venue.submits(signalId)).toHaveLength(followers)
  // Only a partition that a chunk ends in takes a message more.
  expect(await venue.numberOf(`outbox where subject like '${orderSubmit.name}.%'`)).toBeLessThan(
    partitionCount + chunks,
  )
})
