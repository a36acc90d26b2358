import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Transaction } from '@tradewire/database/transaction'
import { ok } from '@tradewire/kernel/result'
import { eventually } from '@tradewire/testkit/eventually'
import { testBackends } from '@tradewire/testkit/test-backends'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { BusHarness, clock, type Node, numbers, onceEach } from './int-spec/bus-harness.ts'
import { doubleNumber, thingHappened } from './int-spec/things.ts'
import { Answerer } from './questions/answerer.ts'
import { RpcClient } from './rpc-client.ts'

const backends = testBackends()
const harness = new BusHarness(backends)
let nodes: Node[] = []
const unhandled: unknown[] = []
const remember = (reason: unknown): void => void unhandled.push(reason)

beforeAll(() => harness.prepare())

beforeEach(() => process.on('unhandledRejection', remember))

afterEach(async () => {
  for (const node of nodes) await node.runner.stop()
  // The next test's consumers start with an empty stream.
  await eventually(() => first().bus.ready())
  await first().bus.manager().streams.purge('EVENTS')
  for (const node of nodes) await node.stop()
  nodes = []
  await backends.query('truncate things.effect, things.outbox, things.inbox')
  process.off('unhandledRejection', remember)
  expect(unhandled).toEqual([])
})

async function start(options?: { readonly relay?: boolean }): Promise<Node> {
  const node = await harness.node(options)
  nodes.push(node)
  return node
}

function numbered(place: number): Node {
  const node = nodes.at(place % nodes.length)
  if (node === undefined) throw new Error('no node was started')
  return node
}

function first(): Node {
  return numbered(0)
}

