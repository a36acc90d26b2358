import 'reflect-metadata'
import { Database } from '@tradewire/database/database'
import { everythingFor, insertSample, tablesWithoutWall } from '@tradewire/testkit/second-wall'
import { startTestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { beforeEach, describe, expect, it } from 'vitest'
import { webhooksService } from '../service.ts'

const backends = testBackends()
const users = ['01963a5e-0000-7000-8000-00000000000a', '01963a5e-0000-7000-8000-00000000000b'] as const
const [anna, berta] = users
let database: Database

beforeEach(async () => {
  database ??= (await startTestService(webhooksService, backends)).app.get(Database)
  await backends.query('delete from webhooks.endpoint')
  for (const user of users) {
    // Ids as their owners'.
    await insertSample(backends, ['webhooks', 'endpoint'], { id: user, user_id: user, active: 'false' })
    await insertSample(backends, ['webhooks', 'delivery'], { id: user, endpoint_id: user, state: 'delivered' })
    await insertSample(backends, ['webhooks', 'attempt'], { delivery_id: user })
  }
})

const kinds = [
  ['endpoint', 'user_id'],
  ['delivery', 'endpoint_id'],
  ['attempt', 'delivery_id'],
] as const

describe('a statement for one user that has forgotten every filter', () => {
  it.each(kinds)('reads of %s what is theirs', async (...kind) => {
    for (const user of users) expect(await everythingFor(database, user, kind)).toEqual([user])
    expect(await everythingFor(database, null, kind)).toEqual(users)
  })

  it('changes and removes what is theirs, with all that hangs on it', async () => {
    await database.transactOwn(anna, (tx) => tx.query(`update endpoint set url = 'http://changed'`))
    const urls = await database.query<{ url: string }>('select url from endpoint order by user_id')
    expect(urls.map(({ url }) => url)).toEqual(['http://changed', 'x'])
    await database.transactOwn(anna, (tx) => tx.query('delete from endpoint'))
    for (const kind of kinds) expect(await everythingFor(database, null, kind)).toEqual([berta])
  })

  it('queues nothing to the endpoint of somebody else, and reads no setting of the platform', async () => {
    const queue = `insert into delivery (endpoint_id, event_id, event, body) values ('${berta}', uuidv7(), 'x', '{}')`
    await expect(database.transactOwn(anna, (tx) => tx.query(queue))).rejects.toThrow(/row-level security/)
    await expect(database.queryOwn(anna, 'select * from notification_settings')).rejects.toThrow(/permission denied/)
    expect(await tablesWithoutWall(backends, 'webhooks')).toEqual([])
  })
})
