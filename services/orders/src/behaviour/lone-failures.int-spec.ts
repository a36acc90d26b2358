import 'reflect-metadata'
import { subscriptionChanged } from '@tradewire/contracts/events/billing'
import * as brokers from '@tradewire/contracts/events/brokers'
import { followChanged } from '@tradewire/contracts/events/signals'
import { Database } from '@tradewire/database/database'
import { eventually } from '@tradewire/testkit/eventually'
import { exampleOf } from '@tradewire/testkit/example-of'
import { memoryLogger } from '@tradewire/testkit/memory-logger'
import { startTestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { beforeAll, describe, expect, it } from 'vitest'
import { ordersService } from '../service.ts'
import {
  accountIdOf,
  type Cancel,
  followIdOf,
  StandIn,
  strategyId,
  type Submit,
  userIdOf,
} from '../testing/stand-in.ts'

const backends = testBackends()
const numbers = [0, 1, 2] as const
const stuck = 1
const [longSignal, shortSignal, limitSignal, withoutPlan] = [1, 2, 3, 4].map(
  (number) => `01963a5f-000${number}-7000-8000-000000000001`,
) as [string, string, string, string]
const filled = { filledQuantity: '0.25', averagePrice: '40000', fee: '0', feeCurrency: 'USDT' }
const { logger, text } = memoryLogger('orders', 'error')

let database: Database
let venue: StandIn

beforeAll(async () => {
  const service = await startTestService(ordersService, backends, { logger })
  database = service.app.get(Database)
  venue = new StandIn(database)
  await venue.found(numbers.length)
  await venue.heardOf(numbers.length)
})

async function legs(signal: string, purpose: string, number: number): Promise<Submit[]> {
  return eventually(
    async () => {
      const found = (await venue.submits(signal)).filter((submit) => submit.purpose === purpose)
      return found.length === number && found
    },
    { describe: `${number} orders to ${purpose}`, withinMs: 15_000 },
  )
}

/** Without its plan no bracket can be moved on. */
const planOf = (follow: number, from: string, to: string) =>
  database.query('update bracket set signal_id = $1 where signal_id = $2 and follow_id = $3', [
    to,
    from,
    followIdOf(follow),
  ])

const accountsOf = (all: readonly { readonly accountId: string }[]) => all.map(({ accountId }) => accountId).toSorted()
const accounts = (...of: readonly number[]) => of.map(accountIdOf).toSorted()

describe('of entries that wait for what is to be closed', () => {
  it('one whose position cannot be closed holds up no other, and is closed when it can be', async () => {
    await venue.signal(longSignal)
    await venue.tell(brokers.orderFilled, await legs(longSignal, 'entry', numbers.length), filled)
    await venue.tell(brokers.orderAccepted, await legs(longSignal, 'stop', numbers.length))
    await venue.tell(brokers.orderAccepted, await legs(longSignal, 'target', 2 * numbers.length))
    await venue.counted(`bracket where state = 'protected'`, numbers.length)
    await planOf(stuck, longSignal, withoutPlan)
    await venue.signal(shortSignal, {
      side: 'sell',
      stop: { price: '40400', type: 'market' },
      targets: ['39600', '39200'],
    })
    expect(accountsOf(await legs(longSignal, 'close', 2))).toEqual(accounts(0, 2))
    await planOf(stuck, withoutPlan, longSignal)
    await legs(longSignal, 'close', numbers.length)
    expect(text()).toContain('cannot be moved on')
  })

  it('one that cannot be planned holds up no other, and is planned when it can be', async () => {
    await database.query(
      `alter table bracket add constraint refused
       check (signal_id <> '${shortSignal}' or follow_id <> '${followIdOf(stuck)}' or state <> 'planned') not valid`,
    )
    await venue.tell(brokers.orderFilled, await legs(longSignal, 'close', numbers.length), filled)
    const rest = (await venue.submits(longSignal)).filter(({ purpose }) => purpose === 'stop' || purpose === 'target')
    await venue.tell(brokers.orderCancelled, rest)
    expect(accountsOf(await legs(shortSignal, 'entry', 2))).toEqual(accounts(0, 2))
    await database.query('alter table bracket drop constraint refused')
    await legs(shortSignal, 'entry', numbers.length)
    expect(text()).toContain('cannot be planned')
  })
})

describe('of the follows that end with a subscription', () => {
  it('one that cannot be closed holds up no other, and is closed when it can be', async () => {
    await database.query('truncate bracket, waiting_entry, explain, signal_plan')
    const userId = userIdOf(0)
    const settings = { onSubscriptionEnd: 'close' as const }
    await database.transact(async (tx) => {
      tx.append(
        followChanged,
        numbers.map((number) => venue.follow(number, { userId, settings, revision: 2 })),
      )
    })
    await venue.counted('follow where revision = 2', numbers.length)
    await venue.signal(limitSignal, { entryType: 'limit' })
    await venue.counted(`bracket where state = 'planned'`, numbers.length)
    await venue.tell(brokers.orderAccepted, await venue.submits(limitSignal))
    await venue.counted(`bracket where state = 'entering'`, numbers.length)
    const first = numbers.toSorted((a, b) => (followIdOf(a) < followIdOf(b) ? -1 : 1))[0]!
    await planOf(first, limitSignal, withoutPlan)
    const earlier = '2020-01-01T00:00:00.000Z'
    await database.transact(async (tx) => {
      const subject = { kind: 'strategy' as const, id: strategyId, name: 'STRATEGY #1' }
      const ended = { userId, subject, standing: 'ended' as const, servedUntil: earlier, endsAt: earlier }
      tx.append(subscriptionChanged, exampleOf(subscriptionChanged, ended))
    })
    const entries = new Set((await venue.submits(limitSignal)).map(({ intentId }) => intentId))
    const cancelled = async () =>
      accountsOf((await venue.commands<Cancel>('order.cancel')).filter(({ intentId }) => entries.has(intentId)))
    const others = accounts(...numbers.filter((number) => number !== first))
    await eventually(async () => (await cancelled()).length === others.length, { describe: 'the others are closed' })
    expect(await cancelled()).toEqual(others)
    await planOf(first, withoutPlan, limitSignal)
    await eventually(async () => (await cancelled()).length === numbers.length, { withinMs: 20_000 })
  })
})
