/**
 * Exact decimals. Money, prices and quantities are never JavaScript numbers.
 * Called by every package that touches an amount. Must never round without being told how.
 */
import { Big } from 'big.js'

/** big.js, strict: refuses numbers, implicit conversion and division by zero. Prints without exponents. */
export const Decimal = Big()
Decimal.strict = true
Decimal.DP = 30
Decimal.NE = -60
Decimal.PE = 60
export type Decimal = Big

declare const brand: unique symbol
type Branded<Name extends string> = Decimal & { readonly [brand]: Name }

/** Quote currency per one unit of base. Always positive. */
export type Price = Branded<'Price'>
/** Units of the instrument (coins, contracts, lots). Never negative; the side says the direction. */
export type Quantity = Branded<'Quantity'>

export const ZERO: Decimal = new Decimal('0')
export const ONE: Decimal = new Decimal('1')
export const HUNDRED: Decimal = new Decimal('100')

const DECIMAL_TEXT = /^-?(?:0|[1-9]\d{0,29})(?:\.\d{1,30})?$/

/** True for plain decimal text: no exponent, no leading plus, at most 30 digits on either side of the point. */
export function isDecimalText(text: string): boolean {
  return DECIMAL_TEXT.test(text)
}

/** Parses plain decimal text. Throws on anything else: parse untrusted input with a schema first. */
export function decimal(text: string): Decimal {
  if (!isDecimalText(text)) throw new RangeError(`not a decimal: ${text.slice(0, 64)}`)
  return new Decimal(text)
}

export function price(value: string | Decimal): Price {
  const parsed = typeof value === 'string' ? decimal(value) : value
  if (!parsed.gt(ZERO)) throw new RangeError('a price must be greater than zero')
  return parsed as Price
}

export function quantity(value: string | Decimal): Quantity {
  const parsed = typeof value === 'string' ? decimal(value) : value
  if (parsed.lt(ZERO)) throw new RangeError('a quantity must not be negative')
  return parsed as Quantity
}

/** The multiple of `step` nearest to `value`, halves away from zero. */
export function roundToStep(value: Decimal, step: Decimal): Decimal {
  return value.div(step).round(0, Decimal.roundHalfUp).times(step)
}

export function minimum(first: Decimal, ...rest: readonly Decimal[]): Decimal {
  return rest.reduce((least, value) => (value.lt(least) ? value : least), first)
}

export function maximum(first: Decimal, ...rest: readonly Decimal[]): Decimal {
  return rest.reduce((most, value) => (value.gt(most) ? value : most), first)
}

export function sum(values: Iterable<Decimal>): Decimal {
  let total = ZERO
  for (const value of values) total = total.plus(value)
  return total
}
