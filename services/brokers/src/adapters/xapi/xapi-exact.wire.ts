/**
 * Replies of the venue as data with exact numbers. Called by the connections. Must never throw on what a venue sends.
 */
import { Decimal, isDecimalText } from '@tradewire/kernel/decimal'

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
  const text = new Decimal(source).toFixed()
  return isDecimalText(text) ? text : null
}

/** Plain decimal text as a JSON number with exactly these digits. */
export function numberOf(text: string): unknown {
  return JSON.rawJSON(text)
}

/** The text of one command: ASCII only, as the venue's servers and proxies expect. */
export function encode(command: object): string {
  return JSON.stringify(command).replaceAll(
    /[\u0080-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

declare global {
  interface JSON {
    /** Node 22 and newer; TypeScript's library does not know it yet. */
    rawJSON(text: string): unknown
  }
}
