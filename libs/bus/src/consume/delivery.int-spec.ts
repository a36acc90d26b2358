import type { Transaction } from '@tradewire/database/transaction'
import { nanos } from 'nats'
import { RetryableError } from '@tradewire/database/retryable-error'
import { eventually } from '@tradewire/testkit/eventually'
import { testBackends } from '@tradewire/testkit/test-backends'
import { beforeAll, describe, expect, it } from 'vitest'
import { deliveriesMax } from './batch-processor.ts'
import { listDeadLetters, replayDeadLetters } from './dead-letters.ts'
import { BusHarness, ids, type Node, numbers, onceEach } from '../int-spec/bus-harness.ts'
import { thingCounted, thingHappened, thingOrdered } from '../int-spec/things.ts'

const backends = testBackends()
const harness = new BusHarness(backends)
let node: Node

beforeAll(async () => {
  await harness.prepare()
  node = await harness.node()
})

/** The server's shortest memory of message ids. */
const forgetMs = 100

/** Hundreds of messages on a busy machine. */
const withinMs = 30_000

type Events = readonly { readonly data: { readonly number: number } }[]

/** A handler whose effect is a row per event. */
function write(consumer: string) {
  return async (events: Events, tx: Transaction): Promise<void> => {
    await tx.query('insert into effect (consumer, number) select $1::text, unnest($2::int[])', [
      consumer,
      events.map(({ data }) => data.number),
    ])
  }
}

async function emit(count: number, from = 1): Promise<void> {
  await node.database.transact(async (tx) => {
    tx.append(
      thingHappened,
      numbers(from, from + count - 1).map((number) => ({ account: `a${number % 5}`, number })),
    )
  })
}

async function allPublished(): Promise<void> {
  await eventually(
    async () => {
      const [row] = await node.database.query<{ waiting: number }>(
        'select count(*) filter (where published_at is null)::int as waiting from outbox',
      )
      return row?.waiting === 0
    },
    { withinMs, describe: 'all is published' },
  )
}

async function emitCounted(): Promise<void> {
  await node.database.transact(async (tx) => tx.append(thingCounted, { account: 'a', number: 1_000 }))
}

