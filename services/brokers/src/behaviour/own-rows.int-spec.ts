import 'reflect-metadata'
import { Database } from '@tradewire/database/database'
import { everythingFor, insertSample, tablesWithoutWall } from '@tradewire/testkit/second-wall'
import { startTestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { beforeAll, describe, expect, it } from 'vitest'
import { brokersService } from '../service.ts'

const backends = testBackends()
const users = ['01963a5e-0000-7000-8000-00000000000a', '01963a5e-0000-7000-8000-00000000000b'] as const
const accountOf = (user: string) => user.replace('7000-8000', '7000-9000')
let database: Database

beforeAll(async () => {
  const settings = { BROKERS_MASTER_KEY: `v1:${Buffer.alloc(32, 7).toString('base64')}` }
  database = (await startTestService(brokersService, backends, { settings })).app.get(Database)
  for (const user of users) {
    const account = { id: accountOf(user), user_id: user, environment: 'paper', status: 'AUTHORIZED' }
    await insertSample(backends, ['brokers', 'account'], { ...account, removed_at: '2026-01-02T00:00:00Z' })
    await insertSample(backends, ['brokers', 'drift'], { id: user, account_id: accountOf(user) })
  }
})

describe('a statement for one user that has forgotten every filter', () => {
  it('reads their accounts and the drift of them', async () => {
    for (const user of users) {
      expect(await everythingFor(database, user, ['account', 'user_id'])).toEqual([user])
      expect(await everythingFor(database, user, ['drift', 'account_id'])).toEqual([accountOf(user)])
    }
    expect(await everythingFor(database, null, ['drift', 'account_id'])).toEqual(users.map(accountOf))
  })

  it('reaches no credential and no order, nor changes anything', async () => {
    const refused = ['select * from account_secret', 'select * from attempt', `update account set label = 'mine'`]
    for (const sql of refused) await expect(database.queryOwn(users[0], sql), sql).rejects.toThrow(/permission denied/)
    expect(await tablesWithoutWall(backends, 'brokers')).toEqual([])
  })
})
