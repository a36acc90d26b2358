import { expect, it } from 'vitest'
import { keyHintOf } from './key-hint.ts'

it('shows both ends of a key and nothing of one that is short', () => {
  expect(keyHintOf('t32hMggmL26nkyFPoPkqWe5U7vMRpu3y')).toBe('t32h****pu3y')
  expect(keyHintOf('abcdefgh1234567')).toBe('****')
})
