import type { Transaction } from '@tradewire/database/transaction'
import { eventually } from '@tradewire/testkit/eventually'
import { testBackends } from '@tradewire/testkit/test-backends'
import { nanos } from 'nats'
import { beforeAll, describe, expect, it } from 'vitest'
import { listDeadLetters, replayDeadLetters } from './dead-letters.ts'
import { BusHarness, ids, type Node } from '../int-spec/bus-harness.ts'
import { thingCounted, thingHappened } from '../int-spec/things.ts'

/** The server's shortest memory of message ids. */
const forgetMs = 100

const backends = testBackends()
const harness = new BusHarness(backends)
let node: Node

beforeAll(async () => {
  await harness.prepare()
  node = await harness.node()
  await eventually(() => node.bus.ready())
  await node.bus.manager().streams.update('EVENTS', { duplicate_window: nanos(forgetMs) })
})

type Events = readonly { readonly data: { readonly number: number } }[]

async function write(consumer: string, events: Events, tx: Transaction): Promise<void> {
  await tx.query('insert into effect (consumer, number) select $1::text, unnest($2::int[])', [
    consumer,
    events.map(({ data }) => data.number),
  ])
}

async function deliveredOf(durable: string): Promise<number> {
  const { delivered, num_ack_pending: unanswered, num_pending: waiting } = await infoOf(durable)
  return unanswered === 0 && waiting === 0 ? delivered.stream_seq : -1
}

function infoOf(durable: string) {
  return node.bus.manager().consumers.info('EVENTS', durable)
}

/** As the relay does when its mark was lost or the bus's store was: the same row, by the same id, once more. */
async function publishAgain(subject: string, durable: string): Promise<void> {
  const before = (await infoOf(durable)).delivered.stream_seq
  await eventually(async () => {
    await node.database.query('update outbox set published_at = null, claimed_until = now() where subject = $1', [
      subject,
    ])
    return (await infoOf(durable)).delivered.stream_seq > before
  })
  await eventually(async () => (await deliveredOf(durable)) > before)
}

/** Every event fails until it is buried; then its letter is replayed, and the message that brought it comes again. */
async function buryReplayRepeat(durable: string, contract: typeof thingHappened | typeof thingCounted, count: number) {
  let poisonous = true
  const consumer = node.runner.start({
    durable,
    contracts: [contract],
    handler: async (events, tx) => {
      if (poisonous) throw new TypeError('all of it is poison')
      await write(durable, events, tx)
    },
  })
  await node.database.transact(async (tx) => {
    tx.append(
      contract,
      Array.from({ length: count }, (_, index) => ({ account: 'a', number: index + 1 })),
    )
  })
  await eventually(async () => (await listDeadLetters(node.database, { consumer: durable })).length === count, {
    withinMs: 29_000,
  })
  poisonous = false
  expect(await replayDeadLetters(node.database, ids, { consumer: durable })).toBe(count)
  await eventually(async () => (await harness.effects(durable)).size === count, { describe: 'the replay' })
  await publishAgain(contract.name, durable)
  await consumer.stop()
  return harness.effects(durable)
}

describe('the inbox', () => {
  it('gives a buried and replayed event no second effect when its message comes again', async () => {
    const effects = await buryReplayRepeat('alone', thingHappened, 1)
    expect([...effects]).toEqual([[1, 1]])
  }, 60_000)

  it('gives events of a message of which everything was buried no second effect either', async () => {
    const effects = await buryReplayRepeat('together', thingCounted, 3)
    expect([...effects.values()]).toEqual([1, 1, 1])
  }, 60_000)
})

describe('a message that seems new', () => {
  /** How often the handler was called with the number of a new event that it then writes. */
  async function handling(durable: string, number: number) {
    let calls = 0
    const consumer = node.runner.start({
      durable,
      contracts: [thingHappened],
      handler: async (events, tx) => {
        if (events.some(({ data }) => data.number === number)) calls += 1
        await write(durable, events, tx)
      },
    })
    // What others have published before is out of the way.
    await eventually(async () => (await deliveredOf(durable)) >= 0)
    const happen = () =>
      node.database.transact(async (tx) => {
        tx.append(thingHappened, { account: 'a', number })
      })
    const hasEffect = async () => (await harness.effects(durable)).get(number) === 1
    return { consumer, happen, hasEffect, calls: () => calls }
  }

  it('is handled while the inbox has not answered yet, and takes effect once', async () => {
    const { consumer, happen, hasEffect, calls } = await handling('hasty', 100)
    await node.database.transact(async (tx) => {
      await tx.query('lock table inbox in exclusive mode')
      await happen()
      await eventually(() => calls() === 1, { describe: 'the handler was called' })
    })
    await eventually(hasEffect)
    await consumer.stop()
    expect(calls()).toBe(1)
  })

  it('is undone when it was known after all', async () => {
    const { consumer, happen, hasEffect, calls } = await handling('mistaken', 200)
    await happen()
    await eventually(hasEffect)
    // The server has to forget its id first.
    await eventually(
      async () => {
        await publishAgain(thingHappened.name, 'mistaken')
        return calls() > 1
      },
      { withinMs: 29_000 },
    )
    await consumer.stop()
    expect(await hasEffect()).toBe(true)
  })
})
