import type { EventId } from '@tradewire/kernel/ids'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Event } from './define-event.ts'
import { plainText, readMessage, sharingText } from './event-message.ts'

const value = fc.oneof(fc.constantFrom('a', 'b', '', '},\n{', null, undefined, 0, 1, true), fc.jsonValue())
const data = fc.oneof(fc.dictionary(fc.constantFrom('a', 'b', 'c', 'toString'), value), fc.jsonValue())
const event: fc.Arbitrary<Event> = fc.record({
  id: fc.uuid().map((id) => id as EventId),
  name: fc.constantFrom('order.submit', 'order.cancel'),
  version: fc.constantFrom(1, 2),
  occurredAt: fc.constantFrom('2024-01-02T03:04:05.678Z', '2024-01-02T03:04:05.679Z'),
  data,
})
const events = fc.array(event, { minLength: 1, maxLength: 6 })

function asJson(all: unknown): unknown {
  return JSON.parse(JSON.stringify(all))
}

describe('the body of a message', () => {
  it('reads as it was written, also where what is equal stands once', () => {
    fc.assert(
      fc.property(events, (all) => {
        expect(asJson(readMessage(sharingText(all)).events)).toEqual(asJson(all))
        expect(asJson(readMessage(plainText(all)).events)).toEqual(asJson(all))
      }),
    )
  })

  it('says what all events have in common once', () => {
    const common = { name: 'order.submit', version: 1, occurredAt: '2024-01-02T03:04:05.678Z' }
    const all = ['1', '2'].map((id) => ({
      ...common,
      id: id as EventId,
      data: { side: 'buy', price: null, intentId: id },
    }))
    expect(JSON.parse(sharingText(all))).toEqual({
      shared: { ...common, data: { side: 'buy', price: null } },
      events: [
        { id: '1', data: { intentId: '1' } },
        { id: '2', data: { intentId: '2' } },
      ],
    })
  })

  it('is refused when it does not say what an event is', () => {
    const own = { id: '1', name: 'order.submit', data: {} }
    expect(() => readMessage(JSON.stringify({ events: [own] }))).toThrow('event 1 says neither itself nor')
    expect(() => readMessage('{"events":[]}')).toThrow()
    expect(() => readMessage('no JSON')).toThrow()
  })
})