function consume(node: Node, durable: string): void {
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

/** Commits numbers one transaction of ten at a time, as load that goes on through an outage. */
async function emit(node: Node, from: number, to: number): Promise<void> {
  for (let start = from; start <= to; start += 10) {
    await node.database.transact(async (tx) => {
      tx.append(
        thingHappened,
        numbers(start, Math.min(start + 9, to)).map((number) => ({ account: 'a', number })),
      )
    })
  }
}

/** Answers on the bus of a node, and whether a question that is asked there now is answered. */
function questions(node: Node): { readonly answered: () => Promise<boolean>; readonly stop: () => Promise<void> } {
  const { bus, log } = node
  const answerer = new Answerer({ bus, logger: log.logger, clock, service: 'things' })
  answerer.answer(doubleNumber, async () => ok({ number: 42, note: 'none' }))
  answerer.start()
  const client = new RpcClient(bus, clock)
  return {
    answered: async () => (await client.ask(doubleNumber, { number: 21 })).ok,
    stop: () => answerer.stop(),
  }
}

async function refusedLogins(): Promise<number> {
  const log = await readFile(join(backends.directory, 'nats', 'nats.log'), 'utf8')
  return log.split('authentication error').length - 1
}

async function killNats(): Promise<void> {
  const { exited } = backends.nats
  backends.nats.signal('SIGKILL')
  await exited
}

describe('outages of the bus', () => {
  it('lose and double nothing when nats-server is killed under load, again and again', async () => {
    const node = await start()
    consume(node, 'killed')
    const load = emit(node, 1, 3_000)
    for (let kills = 0; kills < 3; kills += 1) {
      await eventually(async () => (await harness.effects('killed')).size >= kills * 500 + 50, { withinMs: 20_000 })
      await killNats()
      await backends.restartNats()
    }
    await load
    await eventually(async () => onceEach(await harness.effects('killed'), 3_000), { withinMs: 25_000 })
  }, 60_000)

  it('lose and double nothing when the store is deleted under load', async () => {
    const producer = await start()
    const other = await start()
    consume(producer, 'amnesia')
    consume(other, 'amnesia-2')
    const load = emit(producer, 1, 5_000)
    await eventually(async () => (await harness.effects('amnesia')).size > 500, { withinMs: 20_000 })
    await killNats()
    await backends.restartNats({ empty: true })
    await load
    await eventually(async () => onceEach(await harness.effects('amnesia'), 5_000), { withinMs: 40_000 })
    await eventually(async () => onceEach(await harness.effects('amnesia-2'), 5_000), { withinMs: 20_000 })
    const stores = await producer.database.query<{ stream: string; lives: number }>(
      'select stream, count(*)::int as lives from bus_store group by stream order by stream',
    )
    expect(stores.find(({ stream }) => stream === 'EVENTS')?.lives).toBeGreaterThan(1)
  }, 90_000)

  it('send unconfirmed messages again to a consumer that was away when the store was lost', async () => {
    const producer = await start()
    consume(producer, 'away')
    await emit(producer, 1, 100)
    await eventually(async () => onceEach(await harness.effects('away'), 100))
    await producer.runner.stop()
    await emit(producer, 101, 400)
    await eventually(async () => {
      const [row] = await producer.database.query<{ waiting: number }>(
        'select count(*)::int as waiting from outbox where published_at is null',
      )
      return row?.waiting === 0
    })
    await killNats()
    await backends.restartNats({ empty: true })
    const consumer = await start({ relay: false })
    consume(consumer, 'away')
    await eventually(async () => onceEach(await harness.effects('away'), 400), { withinMs: 20_000 })
  }, 60_000)

  it('let a service start, commit and consume later when NATS is away at first', async () => {
    await killNats()
    const node = await start()
    expect(node.bus.ready()).toBe(false)
    consume(node, 'late')
    await emit(node, 1, 200)
    await backends.restartNats()
    await eventually(() => node.bus.ready(), { withinMs: 6_000, describe: 'the bus to be ready' })
    await eventually(async () => onceEach(await harness.effects('late'), 200), { withinMs: 10_000 })
    await killNats()
    await eventually(() => !node.bus.ready(), { withinMs: 6_000, describe: 'the bus to notice' })
    await backends.restartNats()
  }, 60_000)

  it('show in the backlog, which counts what waits in the table also when no relay has it in memory', async () => {
    await killNats()
    const node = await start()
    await emit(node, 1, 200)
    await eventually(() => node.relay.backlog === 200, { withinMs: 10_000, describe: 'the messages to be counted' })
    await backends.restartNats()
    await eventually(() => node.relay.backlog === 0, { withinMs: 15_000, describe: 'nothing to be left' })
  }, 60_000)

  it('end for questions, messages and consumers once the login is taken again that was refused for a while', async () => {
    await backends.restartNats({ password: 'first' })
    const node = await start()
    consume(node, 'refused')
    const asked = questions(node)
    await emit(node, 1, 50)
    await eventually(async () => onceEach(await harness.effects('refused'), 50))
    await eventually(asked.answered)
    const before = await refusedLogins()
    await backends.restartNats({ password: 'second' })
    await emit(node, 51, 100)
    await eventually(async () => (await refusedLogins()) - before >= 2, {
      withinMs: 10_000,
      describe: 'refused logins',
    })
    await backends.restartNats({ password: 'first' })
    await eventually(() => node.bus.ready(), { withinMs: 10_000, describe: 'the bus to be ready' })
    await eventually(async () => onceEach(await harness.effects('refused'), 100), { withinMs: 10_000 })
    await eventually(asked.answered)
    await asked.stop()
    await backends.restartNats()
  }, 60_000)

  it('end for questions, messages and consumers also when the client has given its connection up', async () => {
    const node = await start()
    consume(node, 'closed')
    const asked = questions(node)
    await eventually(asked.answered)
    for (let closings = 1; closings <= 2; closings += 1) {
      await node.bus.connection().close()
      await emit(node, closings * 50 - 49, closings * 50)
      await eventually(() => node.bus.ready(), { withinMs: 10_000, describe: 'the bus to be ready' })
      await eventually(async () => onceEach(await harness.effects('closed'), closings * 50), { withinMs: 10_000 })
      await eventually(asked.answered)
    }
    await asked.stop()
  }, 60_000)

  it('publish again, with one effect, what a relay had acknowledged but not marked when it died', async () => {
    const node = await start()
    consume(node, 'unmarked')
    await emit(node, 1, 100)
    await eventually(async () => onceEach(await harness.effects('unmarked'), 100))
    await eventually(async () => {
      const [row] = await node.database.query<{ marked: number }>(
        'select sum(event_count) filter (where store is not null)::int as marked from outbox',
      )
      return row?.marked === 100
    })
    const before = await node.bus.manager().streams.info('EVENTS')
    // As the table looks when the process dies between the acknowledgement and the mark, after the server's window.
    await node.database.query(
      'update outbox set published_at = null, store = null, stream_sequence = null, claimed_until = now()',
    )
    await eventually(async () => {
      const [row] = await node.database.query<{ marked: number }>(
        'select sum(event_count) filter (where store is not null)::int as marked from outbox',
      )
      return row?.marked === 100
    })
    const after = await node.bus.manager().streams.info('EVENTS')
    expect(after.state.last_seq).toBe(before.state.last_seq)
    expect(onceEach(await harness.effects('unmarked'), 100)).toBe(true)
  })

  it('skip nothing when transactions commit out of order while four relays run', async () => {
    await Promise.all([start(), start(), start(), start()])
    consume(first(), 'disordered')
    const disorder = async (pair: number): Promise<void> => {
      let firstIsReady!: () => void
      const ready = new Promise<void>((resolve) => (firstIsReady = resolve))
      let secondIsDone!: () => void
      const done = new Promise<void>((resolve) => (secondIsDone = resolve))
      const writer = numbered(pair).database
      const early = writer.transact(async (tx) => {
        tx.append(thingHappened, { account: 'a', number: pair * 2 - 1 })
        firstIsReady()
        await done
      })
      const late = ready
        .then(() =>
          numbered(pair + 1).database.transact(async (tx) => {
            tx.append(thingHappened, { account: 'a', number: pair * 2 })
          }),
        )
        .finally(() => secondIsDone())
      await Promise.all([early, late])
    }
    // Each pair needs two connections: run few at a time.
    for (let from = 1; from <= 250; from += 10) await Promise.all(numbers(from, from + 9).map(disorder))
    await eventually(async () => onceEach(await harness.effects('disordered'), 500), { withinMs: 20_000 })
  }, 60_000)

  it('hand a dead process its messages back without waiting for the acknowledgement limit', async () => {
    const producer = await start()
    await emit(producer, 1, 100)
    const victim = await start({ relay: false })
    let held = 0
    victim.runner.start({
      durable: 'orphaned',
      contracts: [thingHappened],
      handler: async (events) => {
        held += events.length
        await new Promise(() => undefined)
      },
    })
    await eventually(() => held > 0)
    // Its connections end as they do when a process is killed: nothing is given back, the transaction is undone.
    await victim.bus.close()
    await backends.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and state = 'idle in transaction'`,
    )
    const heir = await start({ relay: false })
    const beganMs = performance.now()
    consume(heir, 'orphaned')
    await eventually(async () => onceEach(await harness.effects('orphaned'), 100), { withinMs: 15_000 })
    expect(performance.now() - beganMs).toBeLessThan(3_000)
    // Its handler never returns, so its stop would never end either: only its connections are closed.
    nodes = nodes.filter((node) => node !== victim)
    harness.abandon(victim)
  }, 30_000)
})
