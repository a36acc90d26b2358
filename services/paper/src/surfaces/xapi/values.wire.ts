/**
 * Values on the wire: exact numbers, ASCII text, times as the venue prints them. Called by all parts of the protocol.
 * Must never print a number through a binary fraction, nor a character that takes more than one byte.
 */
import { formatAmount, parseAmount, type Amount } from '#domain/amount'

const commandDecimals = 8
const numberText = /^-?\d{1,15}(\.\d{1,20})?(e-?\d{1,2})?$/i

/** An amount as a JSON number with exactly its digits. */
export function numberOf(value: Amount): unknown {
  return JSON.rawJSON(formatAmount(value))
}

export function numberOrNull(value: Amount | null): unknown {
  return value === null ? null : numberOf(value)
}

/** A number of a command, told exactly; binary noise behind the eighth decimal is rounded off. */
export function amountOf(text: string): Amount | undefined {
  if (!numberText.test(text)) return undefined
  return parseAmount(text) ?? parseAmount(Number(text).toFixed(commandDecimals))
}

/** Numbers of a command stay text: what a client wrote is what counts. Undefined for anything that is not JSON. */
export function parseExact(text: string): unknown {
  try {
    return JSON.parse(text, (_key, value: unknown, context?: { readonly source?: string }) =>
      typeof value === 'number' ? new WireNumber(context?.source ?? String(value)) : value,
    )
  } catch {
    return undefined
  }
}

export class WireNumber {
  constructor(readonly text: string) {}
}

/** The text of one reply or event: ASCII only, for clients decode pieces of it. */
export function encode(value: object, pretty = false): string {
  const text = JSON.stringify(value, undefined, pretty ? 2 : undefined)
  return text.replaceAll(
    /[\u0080-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

const centralEurope = new Intl.DateTimeFormat('en-US', {
  timeZone: 'Europe/Warsaw',
  month: 'short',
  day: '2-digit',
  year: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
  second: '2-digit',
})

/** In the time of the venue's server. */
export function timeString(at: number): string {
  // The wide blank that the formatter puts before AM is none of ASCII.
  return centralEurope.format(at).replaceAll(/[^\x20-\x7e]/g, ' ')
}

declare global {
  interface JSON {
    /** Node 22 and newer; TypeScript's library does not know it yet. */
    rawJSON(text: string): unknown
  }
}
