import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { absenceVerdict } from './absence.ts'

const input = {
  uniqueness: 'open-orders',
  readLagMs: 120_000,
  absentMs: 0,
  provedAtVenue: false,
  unwanted: false,
} as const

describe('absence', () => {
  it('waits for the read lag where an id can be used twice', () => {
    expect(absenceVerdict({ ...input, absentMs: 119_999 })).toBe('wait')
    expect(absenceVerdict({ ...input, absentMs: 120_000 })).toBe('submit-again')
  })

  it('never sends again what is unwanted or what the venue would not recognise', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), (absentMs) => {
        expect(absenceVerdict({ ...input, absentMs, unwanted: true })).not.toBe('submit-again')
        expect(absenceVerdict({ ...input, absentMs, uniqueness: 'none' })).not.toBe('submit-again')
      }),
    )
  })

  it('counts as never arrived once the read lag is over and nothing may be sent again', () => {
    for (const changes of [
      { unwanted: true },
      { uniqueness: 'none' },
      { uniqueness: 'forever', unwanted: true },
    ] as const) {
      expect(absenceVerdict({ ...input, ...changes, absentMs: 119_999 })).toBe('wait')
      expect(absenceVerdict({ ...input, ...changes, absentMs: 120_000 })).toBe('never-arrived')
    }
  })

  it('waits for ever once the venue has proved that the id is in use', () => {
    expect(absenceVerdict({ ...input, provedAtVenue: true, absentMs: 1_000_000 })).toBe('wait')
    expect(absenceVerdict({ ...input, provedAtVenue: true, uniqueness: 'forever' })).toBe('wait')
  })

  it('sends again at once where the venue refuses a used id for ever', () => {
    expect(absenceVerdict({ ...input, uniqueness: 'forever' })).toBe('submit-again')
    expect(absenceVerdict({ ...input, uniqueness: 'forever', unwanted: true })).toBe('wait')
  })
})
