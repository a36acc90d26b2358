/**
 * Amounts as whole numbers of a currency's smallest unit, so that nothing is ever lost to rounding unseen.
 * Called by prices, the ledger and the providers' clients. Must never mix currencies or hold a JavaScript number.
 */
import { Decimal, HUNDRED, isDecimalText } from '@tradewire/kernel/decimal'
import { minorDigitsOf, type Currency } from './currency.ts'

/** Of one price: with every cycle, quantity and tax it is still counted exactly by JSON, by PostgreSQL and by providers. */
export const priceMinorMax = 1_000_000_000_000n

export interface Money {
  readonly minor: bigint
  readonly currency: Currency
}

export function money(minor: bigint, currency: Currency): Money {
  return { minor, currency }
}

/** Reads "19.99"; undefined for anything that is no amount, has more digits than the currency, or is beyond all prices. */
export function parseMoney(text: string, currency: Currency): Money | undefined {
  if (!isDecimalText(text)) return undefined
  const scaled = new Decimal(text).times(scaleOf(currency))
  if (!scaled.eq(scaled.round(0))) return undefined
  const minor = BigInt(scaled.toFixed(0))
  return minor <= priceMinorMax && minor >= -priceMinorMax ? { minor, currency } : undefined
}

/** "19.99", with all digits of the currency. */
export function moneyText({ minor, currency }: Money): string {
  return new Decimal(minor.toString()).div(scaleOf(currency)).toFixed(minorDigitsOf(currency))
}

export function plus(left: Money, right: Money): Money {
  return { minor: left.minor + same(left, right).minor, currency: left.currency }
}

export function minus(left: Money, right: Money): Money {
  return { minor: left.minor - same(left, right).minor, currency: left.currency }
}

export function times({ minor, currency }: Money, count: number): Money {
  return { minor: minor * BigInt(count), currency }
}

/** So many hundredths of it, halves away from zero: the share of a negative amount is the negative share. */
export function shareOf(minor: bigint, percent: Decimal): bigint {
  const share = new Decimal(minor.toString()).times(percent).div(HUNDRED)
  return BigInt(share.round(0, Decimal.roundHalfUp).toString())
}

function same(left: Money, right: Money): Money {
  if (left.currency !== right.currency) throw new RangeError(`${left.currency} and ${right.currency} do not add up`)
  return right
}

function scaleOf(currency: Currency): Decimal {
  return new Decimal('10').pow(minorDigitsOf(currency))
}
