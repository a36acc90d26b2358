import { describe, expect, it } from 'vitest'
import { isOutdated } from '../credentials/password-hash.ts'
import { signingKeyAt } from './signing-keys.ts'

const first = { kid: 'first', signsFrom: new Date('2026-01-01T00:00:00.000Z') }
const second = { kid: 'second', signsFrom: new Date('2026-04-01T00:00:00.000Z') }

describe('signing keys', () => {
  it('sign one after the other, each from its own time on', () => {
    const at = (text: string): string | undefined => signingKeyAt([second, first], new Date(text))?.kid
    expect(at('2025-12-31T23:59:59.999Z')).toBeUndefined()
    expect(at('2026-01-01T00:00:00.000Z')).toBe('first')
    expect(at('2026-03-31T23:59:59.999Z')).toBe('first')
    expect(at('2026-04-01T00:00:00.000Z')).toBe('second')
  })
})

describe('a stored hash', () => {
  it('is outdated unless every parameter is today’s', () => {
    const today = { memoryKib: 65_536, passes: 3, lanes: 4 }
    expect(isOutdated('$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA', today)).toBe(false)
    for (const other of ['$argon2id$v=19$m=19456,t=3,p=4$x$y', '$argon2i$v=19$m=65536,t=3,p=4$x$y', 'plain']) {
      expect(isOutdated(other, today)).toBe(true)
    }
  })
})
