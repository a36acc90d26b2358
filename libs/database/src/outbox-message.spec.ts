import { defineEvent, type Event } from '@tradewire/contracts/define-event'
import { readMessage } from '@tradewire/contracts/event-message'
import { Clock } from '@tradewire/kernel/clock'
import { UuidV7Source } from '@tradewire/kernel/ids'
import { partitionOf, partitionToken } from '@tradewire/kernel/partition'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { messageIdOf, messagesOf, OutboxBuffer } from './outbox-message.ts'

class FixedClock extends Clock {
  now(): Date {
    return new Date('2024-01-02T03:04:05.678Z')
  }
  monotonicMs(): number {
    return 0
  }
}

const common = { version: 1, owner: 'things', description: 'For tests.' }
const single = defineEvent({ ...common, name: 'one.thing', data: z.strictObject({ n: z.int() }), example: { n: 1 } })
const other = defineEvent({ ...common, name: 'other.thing', data: z.strictObject({ n: z.int() }), example: { n: 1 } })
const noted = defineEvent({
  ...common,
  name: 'noted.thing',
  data: z.strictObject({ text: z.string() }),
  example: { text: '' },
})
const batched = defineEvent({
  ...common,
  name: 'many.things',
  delivery: 'batched',
  data: z.strictObject({ n: z.int(), text: z.string().optional() }),
  example: { n: 1 },
})
const command = defineEvent({
  ...common,
  name: 'do.thing',
  delivery: 'batched',
  partitioned: true,
  data: z.strictObject({ accountId: z.string() }),
  example: { accountId: 'a' },
})

function buffer(): OutboxBuffer {
  return new OutboxBuffer(new FixedClock(), new UuidV7Source())
}

function eventsOf(body: string): Event<{ n: number }>[] {
  return readMessage(body).events as Event<{ n: number }>[]
}

describe('the outbox buffer', () => {
  it('stores events of a single contract together and puts each into a message of its own', () => {
    const outbox = buffer()
    outbox.append(single, [{ n: 1 }, { n: 2 }], '00-1-1-01')
    const rows = outbox.take()
    expect(rows).toMatchObject([{ subject: 'one.thing', eventCount: 2, split: true, trace: '00-1-1-01' }])
    const messages = rows.flatMap(messagesOf)
    expect(messages.map(({ body }) => eventsOf(body).map(({ data }) => data.n))).toEqual([[1], [2]])
    expect(messages.map(({ id }) => id)).toEqual([rows[0]!.id, messageIdOf(rows[0]!.id, 1)])
    expect(messages).toMatchObject([{ subject: 'one.thing', trace: '00-1-1-01' }, { rowId: rows[0]!.id }])
    expect(eventsOf(messages[0]!.body)[0]).toMatchObject({
      name: 'one.thing',
      version: 1,
      occurredAt: '2024-01-02T03:04:05.678Z',
      data: { n: 1 },
    })
    expect(rows.flatMap(messagesOf)).toEqual(messages)
    expect(outbox.take()).toEqual([])
  })

  it('stores at most a hundred single events in a row, and keeps their order among contracts', () => {
    const outbox = buffer()
    outbox.append(
      single,
      Array.from({ length: 150 }, (_, n) => ({ n })),
      null,
    )
    outbox.append(other, [{ n: 150 }], null)
    outbox.append(single, [{ n: 151 }], null)
    const rows = outbox.take()
    expect(rows.map(({ subject, eventCount }) => `${subject} ${eventCount}`)).toEqual([
      'one.thing 100',
      'one.thing 50',
      'other.thing 1',
      'one.thing 1',
    ])
    const numbers = rows.flatMap(messagesOf).flatMap(({ body }) => eventsOf(body).map(({ data }) => data.n))
    expect(numbers).toEqual(Array.from({ length: 152 }, (_, n) => n))
  })

  it('splits events whose text has line breaks and commas', () => {
    const outbox = buffer()
    const text = '},\n{"events":['
    outbox.append(noted, [{ text }, { text }], null)
    const bodies = outbox
      .take()
      .flatMap(messagesOf)
      .map(({ body }) => eventsOf(body))
    expect(bodies).toMatchObject([[{ data: { text } }], [{ data: { text } }]])
  })

  it('packs a hundred events of one subject into a message, over several appends, in order', () => {
    const outbox = buffer()
    for (let n = 0; n < 250; n += 1) outbox.append(batched, [{ n }], null)
    const rows = outbox.take()
    expect(rows.map(({ eventCount }) => eventCount)).toEqual([100, 100, 50])
    expect(rows.flatMap(messagesOf)).toHaveLength(3)
    const all = rows.flatMap(({ body }) => eventsOf(body))
    expect(all.map(({ data }) => data.n)).toEqual(Array.from({ length: 250 }, (_, n) => n))
    expect(new Set(all.map(({ id }) => id)).size).toBe(250)
  })

  it('keeps a message below the size that the bus takes', () => {
    const outbox = buffer()
    outbox.append(
      batched,
      [1, 2, 3].map((n) => ({ n, text: `${n}`.repeat(150_000) })),
      null,
    )
    expect(outbox.take().map(({ eventCount }) => eventCount)).toEqual([2, 1])
  })

  it('splits partitioned events by account and traces from each other', () => {
    const outbox = buffer()
    outbox.append(command, [{ accountId: 'a' }, { accountId: 'b' }, { accountId: 'a' }], '00-1-1-01')
    outbox.append(command, [{ accountId: 'a' }], '00-2-2-01')
    const found = outbox.take().map(({ subject, eventCount, trace }) => `${subject} ${eventCount} ${trace}`)
    const [a, b] = ['a', 'b'].map((account) => `do.thing.${partitionToken(partitionOf(account))}`)
    expect(found.toSorted()).toEqual([`${a} 1 00-2-2-01`, `${a} 2 00-1-1-01`, `${b} 1 00-1-1-01`].toSorted())
  })
})
