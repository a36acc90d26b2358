import 'reflect-metadata'
import { followChanged } from '@tradewire/contracts/events/signals'
import { Database } from '@tradewire/database/database'
import { RetryableError } from '@tradewire/database/retryable-error'
import { eventually } from '@tradewire/testkit/eventually'
import { startTestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { beforeAll, expect, it } from 'vitest'
import { ordersService } from '../../service.ts'
import { accountIdOf, StandIn } from '../../testing/stand-in.ts'
import { WatchLosses } from './watch-losses.use-case.ts'

const backends = testBackends()
let database: Database
let venue: StandIn
let watchLosses: WatchLosses

beforeAll(async () => {
  const service = await startTestService(ordersService, backends)
  database = service.app.get(Database)
  watchLosses = service.app.get(WatchLosses)
  venue = new StandIn(database)
  await venue.found(1)
  await venue.heardOf(1)
  const settings = { lossLimits: { dayPercent: '5' } }
  await database.transact(async (tx) => tx.append(followChanged, venue.follow(0, { settings, revision: 2 })))
  await venue.counted('follow where revision = 2', 1)
})

const told = (equity: string, laterMs: number) => ({
  accountId: accountIdOf(0),
  currency: 'USDT',
  total: '10000',
  free: '9000',
  equity,
  observedAt: new Date(Date.now() + laterMs).toISOString(),
})

async function somebodyWaits(): Promise<boolean> {
  const waiting = "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
  return (await database.query(waiting)).length > 0
}

it('A loss that is told beside other news of its account is not passed over: it is looked at again', async () => {
  const watched = Promise.withResolvers<void>()
  const commit = Promise.withResolvers<void>()
  const first = database.transact(async (tx) => {
    await watchLosses.execute([told('9990', 1)], tx)
    watched.resolve()
    await commit.promise
  })
  await watched.promise
  const loss = [told('100', 2)]
  const second = database.transact((tx) => watchLosses.execute(loss, tx)).catch((error: unknown) => error)
  await eventually(somebodyWaits)
  commit.resolve()
  await first
  expect(await second).toBeInstanceOf(RetryableError)
  await database.transact((tx) => watchLosses.execute(loss, tx))
  await venue.counted("kill_switch where cause = 'loss-limit'", 1)
})
