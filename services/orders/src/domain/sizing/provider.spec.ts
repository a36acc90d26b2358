import { describe, expect, it } from 'vitest'
import { at, d } from '../../testing/bracket-fixtures.ts'
import { type ProviderAccount, providerEquity } from './provider.ts'
import { ratesByEnvironment } from './rates.ts'

const now = new Date(at(60_000))
const observedAt = new Date(at(0))
const eur = { symbol: 'EUR/USDT', observedAt }
const rates = ratesByEnvironment(
  [
    { ...eur, environment: 'live', price: d('1.25') },
    { ...eur, environment: 'paper', price: d('2') },
  ],
  { now, ageMaxMs: 60_000 },
)
const balance = { currency: 'EUR', equity: d('8000'), observedAt }
const provider: ProviderAccount = { accountId: 'df30b2fa-adc8-47cb-a9f5-be90ae259827', environment: 'live', balance }

function equityOf(of: ProviderAccount | null, ageMaxMs = 60_000, needed = 'USDT') {
  const found = providerEquity(of, needed, { now, ageMaxMs, rates })
  return found.ok ? `${found.value}` : found.error
}

describe("a provider's equity", () => {
  it('is what its account was told to be worth, by the rates of where it trades', () => {
    expect(equityOf(provider)).toBe('10000')
    expect(equityOf({ ...provider, environment: 'paper' })).toBe('16000')
    expect(equityOf(provider, 60_000, 'EUR')).toBe('8000')
  })

  it('is not gone by when it was told too long ago, by a millisecond', () => {
    expect(equityOf(provider, 59_999)).toEqual({
      providerAccountId: provider.accountId,
      equity: '8000',
      currency: 'EUR',
      needed: 'USDT',
      ageMs: 60_000,
      ageMaxMs: 59_999,
    })
  })

  it('is not gone by when nothing is left of it, or no rate leads to the currency', () => {
    expect(equityOf({ ...provider, balance: { ...balance, equity: d('0') } })).toMatchObject({ equity: '0' })
    expect(equityOf(provider, 60_000, 'GBP')).toMatchObject({ equity: '8000', needed: 'GBP' })
  })

  it('is unknown without an account, its environment or its balance', () => {
    const unknown = { equity: null, currency: null, needed: 'USDT', ageMs: null, ageMaxMs: 60_000 }
    expect(equityOf(null)).toEqual({ ...unknown, providerAccountId: null })
    expect(equityOf({ ...provider, balance: null })).toEqual({ ...unknown, providerAccountId: provider.accountId })
    expect(equityOf({ ...provider, environment: null })).toMatchObject({ equity: '8000' })
  })
})
