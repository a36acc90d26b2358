import 'reflect-metadata'
import type { DataOf } from '@tradewire/contracts/define-event'
import { orderAccepted, orderRejected } from '@tradewire/contracts/events/brokers'
import { Database } from '@tradewire/database/database'
import { eventually } from '@tradewire/testkit/eventually'
import { exampleOf } from '@tradewire/testkit/example-of'
import { startTestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ordersService } from '../../service.ts'
import { StandIn, type Submit } from '../../testing/stand-in.ts'
import { type OrderUpdateEvent, TakeOrderUpdates } from './take-order-updates.use-case.ts'

const backends = testBackends()
const followers = 2
const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
const lockSql = 'select from bracket where bracket_id = $1 for update'

let database: Database
let takeOrderUpdates: TakeOrderUpdates
let venue: StandIn
let signalNumber = 0
/** The entries of one signal, by the ids of their brackets. */
let first: Submit
let second: Submit

beforeAll(async () => {
  const service = await startTestService(ordersService, backends)
  database = service.app.get(Database)
  takeOrderUpdates = service.app.get(TakeOrderUpdates)
  venue = new StandIn(database)
  await venue.found(followers)
  await venue.heardOf(followers)
})

beforeEach(async () => {
  await database.query(`update bracket set state = 'failed', holds_slot = false, wake_at = null`)
  signalNumber += 1
  const signalId = `01963a5f-000${signalNumber}-7000-8000-000000000001`
  await venue.signal(signalId)
  const entries = await eventually(async () => {
    const sent = await venue.submits(signalId)
    return sent.length === followers && sent.toSorted((a, b) => (a.bracketId < b.bracketId ? -1 : 1))
  })
  ;[first, second] = entries as [Submit, Submit]
})

const times = () => ({ sentAt: new Date().toISOString(), executedAt: null, observedAt: new Date().toISOString() })
const nothing = { filledQuantity: '0', averagePrice: null, fee: '0', feeCurrency: null }

function updateOf(
  contract: typeof orderAccepted | typeof orderRejected,
  { intentId, bracketId, accountId, purpose }: Submit,
): OrderUpdateEvent {
  const changes = { ...nothing, ...times(), intentId, bracketId, accountId, purpose, revision: 1 }
  const data: DataOf<typeof orderAccepted> = exampleOf(contract, { ...changes, final: contract === orderRejected })
  return { name: contract.name, data } as OrderUpdateEvent
}

function take(...events: readonly OrderUpdateEvent[]): Promise<void> {
  return database.transact((tx) => takeOrderUpdates.execute(events, tx))
}

describe('news of several brackets', () => {
  it.each([
    ['of which one is no rest', orderRejected],
    ['of which one is known', orderAccepted],
  ])('%s waits for the first bracket before it has the second', async (_name, contract) => {
    if (contract === orderAccepted) await take(updateOf(orderAccepted, first))
    const taken = Promise.withResolvers<void>()
    await database.transact(async (other) => {
      await other.query(lockSql, [first.bracketId])
      taken.resolve(take(updateOf(orderAccepted, second), updateOf(contract, first)))
      await eventually(async () => (await database.query(waiting)).length > 0)
      await other.query(`${lockSql} nowait`, [second.bracketId])
    })
    await taken.promise
    expect(await venue.stateOf(second.intentId)).toBe('working')
    expect(await venue.stateOf(first.intentId)).toBe(contract === orderAccepted ? 'working' : 'rejected')
  })
})
