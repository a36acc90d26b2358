import type { JsonObject, JsonValue } from '@tradewire/contracts/openapi/schemas'
import { describe, expect, it } from 'vitest'
import { breaksBetween } from './breaks.ts'

interface Parts {
  readonly body?: JsonObject
  readonly reply?: JsonObject
  readonly query?: readonly { readonly name: string; readonly required: boolean }[]
  readonly isPublic?: boolean
}

const object = (properties: Record<string, JsonValue>, required: readonly string[] = []): JsonObject => ({
  type: 'object',
  properties,
  required,
})
const text = { type: 'string' }

function api(
  { body, reply, query = [], isPublic = false }: Parts,
  schemas: Record<string, JsonValue> = {},
): JsonObject {
  const media = (schema: JsonObject) => ({ content: { 'application/json': { schema } } })
  return {
    paths: {
      '/v1/things': {
        post: {
          operationId: 'makeThing',
          ...(isPublic ? { security: [] } : {}),
          parameters: query.map((one) => ({ ...one, in: 'query', schema: text })),
          ...(body === undefined ? {} : { requestBody: media(body) }),
          responses: { '200': reply === undefined ? {} : media(reply) },
        },
      },
    },
    components: { schemas },
  }
}

function breaks(before: Parts, after: Parts): string[] {
  return breaksBetween(api(before), api(after)).map(({ what }) => what)
}

describe('a change that takes something away from callers', () => {
  it.each<[string, Parts, Parts, string[]]>([
    [
      'a field of the reply is gone',
      { reply: object({ a: text, b: text }) },
      { reply: object({ a: text }) },
      ['reply.b is gone'],
    ],
    [
      'a field of the reply has another type',
      { reply: object({ a: text }) },
      { reply: object({ a: { type: 'number' } }) },
      ['reply.a may be number now'],
    ],
    [
      'a field of the reply may be absent',
      { reply: object({ a: text }, ['a']) },
      { reply: object({ a: text }) },
      ['reply.a may be absent now'],
    ],
    [
      'a field is demanded',
      { body: object({ a: text }) },
      { body: object({ a: text, b: text }, ['b']) },
      ['body.b is required now'],
    ],
    [
      'a word is no longer taken',
      { body: object({ side: { enum: ['buy', 'sell'] } }) },
      { body: object({ side: { enum: ['buy'] } }) },
      ['body.side takes no "sell" now'],
    ],
    ['a body is demanded', {}, { body: object({ a: text }, ['a']) }, ['body is required now']],
    ['a query is demanded', {}, { query: [{ name: 'q', required: true }] }, ['query is required now']],
    ['a credential is demanded', { isPublic: true }, {}, ['needs a credential now']],
  ])('is found: %s', (_, before, after, expected) => {
    expect(breaks(before, after)).toEqual(expected)
  })

  it('is found behind references and in lists', () => {
    const list: Parts = { reply: object({ items: { type: 'array', items: { $ref: '#/components/schemas/Thing' } } }) }
    const before = api(list, { Thing: object({ a: text }) })
    const after = api(list, { Thing: object({}) })
    expect(breaksBetween(before, after)).toEqual([{ operation: 'makeThing', what: 'reply.items[].a is gone' }])
  })

  it('is found where the operation itself is gone', () => {
    expect(breaksBetween(api({}), { paths: {} })).toEqual([{ operation: 'makeThing', what: 'POST /v1/things is gone' }])
  })
})

describe('a change that only adds', () => {
  it.each<[string, Parts, Parts]>([
    ['a field of the reply', { reply: object({ a: text }) }, { reply: object({ a: text, b: text }, ['b']) }],
    ['an optional field of the body', { body: object({ a: text }) }, { body: object({ a: text, b: text }) }],
    [
      'a word that is taken',
      { body: object({ side: { enum: ['buy'] } }) },
      { body: object({ side: { enum: ['buy', 'sell'] } }) },
    ],
    [
      'a word in the reply',
      { reply: object({ state: { enum: ['open'] } }) },
      { reply: object({ state: { enum: ['open', 'shut'] } }) },
    ],
    ['a reply where there was none', {}, { reply: object({ a: text }) }],
    ['a credential that is needed no more', {}, { isPublic: true }],
  ])('is no break: %s', (_, before, after) => {
    expect(breaks(before, after)).toEqual([])
  })

  it('is no break when it is an operation', () => {
    expect(breaksBetween({ paths: {} }, api({}))).toEqual([])
  })
})
