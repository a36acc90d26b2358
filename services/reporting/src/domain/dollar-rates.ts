/**
 * What currencies are worth in US dollars, by the rates that venues tell. Called when rates are heard of.
 * Must never guess: a currency that no rate joins to a dollar has no value here.
 */
import type { AccountEnvironment } from '@tradewire/contracts/common'
import { decimal, ONE } from '@tradewire/kernel/decimal'

/** Counted as one US dollar each, as the venues do that margin accounts in them. */
export const dollars: readonly string[] = ['USD', 'USDT', 'USDC', 'FDUSD', 'BUSD', 'TUSD']

export interface DollarRate {
  /** Of the accounts that count by it. */
  readonly environment: AccountEnvironment
  readonly currency: string
  readonly usd: string
  readonly observedAt: string
}

const rateDigits = 12

/** The value of one currency by one rate, or null when the rate joins no other currency to a dollar. */
export function dollarRateOf(rate: {
  readonly environment: AccountEnvironment
  readonly symbol: string
  readonly price: string
  readonly observedAt: string
}): DollarRate | null {
  const [base = '', quote = ''] = rate.symbol.split('/')
  if (dollars.includes(base) === dollars.includes(quote)) return null
  const { environment, observedAt } = rate
  if (dollars.includes(quote)) return { environment, currency: base, usd: rate.price, observedAt }
  const usd = ONE.div(decimal(rate.price)).round(rateDigits).toString()
  return { environment, currency: quote, usd, observedAt }
}
