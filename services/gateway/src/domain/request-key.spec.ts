import { describe, expect, it } from 'vitest'
import type { Credential } from './credential.ts'
import { type RequestKey, requestKeyOf, stepKeyOf } from './request-key.ts'

const route = { operation: 'sendSignal', idempotency: 'key' as const }
const shown = {
  caller: { userId: '01963a5e-0000-7000-8000-00000000000a', roles: ['operator'] },
} as unknown as Credential
const sent = [{}, {}, { side: 'buy' }]

describe('the key of a request', () => {
  const key = requestKeyOf({ route, shown, idempotencyKey: 'one' }, sent)

  it('is the same for the same caller, operation and header, quoted or not', () => {
    expect(requestKeyOf({ route, shown, idempotencyKey: '"one"' }, sent)).toEqual(key)
  })

  it('is another one for another user, operation or header', () => {
    const other = { caller: { userId: '01963a5e-0000-7000-8000-00000000000b', roles: [] } } as unknown as Credential
    const others = [
      requestKeyOf({ route, shown: other, idempotencyKey: 'one' }, sent),
      requestKeyOf({ route: { ...route, operation: 'makePurchase' }, shown, idempotencyKey: 'one' }, sent),
      requestKeyOf({ route, shown, idempotencyKey: 'two' }, sent),
    ]
    const ids = [key, ...others].map((each) => (each as { id: string }).id)
    expect(new Set(ids).size).toBe(4)
  })

  it('tells another body apart', () => {
    const other = requestKeyOf({ route, shown, idempotencyKey: 'one' }, [{}, {}, { side: 'sell' }])
    expect(other).toMatchObject({ id: (key as { id: string }).id })
    expect(other).not.toEqual(key)
  })

  it('is another one for the step of its route, and the same each time', () => {
    const first = key as RequestKey
    expect(stepKeyOf(first)).toEqual(stepKeyOf({ ...first }))
    expect(stepKeyOf(first).id).not.toBe(first.id)
    expect(stepKeyOf(first).body).toBe(first.body)
  })

  it('is none where the route takes none or none was sent, and malformed when it is empty, too long or not ASCII', () => {
    expect(
      requestKeyOf({ route: { ...route, idempotency: 'none' }, shown, idempotencyKey: 'one' }, sent),
    ).toBeUndefined()
    expect(requestKeyOf({ route, shown, idempotencyKey: undefined }, sent)).toBeUndefined()
    for (const idempotencyKey of ['', '""', 'a b', 'ä', 'x'.repeat(256)]) {
      expect(requestKeyOf({ route, shown, idempotencyKey }, sent)).toBe('malformed')
    }
  })
})
