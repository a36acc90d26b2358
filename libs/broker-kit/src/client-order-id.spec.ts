import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  base36OfUuid,
  type ClientIdRule,
  decodeClientOrderId,
  intentOfClientOrderId,
  encodeClientOrderId,
  uuidOfBase36,
} from './client-order-id.ts'

const rule: ClientIdRule = {
  field: 'newClientOrderId',
  lengthMax: 36,
  characters: 'base36',
  uniqueness: 'open-orders',
  queryable: true,
  readLagMs: 120_000,
}

describe('the client order id', () => {
  it('gives back every intent that it encodes, in 25 characters', () => {
    fc.assert(
      fc.property(fc.uuid(), (uuid) => {
        const encoded = base36OfUuid(uuid)
        expect(encoded).toMatch(/^[0-9a-z]{25}$/)
        expect(uuidOfBase36(encoded)).toBe(uuid)
      }),
    )
  })

  it('round-trips through every character set', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.constantFrom('base36', 'hex', 'uuid'), (uuid, characters) => {
        const own = { ...rule, characters } as ClientIdRule
        expect(decodeClientOrderId(own, encodeClientOrderId(own, uuid))).toBe(uuid)
        expect(intentOfClientOrderId(encodeClientOrderId(own, uuid))).toBe(uuid)
      }),
    )
  })

  it('knows foreign ids from its own', () => {
    expect(decodeClientOrderId(rule, 'x-TKT5PX2F0123456789abcdef012345')).toBeNull()
    expect(decodeClientOrderId(rule, 'web_abc')).toBeNull()
    expect(intentOfClientOrderId('web_abc')).toBeNull()
    expect(decodeClientOrderId(rule, 'z'.repeat(25))).toBeNull()
  })

  it('refuses a rule that leaves no room', () => {
    expect(() => encodeClientOrderId({ ...rule, lengthMax: 20 }, '01963a5e-0000-8000-a000-000000000001')).toThrow('fit')
  })
})
