import { SeededRandomness, SystemRandomness } from '@tradewire/kernel/randomness'
import fc from 'fast-check'
import { Webhook } from 'standardwebhooks'
import { describe, expect, it } from 'vitest'
import { newSigningSecret, signedHeaders } from './signature.ts'

const randomness = new SystemRandomness()

describe('a signature', () => {
  it('is verified by the official client, whatever the payload, with either secret of a rotation', () => {
    const [current, previous] = [newSigningSecret(randomness), newSigningSecret(randomness)]
    fc.assert(
      fc.property(fc.json(), fc.uuid(), (body, id) => {
        const headers = { ...signedHeaders(id, body, [current, previous], new Date()) }
        for (const secret of [current, previous]) {
          expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body))
        }
      }),
    )
  })

  it('does not fit another body, id, timestamp or secret', () => {
    const secret = newSigningSecret(new SeededRandomness(1))
    const headers = { ...signedHeaders('one', '{"a":1}', [secret], new Date()) }
    const verify = (changes: Partial<typeof headers>, body = '{"a":1}', key = secret) =>
      new Webhook(key).verify(body, { ...headers, ...changes })
    expect(() => verify({}, '{"a":2}')).toThrow()
    expect(() => verify({ 'webhook-id': 'two' })).toThrow()
    expect(() => verify({ 'webhook-timestamp': String(Number(headers['webhook-timestamp']) - 1) })).toThrow()
    expect(() => verify({}, '{"a":1}', newSigningSecret(randomness))).toThrow()
    expect(verify({})).toEqual({ a: 1 })
  })
})
