/**
 * Exact fixed-point amounts with eight decimals, held in bigint: prices, quantities and money of the simulated venues.
 * Called by the engine and by the protocols, which parse and print them. Must never lose a digit without saying so:
 * every function that can round names the direction.
 *
 * The engine uses this and not the kernel's Decimal because a price tick compares against thousands of orders.
 */
export type Amount = bigint

export const amountDecimals = 8
export const UNIT: Amount = 100_000_000n
const TEN_THOUSAND = 10_000n

const AMOUNT_TEXT = /^(-?)(\d{1,20})(?:\.(\d{1,20}))?$/

/** Text such as "0.25" to an amount; undefined when it is no plain decimal or has more than eight decimals that matter. */
export function parseAmount(text: string): Amount | undefined {
  const match = AMOUNT_TEXT.exec(text)
  if (match === null) return undefined
  const decimals = match[3] ?? ''
  if (decimals.length > amountDecimals && /[1-9]/.test(decimals.slice(amountDecimals))) return undefined
  const fraction = decimals.slice(0, amountDecimals).padEnd(amountDecimals, '0')
  const value = BigInt(match[2] + fraction)
  return match[1] === '-' ? -value : value
}

/** For constants and text that a schema has already checked; throws on anything else. */
export function amount(text: string): Amount {
  const value = parseAmount(text)
  if (value === undefined) throw new RangeError(`not an amount: ${text.slice(0, 40)}`)
  return value
}

/** Plain decimal text without trailing zeros: "0.25", "42000". */
export function formatAmount(value: Amount): string {
  const text = formatFixed(value, amountDecimals)
  let end = text.length
  while (text.charCodeAt(end - 1) === 48) end -= 1
  if (text.charCodeAt(end - 1) === 46) end -= 1
  return text.slice(0, end)
}

/** Decimal text with exactly so many decimals (0 to 8), cut towards zero. */
export function formatFixed(value: Amount, decimals: number): string {
  const negative = value < 0n
  const digits = (negative ? -value : value).toString().padStart(amountDecimals + 1, '0')
  const whole = digits.slice(0, -amountDecimals)
  const fraction = digits.slice(-amountDecimals).slice(0, decimals)
  const text = decimals === 0 ? whole : `${whole}.${fraction}`
  return negative && /[1-9]/.test(text) ? `-${text}` : text
}

/** Product, cut towards zero after eight decimals. */
export function times(left: Amount, right: Amount): Amount {
  return (left * right) / UNIT
}

/** Quotient, cut towards zero after eight decimals. Throws RangeError on division by zero. */
export function over(left: Amount, right: Amount): Amount {
  return (left * UNIT) / right
}

/** value x part / whole, cut towards zero: a proportional share without an intermediate rounding. */
export function share(value: Amount, part: Amount, whole: Amount): Amount {
  return (value * part) / whole
}

/** Basis points of a value, cut towards zero; the basis points are themselves an amount ("0.5" is half a point). */
export function basisPointsOf(value: Amount, points: Amount): Amount {
  return (value * points) / (UNIT * TEN_THOUSAND)
}

export function floorTo(value: Amount, step: Amount): Amount {
  return value - (value % step)
}

export function ceilTo(value: Amount, step: Amount): Amount {
  const rest = value % step
  return rest === 0n ? value : value - rest + step
}

export function absolute(value: Amount): Amount {
  return value < 0n ? -value : value
}

export function least(left: Amount, right: Amount): Amount {
  return left < right ? left : right
}

export function most(left: Amount, right: Amount): Amount {
  return left > right ? left : right
}
