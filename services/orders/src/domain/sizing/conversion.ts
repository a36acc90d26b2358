/**
 * A follower's money in the currency that the instrument is quoted in. Called by the gate once its checks have passed.
 * Must never change what an account in the same currency has, nor what a balance was told to be.
 */
import type { Decimal } from '@tradewire/kernel/decimal'
import type { Rates } from './rates.ts'

/** How it was converted, as the explanation shows it. */
export interface Conversion {
  readonly from: string
  readonly rate: string
  readonly by: readonly string[]
  /** What one of the quote currency is worth in the account's: what the trade takes and loses is counted by it. */
  readonly back: string
}

/** In the currency of the account, as the read model knows it. */
interface Account {
  readonly balance: {
    readonly currency: string
    readonly total: Decimal
    readonly free: Decimal
    readonly equity: Decimal
  } | null
  readonly reserved: Decimal
  readonly exposure: Decimal
}

/** In quote currency, all of it. */
export interface Money {
  readonly total: Decimal
  readonly free: Decimal
  readonly equity: Decimal
  readonly reserved: Decimal
  readonly exposure: Decimal
  /** Null when the account is in that currency anyway. */
  readonly conversion: Conversion | null
}

/** Null without a balance or a rate: the gate has refused both before. */
export function moneyIn(quote: string, { balance, reserved, exposure }: Account, rates: Rates): Money | null {
  if (balance === null) return null
  const { total, free, equity, currency } = balance
  if (currency === quote) return { total, free, equity, reserved, exposure, conversion: null }
  const there = rates.between(currency, quote)
  const back = rates.between(quote, currency)
  if (there === null || back === null) return null
  const { rate, by } = there
  return {
    total: total.times(rate),
    free: free.times(rate),
    equity: equity.times(rate),
    reserved: reserved.times(rate),
    exposure: exposure.times(rate),
    conversion: { from: currency, rate: rate.toString(), by, back: back.rate.toString() },
  }
}
