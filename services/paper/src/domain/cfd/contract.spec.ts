import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { amount, formatAmount } from '../amount.ts'
import { marginOf, nightsBetween, notionalOf, pipValueOf, profitOf, swapOf, tickValueOf } from './contract.ts'
import { contractsOf } from './listed-contracts.ts'

const listed = (name: string) => {
  const found = contractsOf('paper').find(({ venueSymbol }) => venueSymbol === name)
  if (found === undefined || found.contract === null) throw new Error(`${name} is not listed`)
  return { ...found, contract: found.contract }
}
const euro = listed('EURUSD')
const index = listed('US500')

describe('a contract', () => {
  it('is worth its size times the price for each lot', () => {
    expect(formatAmount(notionalOf(euro.contract, amount('0.1'), amount('1.085')))).toBe('10850')
    expect(formatAmount(notionalOf(index.contract, amount('2'), amount('5200')))).toBe('520000')
  })

  it('has the pip and tick values that traders know', () => {
    expect(formatAmount(pipValueOf(euro.contract, amount('1')))).toBe('10')
    expect(formatAmount(pipValueOf(euro.contract, amount('0.01')))).toBe('0.1')
    expect(formatAmount(tickValueOf(euro.contract, euro.priceStep))).toBe('1')
    expect(formatAmount(pipValueOf(index.contract, amount('1')))).toBe('50')
  })

  it('needs its notional over the smaller of the two leverages', () => {
    expect(formatAmount(marginOf(euro.contract, amount('1'), amount('1.08'), 500))).toBe('3600')
    expect(formatAmount(marginOf(euro.contract, amount('1'), amount('1.08'), 10))).toBe('10800')
  })

  it('earns on one side what it loses on the other', () => {
    const prices = fc.record({ open: fc.integer({ min: 1, max: 3_000 }), close: fc.integer({ min: 1, max: 3_000 }) })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), prices, (hundredths, { open, close }) => {
        const lots = BigInt(hundredths) * 1_000_000n
        const at = { open: BigInt(open) * 100_000n, close: BigInt(close) * 100_000n }
        const won = profitOf(euro.contract, 'buy', lots, at)
        expect(won + profitOf(euro.contract, 'sell', lots, at)).toBe(0n)
        expect(profitOf(euro.contract, 'sell', lots, { open: at.close, close: at.open })).toBe(won)
      }),
    )
  })

  it('charges three nights for the one from Wednesday to Thursday, and none on the weekend', () => {
    const [wednesday, thursday, saturday, monday] = ['2024-05-15', '2024-05-16', '2024-05-18', '2024-05-20'].map(
      (day) => Date.parse(`${day}T12:00:00Z`),
    ) as [number, number, number, number]
    expect(nightsBetween(wednesday, wednesday + 60_000)).toBe(0n)
    expect(nightsBetween(wednesday, thursday)).toBe(3n)
    expect(nightsBetween(saturday, monday)).toBe(0n)
    expect(nightsBetween(thursday, monday)).toBe(2n)
    expect(nightsBetween(wednesday, wednesday + 7 * 86_400_000)).toBe(7n)
    expect(nightsBetween(monday, wednesday)).toBe(0n)
    expect(formatAmount(swapOf(euro.contract, 'buy', amount('1'), 3n))).toBe('-19.5')
  })
})
