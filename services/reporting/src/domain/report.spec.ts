import { reportMade } from '@tradewire/contracts/events/notices'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lastPeriod, reportOf } from './report.ts'

const days = ({ from, until }: { readonly from: Date; readonly until: Date }) =>
  [from, until].map((date) => date.toISOString().slice(0, 10)).join(' ')

describe('the period of a report', () => {
  it('is the last week from Monday to Monday, once its trades are in the ledger', () => {
    expect(days(lastPeriod('weekly', new Date('2022-10-17T00:09:59.000Z')))).toBe('2022-10-03 2022-10-10')
    expect(days(lastPeriod('weekly', new Date('2022-10-17T00:10:00.000Z')))).toBe('2022-10-10 2022-10-17')
    expect(days(lastPeriod('weekly', new Date('2022-10-23T23:00:00.000Z')))).toBe('2022-10-10 2022-10-17')
  })

  it('is the last calendar month, also over the end of a year', () => {
    expect(days(lastPeriod('monthly', new Date('2022-03-31T12:00:00.000Z')))).toBe('2022-02-01 2022-03-01')
    expect(days(lastPeriod('monthly', new Date('2023-01-01T01:00:00.000Z')))).toBe('2022-12-01 2023-01-01')
  })

  it('is always over, and the next one begins where it ends', () => {
    const moments = fc.date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true })
    fc.assert(
      fc.property(moments, fc.constantFrom('weekly' as const, 'monthly' as const), (now, period) => {
        const { from, until } = lastPeriod(period, now)
        expect(from < until && until <= now).toBe(true)
        expect(lastPeriod(period, new Date(until.getTime() - 1)).until <= from).toBe(true)
      }),
    )
  })
})

describe('a report', () => {
  it('says in words what its figures are', () => {
    const { userId, tradesClosed, results, title, text, madeAt } = reportMade.example
    const period = { period: 'weekly' as const, from: new Date('2022-10-10'), until: new Date('2022-10-17') }
    const report = reportOf(period, { userId, tradesClosed, results }, new Date(madeAt))
    expect(report).toEqual(reportMade.example)
    expect([report.title, report.text]).toEqual([title, text])
  })
})
