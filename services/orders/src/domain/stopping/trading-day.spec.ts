import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { midnightUtc, periodAround } from './trading-day.ts'

const newYork = { timeZone: 'America/New_York', from: '17:00' }
const spanText = ({ startsAt, endsAt }: { startsAt: Date; endsAt: Date }) => [
  startsAt.toISOString().slice(0, 16),
  endsAt.toISOString().slice(0, 16),
]

describe('a period of losses', () => {
  const now = new Date('2026-11-21T07:30:00.000Z') // a Saturday

  it.each([
    ['day', ['2026-11-21T00:00', '2026-11-22T00:00']],
    ['week', ['2026-11-16T00:00', '2026-11-23T00:00']],
    ['month', ['2026-11-01T00:00', '2026-12-01T00:00']],
  ] as const)('of a %s begins at midnight UTC where nobody says otherwise', (period, span) => {
    expect(spanText(periodAround(period, midnightUtc, now))).toEqual(span)
  })

  it.each([
    ['day', ['2026-11-20T22:00', '2026-11-21T22:00']],
    ['week', ['2026-11-16T22:00', '2026-11-23T22:00']],
    ['month', ['2026-11-01T22:00', '2026-12-01T22:00']],
  ] as const)('of a %s begins at the hour of the trading day in its time zone', (period, span) => {
    expect(spanText(periodAround(period, newYork, now))).toEqual(span)
  })

  it.each([
    ['2026-11-21T07:44:59Z', ['2026-11-20T07:45', '2026-11-21T07:45']],
    ['2026-11-21T07:45:00Z', ['2026-11-21T07:45', '2026-11-22T07:45']],
  ])('begins at the minute of the trading day: at %s it is %j', (moment, span) => {
    const kathmandu = { timeZone: 'Asia/Kathmandu', from: '13:30' }
    expect(spanText(periodAround('day', kathmandu, new Date(moment)))).toEqual(span)
  })

  it('is an hour longer or shorter on the day on which clocks change', () => {
    const berlin = { timeZone: 'Europe/Berlin', from: '00:00' }
    const hours = ({ startsAt, endsAt }: { startsAt: Date; endsAt: Date }) =>
      (endsAt.getTime() - startsAt.getTime()) / 3_600_000
    expect(hours(periodAround('day', berlin, new Date('2026-03-29T12:00:00Z')))).toBe(23)
    expect(hours(periodAround('day', berlin, new Date('2026-10-25T12:00:00Z')))).toBe(25)
  })

  it('holds its moment, and ends where the next one begins, in every zone at every hour', () => {
    const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe')
    const two = (value: number) => String(value).padStart(2, '0')
    const from = fc
      .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
      .map(([hour, minute]) => `${two(hour)}:${two(minute)}`)
    const moment = fc.date({ min: new Date('2020-01-01'), max: new Date('2035-01-01'), noInvalidDate: true })
    const period = fc.constantFrom('day' as const, 'week' as const, 'month' as const)
    fc.assert(
      fc.property(zone, from, moment, period, (timeZone, fromText, at, kind) => {
        const day = { timeZone, from: fromText }
        const { startsAt, endsAt } = periodAround(kind, day, at)
        expect(startsAt <= at && at < endsAt).toBe(true)
        expect(periodAround(kind, day, startsAt)).toEqual({ startsAt, endsAt })
        expect(periodAround(kind, day, endsAt).startsAt).toEqual(endsAt)
      }),
      { numRuns: 500 },
    )
  })
})
