import 'reflect-metadata'
import { Database } from '@tradewire/database/database'
import { everythingFor, insertSample, tablesWithoutWall } from '@tradewire/testkit/second-wall'
import { testBackends } from '@tradewire/testkit/test-backends'
import { beforeAll, describe, expect, it } from 'vitest'
import { startIdentity } from '#testing/start-identity'

const backends = testBackends()
const users = ['01963a5e-0000-7000-8000-00000000000a', '01963a5e-0000-7000-8000-00000000000b'] as const
const kinds = ['session', 'api_key', 'passkey'] as const
let database: Database

beforeAll(async () => {
  database = (await startIdentity(backends)).app.get(Database)
  for (const user of users) {
    await insertSample(backends, ['identity', 'session'], { id: user, user_id: user })
    await insertSample(backends, ['identity', 'api_key'], { id: user, user_id: user, hash: user })
    await insertSample(backends, ['identity', 'passkey'], { id: user, user_id: user, credential_id: user })
  }
})

describe('a statement for one user that has forgotten every filter', () => {
  it.each(kinds)('reads of %s what is theirs', async (table) => {
    for (const user of users) expect(await everythingFor(database, user, [table, 'user_id'])).toEqual([user])
    expect(await everythingFor(database, null, [table, 'user_id'])).toEqual(users)
  })

  it('changes nothing of it, and reaches neither users, second factors nor the audit log', async () => {
    for (const statement of [
      'delete from session',
      'select * from app_user',
      'select * from second_factor',
      'select * from refresh_token',
      'select * from audit_entry',
    ]) {
      await expect(database.queryOwn(users[0], statement), statement).rejects.toThrow(/permission denied/)
    }
    expect(await tablesWithoutWall(backends, 'identity')).toEqual([])
  })
})
