import type { EventOf } from '@tradewire/contracts/define-event'
import { DatabaseUnavailableError } from '@tradewire/database/retryable-error'
import type { Transaction } from '@tradewire/database/transaction'
import { eventually } from '@tradewire/testkit/eventually'
import { testBackends } from '@tradewire/testkit/test-backends'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { ConsumerGroup } from './consumer-group.ts'
import { listDeadLetters } from './dead-letters.ts'
import { BusHarness, type Node, numbers } from '../int-spec/bus-harness.ts'
import { thingHappened } from '../int-spec/things.ts'

type Things = readonly EventOf<typeof thingHappened>[]

const backends = testBackends()
const harness = new BusHarness(backends)
let node: Node
let group: ConsumerGroup

beforeAll(async () => {
  await harness.prepare()
  node = await harness.node()
  await eventually(() => node.bus.ready())
})

afterEach(async () => {
  await group.stop()
  await node.bus.manager().streams.purge('EVENTS')
  await backends.query('truncate things.effect, things.outbox, things.inbox, things.dead_letter')
})

async function emit(from: number, to: number): Promise<void> {
  await node.database.transact(async (tx) => {
    tx.append(
      thingHappened,
      numbers(from, to).map((number) => ({ account: 'a', number })),
    )
  })
}

/** The effect says in which transaction it was written. */
async function write(things: Things, tx: Transaction): Promise<void> {
  await tx.query(
    `insert into effect (consumer, number) select pg_current_xact_id()::text, number from unnest($1::int[]) as t (number)`,
    [things.map(({ data }) => data.number)],
  )
}

/** True when so many numbers have taken effect, each so many times. */
async function tookEffect(count: number, times: number): Promise<boolean> {
  const rows = await backends.query<{ times: number }>(
    'select count(*)::int as times from things.effect group by number',
  )
  return rows.length === count && rows.every((row) => row.times === times)
}

describe('a group of consumers', () => {
  it('puts what waits in all of them into one transaction, once for each of them', async () => {
    let open: (() => void) | undefined
    const opened = new Promise<void>((resolve) => (open = resolve))
    group = node.runner.group({
      name: 'sharing',
      contracts: [thingHappened],
      handler: async (things, tx) => {
        await opened
        await write(things, tx)
      },
    })
    for (const durable of ['share-a', 'share-b', 'share-c']) group.add(durable)
    await emit(1, 20)
    await eventually(() => group.held === 60)
    open?.()
    await eventually(async () => (await tookEffect(20, 3)) && group.held === 0)
    const [used] = await backends.query<{ transactions: number }>(
      'select count(distinct consumer)::int as transactions from things.effect',
    )
    // What came first went alone; all the rest waited for it together.
    expect(used?.transactions).toBeLessThanOrEqual(2)
    const kept = await backends.query('select consumer, count(*)::int as rows from things.inbox group by 1 order by 1')
    expect(kept).toEqual(['share-a', 'share-b', 'share-c'].map((consumer) => ({ consumer, rows: 20 })))
  })

  it('buries a poison event for each consumer that got it, and holds no other message up', async () => {
    group = node.runner.group({
      name: 'poisoned',
      contracts: [thingHappened],
      handler: async (things, tx) => {
        if (things.some(({ data }) => data.number === 3)) throw new TypeError('number 3 is poison')
        await write(things, tx)
      },
    })
    group.add('poison-a')
    group.add('poison-b')
    await emit(1, 5)
    const letters = await eventually(
      async () => {
        const found = await listDeadLetters(node.database)
        return found.length === 2 ? found : undefined
      },
      { withinMs: 29_000 },
    )
    expect(letters.map(({ consumer }) => consumer).toSorted()).toEqual(['poison-a', 'poison-b'])
    expect(await tookEffect(4, 2)).toBe(true)
  }, 40_000)

  it('lets a consumer go while PostgreSQL is away, and goes on with the others when it is back', async () => {
    let away = true
    group = node.runner.group({
      name: 'leaving',
      contracts: [thingHappened],
      handler: async (things, tx) => {
        if (away) throw new DatabaseUnavailableError(new Error('gone'))
        await write(things, tx)
      },
    })
    group.add('leave-a')
    group.add('leave-b')
    await emit(1, 10)
    await eventually(() => group.held === 20)
    await group.remove(['leave-a'])
    expect(group.held).toBe(10)
    const given = await node.bus.manager().consumers.info('EVENTS', 'leave-a')
    expect(given.delivered.consumer_seq).toBe(10)
    away = false
    await eventually(async () => (await tookEffect(10, 1)) && group.held === 0)
    group.add('leave-a')
    await eventually(() => tookEffect(10, 2), { describe: 'what was given back' })
  })
})
