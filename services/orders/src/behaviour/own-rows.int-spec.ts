import 'reflect-metadata'
import { Database } from '@tradewire/database/database'
import { everythingFor, insertSample, tablesWithoutWall } from '@tradewire/testkit/second-wall'
import { startTestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { beforeAll, describe, expect, it } from 'vitest'
import { ordersService } from '../service.ts'

const backends = testBackends()
const id = (last: string) => `01963a5e-0000-7000-8000-${last.padStart(12, '0')}`
const [anna, berta, clara] = [id('a'), id('b'), id('c')]
/** Clara offers the strategy that Anna follows; nobody else's is followed by Berta. */
const [hers, other] = [id('100'), id('200')]
let database: Database

beforeAll(async () => {
  database = (await startTestService(ordersService, backends)).app.get(Database)
  const strategies = { [hers]: clara, [other]: id('d') }
  for (const [strategy_id, owner_id] of Object.entries(strategies)) {
    await insertSample(backends, ['orders', 'strategy'], { strategy_id, owner_id })
  }
  for (const [user_id, strategy_id, last] of [
    [anna, hers, '1'],
    [berta, other, '2'],
  ] as const) {
    const [bracket_id, follow_id, account_id, switchId] = [
      id(`e${last}`),
      id(`f${last}`),
      id(`c${last}`),
      id(`5${last}`),
    ]
    await insertSample(backends, ['orders', 'follow'], { follow_id, user_id, strategy_id, account_id })
    await insertSample(backends, ['orders', 'account'], { account_id, user_id })
    await insertSample(backends, ['orders', 'bracket'], { bracket_id, user_id, strategy_id, follow_id, account_id })
    await insertSample(backends, ['orders', 'explain'], { signal_id: bracket_id, bracket_ids: `{${bracket_id}}` })
    const engaged = { id: switchId, scope: 'follow', scope_id: follow_id, mode: 'exit-only' }
    await insertSample(backends, ['orders', 'kill_switch'], engaged)
  }
  await insertSample(backends, ['orders', 'kill_switch'], { id: id('5'), scope: 'platform', mode: 'halt' })
})

const read = (owner: string | null, table: string, column: string) => everythingFor(database, owner, [table, column])

describe('a statement for one user that has forgotten every filter', () => {
  it.each([
    ['follow', 'user_id'],
    ['account', 'user_id'],
    ['bracket', 'user_id'],
  ])('reads of %s what is theirs', async (table, column) => {
    expect(await read(anna, table, column)).toEqual([anna])
    expect(await read(berta, table, column)).toEqual([berta])
    expect(await read(null, table, column)).toEqual([anna, berta])
  })

  it('reads of the brackets of a strategy what its owner may see', async () => {
    expect(await read(clara, 'bracket', 'user_id')).toEqual([anna])
    expect(await read(clara, 'explain', 'signal_id')).toEqual([id('e1')])
    expect(await read(clara, 'strategy', 'strategy_id')).toEqual([hers])
    expect(await read(clara, 'follow', 'user_id')).toEqual([])
  })

  it('reads of explanations and kill switches what concerns them', async () => {
    expect(await read(anna, 'explain', 'signal_id')).toEqual([id('e1')])
    expect(await read(berta, 'explain', 'signal_id')).toEqual([id('e2')])
    expect(await read(berta, 'kill_switch', 'scope')).toEqual(['follow', 'platform'])
    expect(await read(clara, 'kill_switch', 'scope')).toEqual(['platform'])
  })

  it('reaches no table of planning, nor changes anything', async () => {
    for (const sql of ['select * from balance', 'select * from waiting_entry', 'delete from bracket']) {
      await expect(database.queryOwn(anna, sql), sql).rejects.toThrow(/permission denied/)
    }
  })

  it('meets the wall at every table that is open to it', async () => {
    expect(await tablesWithoutWall(backends, 'orders')).toEqual([])
  })
})
