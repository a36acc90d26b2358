import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newBoxKey, openBox, sealBox } from './sealed-box.ts'
import { SealError } from './sealing.ts'

const { publicKey, privateKey } = newBoxKey()
const recipient = { keyId: 'k1', publicKey }

describe('a sealed box', () => {
  it('gives any text back to who has the private key, and shows nothing of it', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 8 }), fc.string(), (text, context) => {
        const box = sealBox(recipient, text, context)
        expect(openBox(privateKey, box, context)).toBe(text)
        expect(JSON.stringify(box)).not.toContain(text)
      }),
      { numRuns: 50 },
    )
  })

  it('opens for no other key, no other purpose and no other key id', () => {
    const box = sealBox(recipient, 'secret', 'u1|paper')
    expect(() => openBox(newBoxKey().privateKey, box, 'u1|paper')).toThrow(SealError)
    expect(() => openBox(privateKey, box, 'u2|paper')).toThrow(SealError)
    expect(() => openBox(privateKey, { ...box, keyId: 'k2' }, 'u1|paper')).toThrow(SealError)
  })

  it('does not open when anything of it was changed, or is no box at all', () => {
    const box = sealBox(recipient, 'secret', '')
    const other = sealBox(recipient, 'secret', '')
    expect(other.ephemeralKey).not.toBe(box.ephemeralKey)
    for (const changed of [
      { ...box, ephemeralKey: other.ephemeralKey },
      { ...box, sealed: other.sealed },
      { ...box, sealed: '' },
      { ...box, ephemeralKey: 'nothing' },
    ]) {
      expect(() => openBox(privateKey, changed, '')).toThrow(SealError)
    }
  })
})
