import { decimal, ZERO } from '@tradewire/kernel/decimal'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asked, d } from '../../testing/bracket-fixtures.ts'
import { type AskedPrices, type PriceRules, signalPrices } from './prices.ts'
import { venueCapabilities } from './venue-capabilities.ts'

const rules: PriceRules = {
  priceStep: d('0.1'),
  trailing: venueCapabilities['binance-usdm'].trailing,
  stopLimitOffsetPercent: d('0.5'),
}

function priced(changes: Partial<AskedPrices>) {
  const result = signalPrices({ ...asked, ...changes }, rules)
  if (!result.ok) return result.error.code
  const { entry, stop, targets, trailing } = result.value
  return {
    entry: `${entry}`,
    stop: `${stop.trigger}`,
    limit: stop.limit === null ? null : `${stop.limit}`,
    targets: targets.map(String),
    trailing: trailing === null ? null : [`${trailing.activation}`, `${trailing.callbackRatePercent}`],
  }
}

describe("a signal's prices", () => {
  it('moves the stop and the targets towards the entry when they are rounded', () => {
    const long = priced({ stop: { price: d('39600.01'), type: 'market' }, targets: [d('40400.09')] })
    expect(long).toMatchObject({ stop: '39600.1', targets: ['40400'] })
    const short = priced({ side: 'sell', stop: { price: d('40400.09'), type: 'market' }, targets: [d('39600.01')] })
    expect(short).toMatchObject({ stop: '40400', targets: ['39600.1'] })
  })

  it('refuses a stop on the wrong side, also when only rounding puts it there', () => {
    expect(priced({ stop: { price: d('40000'), type: 'market' } })).toBe('STOP_ON_WRONG_SIDE')
    expect(priced({ stop: { price: d('39999.95'), type: 'market' } })).toBe('STOP_ON_WRONG_SIDE')
    expect(priced({ side: 'sell' })).toBe('STOP_ON_WRONG_SIDE')
  })

  it('drops targets that are not beyond the entry and refuses a signal that has no other', () => {
    expect(priced({ targets: [d('39000'), d('40500')] })).toMatchObject({ targets: ['40500'] })
    expect(priced({ targets: [d('39000'), d('40000.05')] })).toBe('NO_VALID_TARGET')
  })

  it('sorts targets by their distance and merges those that round to the same price', () => {
    expect(priced({ targets: [d('41000'), d('40500.02'), d('40500.08')] })).toMatchObject({
      targets: ['40500', '41000'],
    })
  })

  it('puts the price of a stop-limit behind its trigger', () => {
    expect(priced({ stop: { price: d('39600'), type: 'limit' } })).toMatchObject({ stop: '39600', limit: '39402' })
  })

  it('reads the trailing trigger as per cent of the way to the last target', () => {
    const trailing = { triggerPercent: d('95'), callbackRatePercent: d('2') }
    expect(priced({ trailing })).toMatchObject({ trailing: ['41140', '2'] })
    expect(priced({ trailing: { ...trailing, callbackRatePercent: d('0.01') } })).toMatchObject({
      trailing: ['41140', '0.1'],
    })
    // 94.99 % of the way, rounded towards the entry on both sides.
    const off = { ...trailing, triggerPercent: d('94.99') }
    expect(priced({ trailing: off })).toMatchObject({ trailing: ['41139.8', '2'] })
    const short = { side: 'sell', stop: { price: d('40400'), type: 'market' }, targets: [d('38800')] } as const
    expect(priced({ ...short, trailing: off })).toMatchObject({ trailing: ['38860.2', '2'] })
  })

  it('rounds a limit entry so that it pays no more than asked, and leaves what a market entry counts with alone', () => {
    const odd = { price: d('40000.07') }
    expect(priced({ ...odd, entryType: 'limit' })).toMatchObject({ entry: '40000' })
    expect(priced({ ...odd, entryType: 'market' })).toMatchObject({ entry: '40000.07' })
    const short = { ...odd, side: 'sell', stop: { price: d('40400'), type: 'market' }, targets: [d('39600')] } as const
    expect(priced({ ...short, entryType: 'limit' })).toMatchObject({ entry: '40000.1' })
  })

  it('says what was changed or left out, and nothing where all is as asked', () => {
    const notes = (changes: Partial<AskedPrices>, of: PriceRules = rules) => {
      const result = signalPrices({ ...asked, ...changes }, of)
      return result.ok ? result.value.notes : result.error
    }
    const trailing = { triggerPercent: d('95'), callbackRatePercent: d('2') }
    expect(notes({ trailing })).toEqual([])
    expect(notes({ targets: [d('39000'), d('40500.02'), d('40500.08')] })).toEqual([
      'target 39000 was dropped: it is not beyond the entry 40000',
      'target 40500.08 was merged into the one before: both are 40500',
    ])
    expect(notes({ trailing }, { ...rules, trailing: null })).toEqual([
      'the trailing stop was left out: the venue has none',
    ])
    expect(notes({ trailing: { ...trailing, callbackRatePercent: d('0.01') } })).toEqual([
      "callback rate 0.01 % became 0.1 %: the venue's rule",
    ])
  })

  it('keeps every price on its side of the entry, on the step and never riskier than asked', () => {
    const value = fc.integer({ min: 1, max: 1_000_000 }).map((cents) => decimal('0.01').times(String(cents)))
    fc.assert(
      fc.property(
        fc.constantFrom('buy' as const, 'sell' as const),
        fc.constantFrom('market' as const, 'limit' as const),
        value,
        value,
        fc.array(value, { minLength: 1, maxLength: 4 }),
        (side, entryType, price, stop, targets) => {
          const result = signalPrices(
            { ...asked, side, entryType, price, stop: { price: stop, type: 'limit' }, targets },
            rules,
          )
          if (!result.ok) return
          const sign = (from: typeof price, to: typeof price) => (side === 'buy' ? to.cmp(from) : from.cmp(to))
          const { entry, stop: placed, targets: kept } = result.value
          expect(sign(entry, placed.trigger)).toBe(-1)
          expect(sign(stop, placed.trigger)).toBeGreaterThanOrEqual(0)
          expect(sign(price, entry)).toBeLessThanOrEqual(0)
          kept.forEach((target, index) => {
            expect(sign(kept[index - 1] ?? entry, target)).toBe(1)
            expect(target.mod(rules.priceStep).eq(ZERO)).toBe(true)
          })
          expect(placed.trigger.mod(rules.priceStep).eq(ZERO)).toBe(true)
          expect(placed.limit !== null && sign(placed.trigger, placed.limit)).toBeLessThanOrEqual(0)
        },
      ),
    )
  })
})
