import 'reflect-metadata'
import { RpcClient } from '@tradewire/bus/rpc-client'
import * as brokers from '@tradewire/contracts/events/brokers'
import * as rpc from '@tradewire/contracts/rpc/orders'
import { Database } from '@tradewire/database/database'
import { eventually } from '@tradewire/testkit/eventually'
import { memoryLogger } from '@tradewire/testkit/memory-logger'
import { startTestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { beforeAll, describe, expect, it } from 'vitest'
import { ordersService } from '../service.ts'
import { accountIdOf, type Cancel, ownerId, StandIn, strategyId } from '../testing/stand-in.ts'

const backends = testBackends()
const followers = 5
const signalId = '01963a5f-0001-7000-8000-000000000001'
const withoutPlan = '01963a5f-0002-7000-8000-000000000001'
const stuck = accountIdOf(0)
const { logger, lines } = memoryLogger('orders', 'error')

let database: Database
let client: RpcClient
let venue: StandIn

beforeAll(async () => {
  const service = await startTestService(ordersService, backends, { logger })
  database = service.app.get(Database)
  client = service.app.get(RpcClient)
  venue = new StandIn(database)
  await venue.found(followers)
  await venue.heardOf(followers)
  await venue.signal(signalId, { entryType: 'limit' })
  await venue.counted(`bracket where state = 'planned'`, followers)
  await venue.tell(brokers.orderAccepted, await venue.submits(signalId))
  await venue.counted(`bracket where state = 'entering'`, followers)
  await database.query('update bracket set signal_id = $1 where account_id = $2', [withoutPlan, stuck])
})

const switchOf = (accountId: string) =>
  database.query(
    `insert into kill_switch (id, scope, scope_id, mode, cause, reason, engaged_by, by_operator, engaged_at)
     values (uuidv7(), 'account', $1, 'flatten', 'command', 'left behind', uuidv7(), true, now())`,
    [accountId],
  )
const cancelled = async () =>
  (await venue.commands<Cancel>('order.cancel')).map(({ accountId }) => accountId).toSorted()
const accounts = (...numbers: readonly number[]) => numbers.map(accountIdOf).toSorted()

describe('a bracket that cannot be moved on', () => {
  it('holds up none of those that are woken with it, and is looked at again later', async () => {
    await database.query(`update bracket set wake_at = now() - interval '1 minute'`)
    await venue.counted(`bracket where wake_at > now() + interval '5 minutes'`, followers - 1)
    await venue.counted('bracket where wake_at > now()', followers)
    const [row] = await database.query<{ id: string }>('select bracket_id as id from bracket where account_id = $1', [
      stuck,
    ])
    expect(lines().filter((line) => JSON.stringify(line).includes(row!.id))).toHaveLength(1)
  })

  it('holds up no other kill switch than its own', async () => {
    await switchOf(stuck)
    await switchOf(accountIdOf(1))
    await venue.counted(`kill_switch where applied_at is not null`, 1)
    expect(await cancelled()).toEqual(accounts(1))
  })

  it('holds up none of those that are closed with it; who asked is told', async () => {
    const caller = { userId: ownerId, roles: ['provider' as const] }
    const answer = await client.ask(rpc.closeStrategy, { caller, strategyId })
    expect(answer).toMatchObject({ ok: false, error: { code: 'ANSWER_FAILED' } })
    expect(await cancelled()).toEqual(accounts(1, 2, 3, 4))
  })

  it('is closed as soon as it can be', async () => {
    await database.query('update bracket set signal_id = $1 where account_id = $2', [signalId, stuck])
    await eventually(async () => (await cancelled()).length === followers, { withinMs: 15_000 })
    await venue.counted('kill_switch where applied_at is null', 0)
  })
})
