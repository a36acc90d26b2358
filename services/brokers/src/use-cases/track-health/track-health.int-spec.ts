import { readMessage } from '@tradewire/contracts/event-message'
import { Database } from '@tradewire/database/database'
import { UuidV7Source } from '@tradewire/kernel/ids'
import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { brokersService } from '../../service.ts'
import { TrackHealth } from './track-health.use-case.ts'

const backends = testBackends()
const ids = new UuidV7Source()
let service: TestService
let health: TrackHealth
let accountId: string

beforeAll(async () => {
  service = await startTestService(brokersService, backends, {
    settings: { BROKERS_MASTER_KEY: `v1:${Buffer.alloc(32, 7).toString('base64')}` },
  })
  health = service.app.get(TrackHealth)
})

beforeEach(async () => {
  accountId = ids.next()
  await service.app.get(Database).query(
    `insert into account (id, user_id, venue, environment, label, status, partition)
     values ($1, $2, 'paper', 'paper', 'Test', 'AUTHORIZED', 0)`,
    [accountId, ids.next()],
  )
})

async function told(): Promise<string[]> {
  const rows = await backends.query<{ body: string }>('select body from brokers.outbox order by id')
  const events = rows.flatMap(
    ({ body }) => readMessage(body).events as readonly { name: string; data: { accountId: string } }[],
  )
  return events.filter(({ data }) => data.accountId === accountId).map(({ name }) => name)
}

describe('the health of an account', () => {
  it('is told once per outage, however often it is noticed', async () => {
    for (let count = 0; count < 3; count += 1) await health.authFailed(accountId, 'Invalid API-key.')
    expect(await told()).toEqual(['account.disconnected'])
    await health.reachable(accountId)
    await health.reachable(accountId)
    expect(await told()).toEqual(['account.disconnected', 'account.connected'])
    await health.authFailed(accountId, 'Invalid API-key.')
    expect(await told()).toEqual(['account.disconnected', 'account.connected', 'account.disconnected'])
  })

  it('is not told when nothing changed', async () => {
    await health.reachable(accountId, 'AUTHORIZED')
    expect(await told()).toEqual([])
  })
})
