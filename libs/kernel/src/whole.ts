/**
 * Whole numbers of any size: a JavaScript number while that is exact, a bigint beyond, so that the usual ones cost little.
 * Called by Decimal alone. Must never answer a number that is not a safe integer, nor a bigint that would be one.
 */
export type Whole = number | bigint

const numberMost = Number.MAX_SAFE_INTEGER
const bigMost = BigInt(numberMost)
/** The highest power of ten that is a safe integer. */
const exactPowerMost = 15

const powers: Whole[] = Array.from({ length: exactPowerMost + 1 }, (_, exponent) => 10 ** exponent)

export function powerOfTen(exponent: number): Whole {
  return (powers[exponent] ??= settled(10n ** BigInt(exponent)))
}

/** In its one form. */
export function settled(value: bigint): Whole {
  return value >= -bigMost && value <= bigMost ? Number(value) : value
}

export function add(left: Whole, right: Whole): Whole {
  if (typeof left === 'number' && typeof right === 'number') {
    const sum = left + right
    if (isExact(sum)) return sum
  }
  return settled(BigInt(left) + BigInt(right))
}

export function multiply(left: Whole, right: Whole): Whole {
  if (typeof left === 'number' && typeof right === 'number') {
    const product = left * right
    // Zero has one sign.
    if (isExact(product)) return product + 0
  }
  return settled(BigInt(left) * BigInt(right))
}

export function negate(value: Whole): Whole {
  return typeof value === 'number' ? 0 - value : -value
}

/** Towards zero; the rest has the sign of the dividend. The divisor is never zero. */
export function divide(dividend: Whole, divisor: Whole): { readonly quotient: Whole; readonly rest: Whole } {
  if (typeof dividend === 'number' && typeof divisor === 'number') {
    const rest = dividend % divisor
    return { quotient: (dividend - rest) / divisor + 0, rest: rest + 0 }
  }
  const [left, right] = [BigInt(dividend), BigInt(divisor)]
  return { quotient: settled(left / right), rest: settled(left % right) }
}

/** A result whose true value is beyond the safe integers is rounded to one that is beyond them too. */
function isExact(result: number): boolean {
  return result <= numberMost && result >= -numberMost
}
