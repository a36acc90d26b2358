/**
 * What is owed for profit: a percentage of what lifts the realised profit above its highest point so far.
 * Called when a period closes. Must never charge for profit that was charged before, nor for what makes up a loss.
 */
import { Decimal, HUNDRED, maximum, sum, ZERO } from '@tradewire/kernel/decimal'
import { minorDigitsOf, type Currency } from '../money/currency.ts'
import { money, type Money } from '../money/money.ts'

/**
 * How a follower stands with a strategy, in the currency in which it trades. Money that is paid in or taken out is not
 * in it: it is the sum of closed trades after their costs, and nothing else.
 */
export interface Mark {
  /** Of all trades that were counted; below nothing when they lost. */
  readonly profit: Decimal
  /** The highest profit that a fee was taken for, or might have been. Never falls: a loss is carried forward by it. */
  readonly highWater: Decimal
}

export const nothingTraded: Mark = { profit: ZERO, highWater: ZERO }

export interface FeeTerms {
  readonly percent: Decimal
  readonly currency: Currency
  /** What one unit of the trades' currency is worth in that of the fee. */
  readonly rate: Decimal
  /** A fee below this is not asked for; its profit stays above the mark and counts again. */
  readonly minimum: Money
}

export interface Crystallised {
  readonly before: Mark
  readonly after: Mark
  /** Of this period. */
  readonly result: Decimal
  /** What of the profit is new; the fee is a percentage of it. */
  readonly chargeable: Decimal
  readonly fee: Money
}

/** `results`: of the trades that are counted now, after their costs. The fee is rounded down, to the payer's good. */
export function crystallise(before: Mark, results: readonly Decimal[], terms: FeeTerms): Crystallised {
  const result = sum(results)
  const profit = before.profit.plus(result)
  const chargeable = maximum(ZERO, profit.minus(before.highWater))
  const wanted = feeOf(chargeable, terms)
  const isPutOff = terms.percent.gt(ZERO) && chargeable.gt(ZERO) && wanted.minor < maximumMinor(terms.minimum, 1n)
  const highWater = isPutOff ? before.highWater : maximum(before.highWater, profit)
  const fee = isPutOff ? money(0n, terms.currency) : wanted
  return { before, after: { profit, highWater }, result, chargeable, fee }
}

/**
 * What a follower pays who agreed to one percentage while the owner asks for another now: a lower one holds for all, a
 * higher one only for those who come after. Null: no fee is asked for any more.
 */
export function percentNow(agreed: Decimal, asked: Decimal | null): Decimal {
  if (asked === null) return ZERO
  return asked.lt(agreed) ? asked : agreed
}

function feeOf(chargeable: Decimal, { percent, rate, currency }: FeeTerms): Money {
  const scale = new Decimal('10').pow(minorDigitsOf(currency))
  const exact = chargeable.times(percent).times(rate).times(scale).div(HUNDRED)
  return money(BigInt(exact.round(0, Decimal.roundDown).toString()), currency)
}

function maximumMinor({ minor }: Money, least: bigint): bigint {
  return minor > least ? minor : least
}
