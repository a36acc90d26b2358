import { describe, expect, it } from 'vitest'
import { isOpen } from './trading-window.ts'

const berlin = { timeZone: 'Europe/Berlin', days: ['friday' as const], from: '09:00', to: '17:30' }

describe('a trading window', () => {
  it('follows the clock of its time zone, in summer and in winter', () => {
    expect(isOpen(berlin, new Date('2026-07-17T07:00:00Z'))).toBe(true)
    expect(isOpen(berlin, new Date('2026-07-17T06:59:59Z'))).toBe(false)
    expect(isOpen(berlin, new Date('2026-01-16T07:30:00Z'))).toBe(false)
    expect(isOpen(berlin, new Date('2026-01-16T08:00:00Z'))).toBe(true)
  })

  it('does not include its end, nor other days', () => {
    expect(isOpen(berlin, new Date('2026-01-16T16:29:59Z'))).toBe(true)
    expect(isOpen(berlin, new Date('2026-01-16T16:30:00Z'))).toBe(false)
    expect(isOpen(berlin, new Date('2026-01-17T10:00:00Z'))).toBe(false)
  })

  it('runs past midnight into the next day', () => {
    const night = { timeZone: 'UTC', days: ['saturday' as const], from: '22:00', to: '02:00' }
    expect(isOpen(night, new Date('2026-01-17T23:00:00Z'))).toBe(true)
    expect(isOpen(night, new Date('2026-01-18T01:59:00Z'))).toBe(true)
    expect(isOpen(night, new Date('2026-01-18T02:00:00Z'))).toBe(false)
    expect(isOpen(night, new Date('2026-01-17T01:00:00Z'))).toBe(false)
  })

  it('is open around the clock from when it begins where it ends at the same time, and at its very minute', () => {
    const friday = { timeZone: 'UTC', days: ['friday' as const], from: '18:00', to: '18:00' }
    expect(isOpen(friday, new Date('2026-01-16T17:59:59Z'))).toBe(false)
    expect(isOpen(friday, new Date('2026-01-16T18:00:00Z'))).toBe(true)
    expect(isOpen(friday, new Date('2026-01-17T17:59:59Z'))).toBe(true)
    expect(isOpen(friday, new Date('2026-01-17T18:00:00Z'))).toBe(false)
  })
})
