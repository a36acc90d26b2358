import { describe, expect, it } from 'vitest'
import { endOf } from './key.command.ts'

const now = new Date('2026-01-15T08:00:00.000Z')

describe('the end of a key', () => {
  it('is so many days or hours from now, a moment, or never', () => {
    expect(endOf('6d', now)).toBe('2026-01-21T08:00:00.000Z')
    expect(endOf('12h', now)).toBe('2026-01-15T20:00:00.000Z')
    expect(endOf('2027-01-31T08:00:00Z', now)).toBe('2027-01-31T08:00:00.000Z')
    expect(endOf('never', now)).toBeNull()
  })

  it('is refused as anything else', () => {
    for (const text of ['', 'soon', '6', '-6d']) expect(() => endOf(text, now)).toThrow('must be like')
  })
})
