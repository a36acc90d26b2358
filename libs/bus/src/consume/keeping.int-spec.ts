import { join } from 'node:path'
import { startPostgres } from '@tradewire/backends/start-postgres'
import type { Transaction } from '@tradewire/database/transaction'
import { eventually } from '@tradewire/testkit/eventually'
import { testBackends } from '@tradewire/testkit/test-backends'
import { beforeAll, describe, expect, it } from 'vitest'
import { noBusMetrics } from '../bus-metrics.ts'
import { BusHarness, clock, type Node, numbers, onceEach } from '../int-spec/bus-harness.ts'
import { thingHappened } from '../int-spec/things.ts'
import { StoreWatch } from '../publish/store-watch.ts'

const backends = testBackends({ ownPostgres: true })
const harness = new BusHarness(backends)
let node: Node

beforeAll(async () => {
  await harness.prepare()
  node = await harness.node()
})

function consume(durable: string): void {
  node.runner.start({
    durable,
    contracts: [thingHappened],
    handler: async (events, tx: Transaction) => {
      await tx.query('insert into effect (consumer, number) select $1::text, unnest($2::int[])', [
        durable,
        events.map(({ data }) => data.number),
      ])
    },
  })
}

async function emit(from: number, to: number): Promise<void> {
  await node.database.transact(async (tx) => {
    tx.append(
      thingHappened,
      numbers(from, to).map((number) => ({ account: 'a', number })),
    )
  })
}

/** Events in rows of which that is so. */
async function count(condition: string): Promise<number> {
  const [row] = await backends.query<{ events: number }>(
    `select coalesce(sum(event_count), 0)::int as events from things.outbox where ${condition}`,
  )
  return row?.events ?? -1
}

describe('the outbox', () => {
  it('keeps a row until it is a day old and every consumer has confirmed it', async () => {
    const watch = new StoreWatch({
      database: node.database,
      logger: node.log.logger,
      metrics: noBusMetrics,
      now: () => clock.now(),
    })
    await watch.check(node.bus.manager())
    consume('early')
    await emit(1, 100)
    await eventually(async () => onceEach(await harness.effects('early'), 100))
    await eventually(async () => (await count('published_at is null')) === 0)
    // A second consumer exists and has taken nothing yet.
    await node.bus.manager().consumers.add('EVENTS', { durable_name: 'slow', ack_policy: 'explicit' })
    await backends.query(`update things.outbox set published_at = published_at - interval '25 hours'`)
    await watch.confirm(node.bus.manager())
    await watch.prune()
    expect(await count('true')).toBe(100)
    await node.bus.manager().consumers.delete('EVENTS', 'slow')
    consume('slow')
    await eventually(async () => onceEach(await harness.effects('slow'), 100))
    await emit(101, 110)
    await eventually(async () => onceEach(await harness.effects('slow'), 110))
    await eventually(async () => (await count('published_at is null')) === 0)
    await eventually(async () => {
      await watch.confirm(node.bus.manager())
      await watch.prune()
      return (await count('true')) === 10
    })
    expect(await count(`published_at > now() - interval '1 hour'`)).toBe(10)
  })

  it('and its consumers go on when PostgreSQL was stopped hard, with one effect of everything', async () => {
    const load = (async () => {
      for (let from = 111; from <= 2_000; from += 10) {
        await eventually(() => emit(from, from + 9).then(() => true), { withinMs: 20_000 })
      }
    })()
    await eventually(async () => (await harness.effects('slow')).size > 300, { withinMs: 10_000 })
    const { port } = backends.postgres
    await backends.postgres.stopImmediately()
    const again = await startPostgres({ directory: join(backends.directory, 'postgres'), port })
    backends.onStop(() => again.stop())
    await load
    await eventually(async () => (await harness.effects('slow')).size >= 2_000, { withinMs: 15_000 })
    const effects = await harness.effects('slow')
    // An emit whose commit was cut off may have stood and been made twice by this test: those are two events.
    const doubled = [...effects].filter(([, times]) => times !== 1)
    const events = await backends.query<{ rows: number }>(
      `select count(*)::int as rows from things.outbox o, json_array_elements(o.body::json -> 'events') e
       where (e -> 'data' ->> 'number')::int = any ($1::int[])`,
      [doubled.map(([number]) => number)],
    )
    expect(doubled.reduce((sum, [, times]) => sum + times, 0)).toBe(events.at(0)?.rows ?? 0)
  }, 60_000)
})
