import { describe, expect, it } from 'vitest'
import { at, d } from '../../testing/bracket-fixtures.ts'
import { moneyIn } from './conversion.ts'
import { Rates } from './rates.ts'

const observedAt = new Date(at(0))
const rates = new Rates([{ symbol: 'EUR/USDT', price: d('1.25'), observedAt }], { now: observedAt, ageMaxMs: 0 })
const balance = { currency: 'EUR', total: d('1000'), free: d('800'), equity: d('1100') }
const account = { balance, reserved: d('40'), exposure: d('200') }

/** Decimals as text. */
function money(quote: string, of: Parameters<typeof moneyIn>[1]): unknown {
  return JSON.parse(JSON.stringify(moneyIn(quote, of, rates)))
}

describe("a follower's money", () => {
  it('is counted in the currency of the instrument, all of it, and says how', () => {
    expect(money('USDT', account)).toEqual({
      total: '1250',
      free: '1000',
      equity: '1375',
      reserved: '50',
      exposure: '250',
      conversion: { from: 'EUR', rate: '1.25', by: ['EUR/USDT 1.25'], back: '0.8' },
    })
  })

  it('stays as it was told where the account is in that currency', () => {
    expect(money('EUR', account)).toEqual({
      total: '1000',
      free: '800',
      equity: '1100',
      reserved: '40',
      exposure: '200',
      conversion: null,
    })
  })

  it('is unknown without a balance or a rate', () => {
    expect(money('USDT', { ...account, balance: null })).toBeNull()
    expect(money('GBP', account)).toBeNull()
  })
})
