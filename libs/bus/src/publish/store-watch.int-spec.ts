import type { JetStreamManager } from '@nats-io/jetstream'
import type { Transaction } from '@tradewire/database/transaction'
import { eventually } from '@tradewire/testkit/eventually'
import { testBackends } from '@tradewire/testkit/test-backends'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { noBusMetrics } from '../bus-metrics.ts'
import { BusHarness, clock, type Node, numbers, onceEach } from '../int-spec/bus-harness.ts'
import { thingHappened } from '../int-spec/things.ts'
import { StoreWatch } from './store-watch.ts'

const backends = testBackends()
const harness = new BusHarness(backends)
const nodes: Node[] = []

beforeAll(() => harness.prepare())

afterEach(async () => {
  for (const node of nodes.splice(0)) await node.stop()
})

async function start(options?: { readonly relay?: boolean }): Promise<Node> {
  const node = await harness.node(options)
  nodes.push(node)
  await eventually(() => node.bus.ready())
  return node
}

function consume(node: Node): void {
  node.runner.start({
    durable: 'anew',
    contracts: [thingHappened],
    handler: async (events, tx: Transaction) => {
      await tx.query(`insert into effect (consumer, number) select 'anew', unnest($1::int[])`, [
        events.map(({ data }) => data.number),
      ])
    },
  })
}

async function emit(node: Node, from: number, to: number): Promise<void> {
  for (let number = from; number <= to; number += 10) {
    await node.database.transact(async (tx) => {
      tx.append(
        thingHappened,
        numbers(number, number + 9).map((each) => ({ account: 'a', number: each })),
      )
    })
  }
}

/** Store to the events that are marked with it; those that wait have none. */
async function marked(): Promise<Record<string, number>> {
  const rows = await backends.query<{ store: string; events: number }>(
    `select coalesce(store, 'none') as store, sum(event_count)::int as events from things.outbox group by 1 order by 1`,
  )
  return Object.fromEntries(rows.map(({ store, events }) => [store, events]))
}

async function confirmed(): Promise<number> {
  const [row] = await backends.query<{ sequence: string }>(
    `select confirmed_sequence as sequence from things.bus_store where stream = 'EVENTS' and lost_at is null`,
  )
  return Number(row?.sequence)
}

async function lives(): Promise<number> {
  return (await backends.query(`select 1 from things.bus_store where stream = 'EVENTS'`)).length
}

describe('a stream that is made anew while the relay stays connected', () => {
  it('gets all that nobody has confirmed once more, and is told apart from the one before', async () => {
    const node = await start()
    consume(node)
    await emit(node, 1, 100)
    await eventually(async () => (await confirmed()) === 100, { withinMs: 15_000 })
    await backends.query(`update things.outbox set published_at = published_at - interval '1 hour'`)
    await node.runner.stop()
    await emit(node, 101, 200)
    await eventually(async () => (await marked())['EVENTS/1'] === 200)

    const { streams } = node.bus.manager()
    const { config } = await streams.info('EVENTS')
    await streams.delete('EVENTS')
    // As another process does that finds it missing.
    await streams.add(config)
    await emit(node, 201, 250)

    await eventually(async () => (await marked())['EVENTS/2'] === 150, { withinMs: 15_000, describe: 'the new marks' })
    expect(await marked()).toEqual({ 'EVENTS/1': 100, 'EVENTS/2': 150 })
    consume(await start({ relay: false }))
    await eventually(async () => onceEach(await harness.effects('anew'), 250), { withinMs: 15_000 })
  }, 60_000)

  it('is missed by a relay that has nothing to publish', async () => {
    const node = await start()
    await emit(node, 251, 260)
    await eventually(async () => (await marked())['none'] === undefined)
    const before = await lives()
    await node.bus.manager().streams.delete('EVENTS')
    await eventually(async () => (await lives()) > before, { withinMs: 15_000, describe: 'another life' })
  }, 60_000)

  it('is missed by a consumer in a process that publishes nothing', async () => {
    const node = await start({ relay: false })
    const consumer = () => node.bus.manager().consumers.info('EVENTS', 'anew')
    consume(node)
    await eventually(() => consumer().then(() => true))
    await node.bus.manager().streams.delete('EVENTS')
    await eventually(() => consumer().then(() => true), { withinMs: 15_000, describe: 'the consumer to be made again' })
  }, 60_000)
})

describe('what happens while a stream is looked at', () => {
  /** As the real one; once the stream has been asked for something first, this happens before anything else does. */
  function meanwhile(manager: JetStreamManager, happens: () => Promise<unknown>): JetStreamManager {
    let hasHappened = false
    const after = async <Answer>(answer: Promise<Answer>): Promise<Answer> => {
      await answer.catch(() => undefined)
      if (!hasHappened) {
        hasHappened = true
        await happens()
      }
      return answer
    }
    const { streams } = manager
    const watched = {
      info: (name: string) => (name === 'EVENTS' ? after(streams.info(name)) : streams.info(name)),
      getMessage: (name: string, query: { seq: number }) => after(streams.getMessage(name, query)),
    }
    return { streams: watched } as unknown as JetStreamManager
  }

  async function lossesSeen(node: Node, happens: () => Promise<unknown>): Promise<string[]> {
    const lost: string[] = []
    const watch = new StoreWatch({
      database: node.database,
      logger: node.log.logger,
      metrics: { ...noBusMetrics, storeLost: (stream) => lost.push(stream) },
      now: () => clock.now(),
    })
    const before = await lives()
    await watch.check(meanwhile(node.bus.manager(), happens))
    expect(await lives()).toBe(before + lost.length)
    return lost
  }

  async function emitMarked(node: Node, from: number, to: number): Promise<void> {
    await emit(node, from, to)
    await eventually(async () => (await marked())['none'] === undefined)
  }

  it('is not taken for a loss: another relay has published and marked more', async () => {
    const node = await start()
    await emitMarked(node, 261, 270)
    expect(await lossesSeen(node, () => emitMarked(node, 271, 280))).toEqual([])
  })

  it('is not taken for a loss: what was published last has become too old to be kept', async () => {
    const node = await start()
    await emitMarked(node, 281, 290)
    expect(await lossesSeen(node, () => node.bus.manager().streams.purge('EVENTS'))).toEqual([])
    expect(await lossesSeen(node, () => Promise.resolve())).toEqual([])
  })

  it('is taken for a loss where it is one', async () => {
    const node = await start({ relay: false })
    const relay = await start()
    await emitMarked(relay, 291, 300)
    await relay.stop()
    const { streams } = node.bus.manager()
    const { config } = await streams.info('EVENTS')
    const again = async () => {
      await streams.delete('EVENTS')
      await streams.add(config)
    }
    expect(await lossesSeen(node, again)).toEqual(['EVENTS'])
  })
})
