/**
 * JSON whose numbers keep every digit that was written. Called where a venue's protocol has numbers for money.
 * Must never throw on what somebody else sends, nor read a number through a binary fraction.
 */
import { Decimal, isDecimalText } from './decimal.ts'

const exponential = /^-?\d{1,25}(\.\d{1,25})?e[+-]?\d{1,2}$/i

/** Undefined for anything that is not JSON; numbers become their exact decimal text. */
export function parseExact(text: string): unknown {
  try {
    return JSON.parse(text, (_key, value: unknown, context?: { readonly source?: string }) =>
      typeof value === 'number' ? exactText(context?.source ?? String(value)) : value,
    )
  } catch {
    return undefined
  }
}

/** Null, which no schema takes for a number, when there are too many digits. */
function exactText(source: string): string | null {
  if (isDecimalText(source)) return source
  if (!exponential.test(source)) return null
  const text = new Decimal(source).toString()
  return isDecimalText(text) ? text : null
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
