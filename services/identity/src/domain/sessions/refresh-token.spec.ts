import { SeededRandomness } from '@tradewire/kernel/randomness'
import { refreshTokenLengthMax } from '@tradewire/contracts/rpc/identity'
import { describe, expect, it } from 'vitest'
import { hashOf, newRefreshToken, newSuccessorSalt, successorOf } from './refresh-token.ts'

const randomness = new SeededRandomness(7)

describe('refresh token text', () => {
  it('has one successor for one salt and another for another', () => {
    const token = newRefreshToken(randomness)
    const [salt, otherSalt] = [newSuccessorSalt(randomness), newSuccessorSalt(randomness)]
    expect(successorOf(token, salt)).toBe(successorOf(token, salt))
    expect(successorOf(token, salt)).not.toBe(successorOf(token, otherSalt))
    expect(successorOf(token, salt)).not.toBe(token)
  })

  it('fits the contract and carries the prefix that scanners look for', () => {
    const token = newRefreshToken(randomness)
    for (const text of [token, successorOf(token, newSuccessorSalt(randomness))]) {
      expect(text).toMatch(/^twr_[A-Za-z0-9_-]{43}$/)
      expect(text.length).toBeLessThanOrEqual(refreshTokenLengthMax)
    }
    expect(hashOf(token)).toHaveLength(32)
  })
})
