/**
 * Exact decimals. Money, prices and quantities are never JavaScript numbers.
 * Called by every package that touches an amount. Must never round without being told how.
 */
import { add, divide, multiply, negate, powerOfTen, settled, type Whole } from './whole.ts'

/** What an operand may be; numbers are refused, by the compiler and at run time. */
export type DecimalSource = Decimal | string | bigint

/** Digits behind the point that a division keeps; it is rounded half up, away from zero. */
const divisionPlaces = 30
/** More digits before the point, or behind it, are no amount of anything. */
const exponentDigitsMax = 1_000
const numberText = /^(-?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i
/** So many digits make a safe integer, whatever they are. */
const exactDigits = 15

const [point, minus, nought, nine] = [46, 45, 48, 57]

/** A whole number of units of ten to the power of minus `scale`. Immutable, and equal values have equal fields. */
export class Decimal {
  static readonly roundDown = 0
  static readonly roundHalfUp = 1
  static readonly roundHalfEven = 2
  static readonly roundUp = 3

  private readonly units: Whole
  /** Digits behind the point; the last one is never zero. */
  private readonly scale: number

  constructor(source: DecimalSource)
  /** For this class alone: units of ten to the power of minus `scale`, which is not negative. */
  constructor(units: Whole, scale: number)
  constructor(source: DecimalSource | Whole, scale?: number) {
    if (scale !== undefined) {
      ;({ units: this.units, scale: this.scale } = shortened(source as Whole, scale))
    } else if (typeof source === 'string') ({ units: this.units, scale: this.scale } = parsed(source))
    else if (typeof source === 'bigint')
      ({ units: this.units, scale: this.scale } = { units: settled(source), scale: 0 })
    else if (source instanceof Decimal) ({ units: this.units, scale: this.scale } = source)
    else throw new TypeError('a decimal is made from text, never from a number')
  }

  plus(other: DecimalSource): Decimal {
    const { units, scale } = operand(other)
    if (units === 0) return this
    const common = Math.max(scale, this.scale)
    return new Decimal(add(scaledTo(this, common), scaledTo({ units, scale }, common)), common)
  }

  minus(other: DecimalSource): Decimal {
    return this.plus(operand(other).neg())
  }

  times(other: DecimalSource): Decimal {
    const { units, scale } = operand(other)
    return new Decimal(multiply(this.units, units), this.scale + scale)
  }

  /** To thirty digits behind the point unless fewer are asked for, which cost less. Throws for a divisor of zero. */
  div(other: DecimalSource, places = divisionPlaces, way: RoundingWay = Decimal.roundHalfUp): Decimal {
    const divisor = operand(other)
    if (divisor.units === 0) throw new RangeError('division by zero')
    const exponent = divisor.scale - this.scale + places
    const above = multiply(this.units, powerOfTen(Math.max(exponent, 0)))
    const below = multiply(divisor.units, powerOfTen(Math.max(-exponent, 0)))
    return new Decimal(rounded(above, below, way), places)
  }

  /** How many whole `size`s fit into this, towards zero: exact, whatever the number of digits. */
  wholes(size: DecimalSource): Decimal {
    const divisor = operand(size)
    if (divisor.units === 0) throw new RangeError('division by zero')
    const common = Math.max(this.scale, divisor.scale)
    return new Decimal(divide(scaledTo(this, common), scaledTo(divisor, common)).quotient, 0)
  }

  /** What is left of this after all whole `size`s. */
  mod(size: DecimalSource): Decimal {
    return this.minus(this.wholes(size).times(size))
  }

  /** To a whole power that is not negative. */
  pow(exponent: number): Decimal {
    let power = ONE
    for (let count = 0; count < exponent; count += 1) power = power.times(this)
    return power
  }

  /** To so many digits behind the point; half up unless another way is asked for. */
  round(places = 0, way: RoundingWay = Decimal.roundHalfUp): Decimal {
    if (this.scale <= places) return this
    return new Decimal(rounded(this.units, powerOfTen(this.scale - places), way), places)
  }

  abs(): Decimal {
    return this.units < 0 ? this.neg() : this
  }

  neg(): Decimal {
    return new Decimal(negate(this.units), this.scale)
  }

  cmp(other: DecimalSource): -1 | 0 | 1 {
    const right = operand(other)
    const common = Math.max(this.scale, right.scale)
    const [mine, others] = [scaledTo(this, common), scaledTo(right, common)]
    return mine < others ? -1 : mine > others ? 1 : 0
  }

  eq(other: DecimalSource): boolean {
    const { units, scale } = operand(other)
    return units === this.units && scale === this.scale
  }

  gt(other: DecimalSource): boolean {
    return this.cmp(other) > 0
  }

  gte(other: DecimalSource): boolean {
    return this.cmp(other) >= 0
  }

  lt(other: DecimalSource): boolean {
    return this.cmp(other) < 0
  }

  lte(other: DecimalSource): boolean {
    return this.cmp(other) <= 0
  }

  /** Plain digits, without an exponent. */
  toString(): string {
    const { units, scale } = this
    const text = String(units)
    if (scale === 0) return text
    const digits = units < 0 ? text.slice(1) : text
    const sign = units < 0 ? '-' : ''
    if (digits.length <= scale) return `${sign}0.${digits.padStart(scale, '0')}`
    return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
  }

  /** With exactly so many digits behind the point, rounded half up. */
  toFixed(places: number): string {
    const text = this.round(places).toString()
    const behind = text.length - 1 - text.indexOf('.')
    if (text.includes('.')) return text.padEnd(text.length + places - behind, '0')
    return places === 0 ? text : `${text}.${'0'.repeat(places)}`
  }

  toJSON(): string {
    return this.toString()
  }

  /** Comparing with `<` or adding with `+` would go through a number. */
  valueOf(): never {
    throw new TypeError('a decimal is not a number')
  }
}

export type RoundingWay = 0 | 1 | 2 | 3

interface Parts {
  readonly units: Whole
  readonly scale: number
}

function operand(source: DecimalSource): Decimal {
  return source instanceof Decimal ? source : new Decimal(source)
}

function scaledTo(parts: Decimal | Parts, scale: number): Whole {
  const { units, scale: own } = parts as Parts
  return own === scale ? units : multiply(units, powerOfTen(scale - own))
}

/** Without zeros at the end behind the point. */
function shortened(units: Whole, scale: number): Parts {
  let [rest, places] = [units, scale]
  if (typeof units === 'number') {
    let number = units
    for (; places > 0 && number % 10 === 0; places -= 1) number /= 10
    return { units: number, scale: places }
  }
  while (places > 0) {
    const { quotient, rest: last } = divide(rest, 10)
    if (last !== 0) break
    rest = quotient
    places -= 1
  }
  return { units: rest, scale: places }
}

function rounded(dividend: Whole, divisor: Whole, way: RoundingWay): Whole {
  const { quotient, rest } = divide(dividend, divisor)
  if (rest === 0 || way === Decimal.roundDown) return quotient
  const [twice, whole] = [multiply(absolute(rest), 2), absolute(divisor)]
  const up =
    way === Decimal.roundUp ||
    twice > whole ||
    (twice === whole && (way === Decimal.roundHalfUp || divide(quotient, 2).rest !== 0))
  return up ? add(quotient, rest < 0 === divisor < 0 ? 1 : -1) : quotient
}

function absolute(value: Whole): Whole {
  return value < 0 ? negate(value) : value
}

/** Digit by digit as long as that is exact, which it nearly always is. */
function parsed(text: string): Parts {
  if (text.length > exactDigits) return parsedSlowly(text)
  let [units, digits, places] = [0, 0, -1]
  const negative = text.charCodeAt(0) === minus
  for (let index = negative ? 1 : 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code >= nought && code <= nine) {
      units = units * 10 + (code - nought)
      digits += 1
    } else if (code === point && places < 0) places = digits
    else return parsedSlowly(text)
  }
  if (digits === 0) return parsedSlowly(text)
  return shortened(negative ? 0 - units : units, places < 0 ? 0 : digits - places)
}

function parsedSlowly(text: string): Parts {
  const [, sign = '', before = '', behind = '', exponentText = '0'] = numberText.exec(text) ?? []
  const exponent = Number(exponentText)
  if (before.length + behind.length === 0) throw new RangeError(`not a decimal: ${text.slice(0, shownCharacters)}`)
  if (Math.abs(exponent) > exponentDigitsMax) throw new RangeError('the exponent of a decimal is too large')
  const units = settled(BigInt(before + behind) * (sign === '-' ? -1n : 1n))
  const scale = behind.length - exponent
  return scale < 0 ? { units: multiply(units, powerOfTen(-scale)), scale: 0 } : shortened(units, scale)
}

const shownCharacters = 64

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
  if (!isDecimalText(text)) throw new RangeError(`not a decimal: ${text.slice(0, shownCharacters)}`)
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
