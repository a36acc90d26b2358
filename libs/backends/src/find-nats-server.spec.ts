import { describe, expect, it } from 'vitest'
import { isAtLeast } from './find-nats-server.ts'

describe('versions of nats-server', () => {
  it.each([
    ['2.10.0', true],
    ['2.10.27', true],
    ['2.15.1', true],
    ['3.0.0', true],
    ['2.9.25', false],
    ['1.99.99', false],
  ])('%s is new enough: %s', (version, expected) => {
    expect(isAtLeast(version, '2.10.0')).toBe(expected)
  })
})
