import { Decimal, decimal, HUNDRED, maximum, sum, ZERO } from '@tradewire/kernel/decimal'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { closeAfter } from './fee-period.ts'
import { money } from '../money/money.ts'
import { crystallise, nothingTraded, percentNow, type Crystallised, type FeeTerms } from './performance-fee.ts'

const twentyPercent: FeeTerms = {
  percent: decimal('20'),
  currency: 'USD',
  rate: decimal('1'),
  minimum: money(0n, 'USD'),
}

function closings(periods: readonly (readonly Decimal[])[], terms: FeeTerms = twentyPercent): Crystallised[] {
  let mark = nothingTraded
  return periods.map((results) => {
    const closed = crystallise(mark, results, terms)
    mark = closed.after
    return closed
  })
}

const feesOf = (closed: readonly Crystallised[]) => closed.reduce((total, { fee }) => total + fee.minor, 0n)
const inMinor = (profit: Decimal, percent: Decimal) => profit.times(percent) // of a hundred minor units: the hundreds cancel

/** Results in cents and finer, as venues tell them. */
const anyResult = fc
  .integer({ min: -1_000_000, max: 1_000_000 })
  .map((thousandths) => decimal(`${thousandths}`).div(new Decimal('1000')))
const anyPeriod = fc.array(anyResult, { maxLength: 6 })
const anyPercent = fc.integer({ min: 1, max: 5_000 }).map((hundredths) => decimal(`${hundredths}`).div(HUNDRED))

describe('a performance fee', () => {
  it('is what is worked out by hand over a year of gains, losses and recovery', () => {
    const months: [results: string[], fee: string, highWater: string, profit: string][] = [
      [['150.25', '-50.25', '100'], '4000', '200', '200'], // 20 % of 200
      [['-80.10'], '0', '200', '119.9'], // a loss: carried forward
      [['50', '30'], '0', '200', '199.9'], // made up almost
      [['0.09'], '0', '200', '199.99'], // still below the mark
      [['100.005', '-0.001'], '1999', '299.994', '299.994'], // 99.994 are new: 19.9988, rounded down to the cent
      [[], '0', '299.994', '299.994'],
      [['-299.994', '-100'], '0', '299.994', '-100'],
      [['399.994'], '0', '299.994', '299.994'], // back at the mark: nothing new
      [['0.006'], '0', '299.994', '300'], // 0.0012: less than a cent, so it stays above the mark
      [['0.994'], '20', '300.994', '300.994'], // 1 new: what was put off and 0.994
    ]
    const closed = closings(months.map(([results]) => results.map(decimal)))
    expect(
      closed.map(({ fee, after }) => [fee.minor.toString(), after.highWater.toString(), after.profit.toString()]),
    ).toEqual(months.map(([, ...expected]) => expected))
  })

  it('never comes to more, over all time, than the percentage of the highest profit there ever was', () => {
    fc.assert(
      fc.property(
        fc.array(anyPeriod, { maxLength: 12 }),
        anyPercent,
        fc.bigInt({ min: 0n, max: 5_000n }),
        (periods, percent, least) => {
          const closed = closings(periods, { ...twentyPercent, percent, minimum: money(least, 'USD') })
          const highest = maximum(ZERO, ...closed.map(({ after }) => after.profit))
          expect(new Decimal(feesOf(closed).toString()).lte(inMinor(highest, percent))).toBe(true)
        },
      ),
    )
  })

  it('carries a mark that never falls, and charges nothing in a period that ends below it', () => {
    fc.assert(
      fc.property(fc.array(anyPeriod, { maxLength: 12 }), (periods) => {
        for (const { before, after, fee } of closings(periods)) {
          expect(after.highWater.gte(before.highWater)).toBe(true)
          if (after.profit.lte(before.highWater)) expect(fee.minor).toBe(0n)
        }
      }),
    )
  })

  it('depends on what trades came to, not on their order within a period', () => {
    fc.assert(
      fc.property(fc.array(anyPeriod, { maxLength: 6 }), (periods) => {
        const turned = periods.map((results) => results.toReversed())
        expect(feesOf(closings(turned))).toBe(feesOf(closings(periods)))
      }),
    )
  })

  it('is raised by splitting a period only where profit stood higher at the split than at the end', () => {
    fc.assert(
      fc.property(fc.array(anyPeriod, { maxLength: 4 }), anyPeriod, anyPeriod, (before, left, right) => {
        const whole = feesOf(closings([...before, [...left, ...right]]))
        const split = feesOf(closings([...before, left, right]))
        const mark = closings(before).at(-1)?.after ?? nothingTraded
        const atSplit = mark.profit.plus(sum(left))
        const atEnd = atSplit.plus(sum(right))
        const gaveBack = atSplit.gt(mark.highWater) && atSplit.gt(atEnd)
        // Each of two fees is rounded down by itself: splitting may save the follower less than one unit.
        if (gaveBack) expect(split).toBeGreaterThanOrEqual(whole)
        else expect([whole, whole - 1n]).toContain(split)
      }),
    )
  })

  it('leaves a profit uncharged for good while no fee is asked for', () => {
    const free = crystallise(nothingTraded, [decimal('100')], { ...twentyPercent, percent: ZERO })
    expect(free).toMatchObject({ fee: { minor: 0n } })
    expect(crystallise(free.after, [decimal('10')], twentyPercent).fee.minor).toBe(200n)
  })

  it('puts off what is below the least that is asked for, and takes it with the next', () => {
    const terms = { ...twentyPercent, minimum: money(100n, 'USD') }
    const [first, second] = closings([[decimal('4.99')], [decimal('0.01')]], terms)
    expect(first).toMatchObject({ fee: { minor: 0n } })
    expect(second).toMatchObject({ fee: { minor: 100n } })
  })

  it('is turned into the currency of the fee at the rate of the closing', () => {
    const closed = crystallise(nothingTraded, [decimal('0.5')], { ...twentyPercent, rate: decimal('60000.5') })
    expect(closed.fee).toEqual(money(600_005n, 'USD'))
    const yen = crystallise(nothingTraded, [decimal('1000.9')], {
      ...twentyPercent,
      currency: 'JPY',
      minimum: money(0n, 'JPY'),
    })
    expect(yen.fee).toEqual(money(200n, 'JPY'))
  })

  it('may be lowered for all, and raised only for those who come after', () => {
    expect(percentNow(decimal('20'), decimal('25')).toString()).toBe('20')
    expect(percentNow(decimal('20'), decimal('10')).toString()).toBe('10')
    expect(percentNow(decimal('20'), null).toString()).toBe('0')
  })
})

describe('a period of performance fees', () => {
  it('ends with the month, the quarter or the year of UTC', () => {
    const from = new Date('2026-02-28T23:59:59.999Z')
    expect(closeAfter(from, 'monthly').toISOString()).toBe('2026-03-01T00:00:00.000Z')
    expect(closeAfter(from, 'quarterly').toISOString()).toBe('2026-04-01T00:00:00.000Z')
    expect(closeAfter(from, 'yearly').toISOString()).toBe('2027-01-01T00:00:00.000Z')
    expect(closeAfter(closeAfter(from, 'monthly'), 'monthly').toISOString()).toBe('2026-04-01T00:00:00.000Z')
  })
})