describe('the bus', () => {
  it('carries committed events to every consumer once, and nothing of a transaction that was undone', async () => {
    const one = node.runner.start({ durable: 'first', contracts: [thingHappened], handler: write('first') })
    const two = node.runner.start({ durable: 'second', contracts: [thingHappened], handler: write('second') })
    await expect(
      node.database.transact(async (tx) => {
        tx.append(thingHappened, { account: 'a', number: 999 })
        throw new Error('changed my mind')
      }),
    ).rejects.toThrow('changed my mind')
    await emit(300)
    for (const consumer of ['first', 'second']) {
      await eventually(async () => onceEach(await harness.effects(consumer), 300), { describe: consumer })
    }
    await Promise.all([one.stop(), two.stop()])
    const [row] = await eventually(async () => {
      const rows = await node.database.query<{ waiting: number; marked: number }>(
        `select count(*) filter (where published_at is null)::int as waiting,
           sum(event_count) filter (where stream_sequence is not null)::int as marked from outbox`,
      )
      return rows[0]?.waiting === 0 ? rows : undefined
    })
    expect(row).toEqual({ waiting: 0, marked: 300 })
  })

  it('packs batched events into one message and partitioned ones by account', async () => {
    await node.database.transact(async (tx) => {
      tx.append(
        thingCounted,
        numbers(1, 250).map((number) => ({ account: 'a', number })),
      )
      tx.append(thingOrdered, { accountId: 'df30b2fa-adc8-47cb-a9f5-be90ae259827' })
    })
    const rows = await node.database.query<{ subject: string; event_count: number }>(
      `select subject, event_count from outbox where subject <> 'thing.happened' order by subject, event_count desc`,
    )
    expect(rows.map(({ event_count: count }) => count)).toEqual([100, 100, 50, 1])
    expect(rows.at(-1)?.subject).toMatch(/^thing\.ordered\.p\d\d$/)
    const seen: number[] = []
    const consumer = node.runner.start({
      durable: 'counted',
      contracts: [thingCounted, thingOrdered].slice(0, 1) as (typeof thingCounted)[],
      handler: async (events) => void seen.push(...events.map(({ data }) => data.number)),
    })
    await eventually(() => seen.length === 250)
    expect(seen).toEqual(numbers(1, 250))
    await consumer.stop()
  })

  it('gives redelivered and repeated messages one effect', async () => {
    let crashes = 0
    const consumer = node.runner.start({
      durable: 'crashing',
      contracts: [thingHappened],
      handler: async (events, tx) => {
        await write('crashing')(events, tx)
        crashes += 1
        // As new, with its batch, and alone: only then does it wait for its next delivery.
        if (crashes <= 3) throw new RetryableError('the handler failed after its writes')
      },
    })
    await eventually(async () => onceEach(await harness.effects('crashing'), 300), { withinMs })
    // The same outbox rows once more, all of them each time, until the server has forgotten their ids.
    await node.bus.manager().streams.update('EVENTS', { duplicate_window: nanos(forgetMs) })
    const info = () => node.bus.manager().consumers.info('EVENTS', 'crashing')
    await eventually(
      async () => {
        await node.database.query(
          `update outbox set published_at = null, claimed_until = now() where subject = 'thing.happened'`,
        )
        await allPublished()
        return (await info()).delivered.consumer_seq >= 600
      },
      { withinMs },
    )
    await eventually(
      async () => {
        const { num_ack_pending: unacked, num_pending: waiting } = await info()
        return unacked === 0 && waiting === 0
      },
      { withinMs },
    )
    expect(onceEach(await harness.effects('crashing'), 300)).toBe(true)
    await consumer.stop()
  })

  it('puts a poison event into the dead letters while others flow, and replays it on request', async () => {
    let poisonous = true
    const consumer = node.runner.start({
      durable: 'poisoned',
      contracts: [thingCounted],
      handler: async (events, tx) => {
        if (poisonous && events.some(({ data }) => data.number === 7)) throw new TypeError('number 7 is poison')
        await write('poisoned')(events, tx)
      },
    })
    const whole = node.runner.start({ durable: 'whole', contracts: [thingCounted], handler: write('whole') })
    await eventually(async () => (await harness.effects('poisoned')).size === 249, { describe: 'the other events' })
    const letters = await eventually(
      async () => {
        const found = await listDeadLetters(node.database, { consumer: 'poisoned' })
        return found.length > 0 ? found : undefined
      },
      { withinMs: 29_000, describe: 'the dead letter' },
    )
    expect(letters).toHaveLength(1)
    expect(letters[0]).toMatchObject({ errorClass: 'TypeError', deliveries: deliveriesMax })
    const without = await harness.effects('poisoned')
    expect(without.size).toBe(249)
    expect(without.has(7)).toBe(false)
    poisonous = false
    expect(await replayDeadLetters(node.database, ids, { consumer: 'poisoned' })).toBe(1)
    await eventually(async () => onceEach(await harness.effects('poisoned'), 250), { describe: 'the replay' })
    expect(await listDeadLetters(node.database, { consumer: 'poisoned' })).toEqual([])
    // Who took the message as a whole is not given its event a second time.
    await eventually(async () => {
      const info = await node.bus.manager().consumers.info('EVENTS', 'whole')
      return info.num_pending === 0 && info.num_ack_pending === 0
    })
    expect(onceEach(await harness.effects('whole'), 250)).toBe(true)
    await Promise.all([consumer.stop(), whole.stop()])
  }, 60_000)

  it('keeps a message that breaks its contract without trying it again', async () => {
    const consumer = node.runner.start({
      durable: 'strict',
      contracts: [thingHappened],
      handler: write('strict'),
    })
    const eventId = ids.next()
    const bodies = [
      'not json at all',
      JSON.stringify({
        events: [
          {
            id: eventId,
            name: 'thing.happened',
            version: 1,
            occurredAt: '2024-01-01T00:00:00.000Z',
            data: { account: 'a', number: 'many' },
          },
        ],
      }),
    ]
    for (const body of bodies) {
      await node.database.query(
        `insert into outbox (id, subject, body, event_count, claimed_until) values ($1, 'thing.happened', $2, 1, now())`,
        [ids.next(), body],
      )
    }
    const letters = await eventually(async () => {
      const found = await listDeadLetters(node.database, { consumer: 'strict' })
      return found.length === 2 ? found : undefined
    })
    expect(new Set(letters.map(({ eventId: id }) => id))).toEqual(new Set([eventId, null]))
    expect(letters.every(({ errorClass, deliveries }) => errorClass === 'ContractBroken' && deliveries === 1)).toBe(
      true,
    )
    await eventually(async () => onceEach(await harness.effects('strict'), 300), { describe: 'the good ones' })
    await consumer.stop()
  })

  it('keeps the order of a key among concurrent transactions', async () => {
    const seen = new Map<string, number[]>()
    let running = 0
    let most = 0
    const consumer = node.runner.start({
      durable: 'ordered',
      contracts: [thingHappened],
      eventsMax: 3,
      concurrency: 4,
      key: ({ data }) => data.account,
      handler: async (events, tx) => {
        running += 1
        most = Math.max(most, running)
        await tx.query('select pg_sleep($1::float8 / 1000)', [(events.at(0)?.data.number ?? 0) % 7])
        for (const { data } of events) seen.set(data.account, [...(seen.get(data.account) ?? []), data.number])
        running -= 1
      },
    })
    await eventually(() => [...seen.values()].flat().length >= 300)
    for (const list of seen.values()) expect(list).toEqual(list.toSorted((left, right) => left - right))
    expect(most).toBeGreaterThan(1)
    await consumer.stop()
  })

  it('takes a new list of contracts for a durable that exists', async () => {
    const seen = new Set<string>()
    const one = node.runner.start({
      durable: 'changing',
      contracts: [thingHappened],
      handler: async (events) => {
        for (const { name } of events) seen.add(name)
      },
    })
    await eventually(() => seen.has('thing.happened'))
    await one.stop()
    const both = node.runner.start({
      durable: 'changing',
      contracts: [thingHappened, thingCounted],
      handler: async (events) => {
        for (const { name } of events) seen.add(name)
      },
    })
    await emitCounted()
    await eventually(() => seen.has('thing.counted'))
    await both.stop()
    const info = await node.bus.manager().consumers.info('EVENTS', 'changing')
    expect(info.config.filter_subjects).toEqual(['thing.happened', 'thing.counted'])
  })

  it('stops quickly and gives unfinished messages back', async () => {
    let begun = 0
    const slow = node.runner.start({
      durable: 'stopping',
      contracts: [thingHappened],
      eventsMax: 10,
      handler: async (events, tx) => {
        begun += 1
        await tx.query('select pg_sleep(0.2)')
        await write('stopping')(events, tx)
      },
    })
    await eventually(() => begun > 0)
    const beganMs = performance.now()
    await slow.stop()
    expect(performance.now() - beganMs).toBeLessThan(1_000)
    const next = node.runner.start({ durable: 'stopping', contracts: [thingHappened], handler: write('stopping') })
    await eventually(async () => onceEach(await harness.effects('stopping'), 300), { describe: 'the rest' })
    await next.stop()
  })
})
