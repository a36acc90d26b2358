/**
 * What a purchase costs: lines, what a discount takes off, what is to be paid. Called by precalculation and purchase,
 * which must agree to the last unit. Must never come below nothing.
 */
import type { Decimal } from '@tradewire/kernel/decimal'
import { minus, money, plus, shareOf, times, type Money } from '../money/money.ts'

export type Discount =
  | { readonly kind: 'percent'; readonly percent: Decimal }
  | { readonly kind: 'amount'; readonly amount: Money }

export interface PricedLine {
  readonly price: Money
  readonly quantity: number
}

export interface Calculation {
  readonly subtotal: Money
  readonly discount: Money
  readonly total: Money
}

/** Throws for lines of different currencies; an amount in another currency takes nothing off. */
export function calculate(lines: readonly [PricedLine, ...PricedLine[]], discount: Discount | null): Calculation {
  const [first, ...rest] = lines.map(({ price, quantity }) => times(price, quantity)) as [Money, ...Money[]]
  const subtotal = rest.reduce(plus, first)
  const wanted = discount === null ? 0n : takenOff(subtotal, discount)
  const taken = money(wanted > subtotal.minor ? subtotal.minor : wanted, subtotal.currency)
  return { subtotal, discount: taken, total: minus(subtotal, taken) }
}

function takenOff({ minor, currency }: Money, discount: Discount): bigint {
  if (discount.kind === 'percent') return shareOf(minor, discount.percent)
  return discount.amount.currency === currency ? discount.amount.minor : 0n
}
