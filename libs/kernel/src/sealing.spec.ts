import { SystemRandomness } from './randomness.ts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MasterKeys, Sealer, SealError } from './sealing.ts'

const first = `v1:${Buffer.alloc(32, 1).toString('base64')}`
const second = `v2:${Buffer.alloc(32, 2).toString('base64')}`
const owner = { userId: 'u1', subject: 'a1' }

function sealerOf(text: string): Sealer {
  return new Sealer(MasterKeys.parse(text), new SystemRandomness())
}

describe('sealing', () => {
  it('gives every credential back to its own account', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.string({ minLength: 1 })), (credentials) => {
        const sealer = sealerOf(first)
        expect(sealer.open(owner, sealer.seal(owner, credentials))).toEqual({ ...credentials })
      }),
    )
  })

  it('refuses a value that was moved to another account, another user or another field', () => {
    const sealer = sealerOf(first)
    const sealed = sealer.seal(owner, { apiKey: 'k', secret: 's' })
    expect(() => sealer.open({ ...owner, subject: 'a2' }, sealed)).toThrow(SealError)
    expect(() => sealer.open({ ...owner, userId: 'u2' }, sealed)).toThrow(SealError)
    const swapped = {
      ...sealed,
      fields: { apiKey: sealed.fields['secret'] ?? '', secret: sealed.fields['apiKey'] ?? '' },
    }
    expect(() => sealer.open(owner, swapped)).toThrow(SealError)
  })

  it('opens after the master key was rotated, and only re-wraps the data key', () => {
    const sealed = sealerOf(first).seal(owner, { secret: 's' })
    const both = sealerOf(`${first}\n${second}`)
    const rewrapped = { ...both.wrap(owner, both.unwrap(owner, sealed)), fields: sealed.fields }
    expect(rewrapped).toMatchObject({ masterVersion: 2, fields: sealed.fields })
    expect(sealerOf(second).open(owner, rewrapped)).toEqual({ secret: 's' })
    expect(() => sealerOf(second).open(owner, sealed)).toThrow('v1 is not configured')
  })

  it('does not quote a malformed master key', () => {
    expect(() => MasterKeys.parse('v1:hunter2')).toThrow(/^a master key must be/)
  })
})
