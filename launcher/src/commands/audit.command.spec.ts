import { InvalidArgumentError } from 'commander'
import { describe, expect, it } from 'vitest'
import { headHash } from './audit.command.ts'

const hash = '5f1c'.repeat(16)

describe('a head noted earlier', () => {
  it('is a hash, in any case of its letters', () => {
    expect(headHash(hash)).toBe(hash)
    expect(headHash(hash.toUpperCase())).toBe(hash)
  })

  it('that is cut or mistyped is a wrong use, and no alarm about the log', () => {
    for (const text of ['5f1c...', hash.slice(1), `${hash}0`, `g${hash.slice(1)}`, '']) {
      expect(() => headHash(text)).toThrow(InvalidArgumentError)
    }
  })
})
