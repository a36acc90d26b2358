import type { Transaction } from '@tradewire/database/transaction'
import { eventually } from '@tradewire/testkit/eventually'
import { testBackends } from '@tradewire/testkit/test-backends'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { BusHarness, type Node, numbers, onceEach } from '../int-spec/bus-harness.ts'
import { thingHappened } from '../int-spec/things.ts'

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
