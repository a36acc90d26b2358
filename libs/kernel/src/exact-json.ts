/**
 * JSON whose numbers keep every digit that was written. Called where others send numbers for money: venues, alerts.
 * Must never throw on what somebody else sends, nor read a number through a binary fraction.
 */
import { Decimal, isDecimalText } from './decimal.ts'

const exponential = /^-?\d{1,25}(\.\d{1,25})?e[+-]?\d{1,2}$/i

/**
 * Undefined for anything that is not JSON; numbers become their exact decimal text. One that has too many digits becomes
 * null, which no schema takes for a number, unless the caller makes something else of it.
 */
export function parseExact(text: string, unkept: (value: number) => unknown = () => null): unknown {
  try {
    return JSON.parse(text, (_key, value: unknown, context?: { readonly source?: string }) =>
      typeof value === 'number' ? (exactText(context?.source ?? String(value)) ?? unkept(value)) : value,
    )
  } catch {
    return undefined
  }
}

function exactText(source: string): string | undefined {
  if (isDecimalText(source)) return source
  if (!exponential.test(source)) return undefined
  const text = new Decimal(source).toString()
  return isDecimalText(text) ? text : undefined
}

/** Plain decimal text as a JSON number with exactly these digits. */
export function numberOf(text: string): unknown {
  return JSON.rawJSON(text)
}

declare global {
  interface JSON {
    /** Node 22 and newer; TypeScript's library does not know it yet. */
    rawJSON(text: string): unknown
  }
}
