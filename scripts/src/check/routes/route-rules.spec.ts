import { allRoutes } from '@tradewire/contracts/http/all'
import { gatewayOperations } from '@tradewire/contracts/http/gateway'
import { defineOperation, type PlainOperation } from '@tradewire/contracts/define-operation'
import { defineRoute, type RouteContract } from '@tradewire/contracts/define-route'
import { defineRpc } from '@tradewire/contracts/define-rpc'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { routeExceptions } from './exceptions.ts'
import { auditRoutes, type RouteExceptions } from './route-rules.ts'

const none: RouteExceptions = { publicOperations: {}, withoutKey: {} }
const asks = (name: string) =>
  defineRpc({ name, description: 'A question', request: z.object({}), reply: z.object({ id: z.uuid() }) })

const good = defineRoute({
  operation: 'getThing',
  tag: 'Things',
  method: 'GET',
  path: '/v1/things/{thingId}',
  summary: 'Get a thing',
  access: ['operator'],
  params: z.strictObject({ thingId: z.uuid() }),
  rpc: asks('things.thing.get'),
  toRequest: () => ({}),
})

/** As a caller without a compiler could declare it. */
function audited(changes: Readonly<Record<string, unknown>>, exceptions = none) {
  const route = { ...good, ...changes } as unknown as RouteContract
  return auditRoutes([route], [], exceptions).map(({ rule, message }) => `${rule}: ${message}`)
}

describe('the route audit', () => {
  it('lets the whole public API pass', () => {
    expect(auditRoutes(allRoutes, gatewayOperations, routeExceptions)).toEqual([])
  })

  it('lets a route pass that declares everything', () => {
    expect(audited({})).toEqual([])
  })

  it.each([
    [{ access: undefined }, 'getThing does not say who may call it'],
    [{ access: [] }, 'getThing does not say who may call it'],
    [{ access: ['everybody'] }, 'getThing names no role: everybody'],
    [{ access: 'public' }, 'getThing is open to everybody'],
  ])('refuses a route whose access is %o', (changes, message) => {
    expect(audited(changes)).toEqual([`route-without-access: ${message}`])
  })

  it.each(['params', 'query', 'body', 'reply'])('refuses a route without a schema of its %s', (part) => {
    expect(audited({ [part]: undefined })).toEqual([`route-without-schema: getThing has no schema of its ${part}`])
  })

  it.each([
    [{ path: '/v1/things' }, 'differs in path and params: thingId'],
    [{ path: '/v1/things/{thingId}/{part}' }, 'differs in path and params: part'],
    [{ reply: z.strictObject({}) }, 'is read and answers nothing'],
  ])('refuses a route whose schemas do not fit it', (changes, message) => {
    expect(audited(changes)).toEqual([`route-without-schema: getThing ${message}`])
  })

  it.each([
    [{ errors: undefined }, 'has no list of its errors'],
    [{ errors: ['conflict', 'sadness'] }, 'names no kind of error: sadness'],
  ])('refuses a route whose errors are %o', (changes, message) => {
    expect(audited(changes)).toEqual([`route-without-errors: getThing ${message}`])
  })

  describe('of an operation that no service answers', () => {
    const shout = defineOperation({
      operation: 'shout',
      tag: 'Things',
      form: 'own',
      method: 'POST',
      path: '/v1/shouts',
      summary: 'Shout',
      description: 'Shouts.',
      access: ['operator'],
      body: { 'text/plain': z.string() },
      replies: [{ status: 200, description: 'Heard', content: { 'text/plain': z.string() } }],
    })
    const found = (changes: Partial<PlainOperation>) =>
      auditRoutes([], [{ ...shout, ...changes }], none).map(({ message }) => message)

    it('refuses one that takes a body and does not show how it refuses it', () => {
      expect(found({})).toEqual(['shout does not show 400 or 422'])
    })

    it('asks for no 429 where requests are never counted', () => {
      expect(found({ counted: false })).toEqual(found({}))
    })

    it('refuses one without access or replies', () => {
      expect(found({ access: [] })).toEqual(['shout does not say who may call it'])
      expect(found({ replies: [] })).toEqual(['shout answers nothing'])
    })
  })

  it.each(['orders.position.close', 'billing.payment.begin'])('refuses a POST of %s that takes no key', (name) => {
    const trading = { method: 'POST', rpc: asks(name) }
    const found = ['route-without-key: getThing trades or bills and takes no Idempotency-Key']
    expect(audited(trading)).toEqual(found)
    expect(audited({ method: 'POST', step: { rpc: asks(name), toRequest: () => null } })).toEqual(found)
    expect(audited({ ...trading, idempotency: 'key' })).toEqual([])
    expect(audited(trading, { ...none, withoutKey: { getThing: 'as a test' } })).toEqual([])
  })

  it('refuses a POST of the scope that trades, whichever service it asks', () => {
    expect(audited({ method: 'POST', scope: 'trade' })).toHaveLength(1)
  })

  it('refuses an exception that is none any more', () => {
    expect(audited({}, { publicOperations: { getThing: 'once' }, withoutKey: {} })).toEqual([
      'needless-exception: getThing is no exception any more',
    ])
  })
})
