/**
 * Reads the text of an alert as TradingView sends it: JSON under any content type, with bare NaN where a plot is missing.
 * Called by the alert intake. Must never guess: text that is not one flat JSON object is refused.
 */
import { parseExact } from '@tradewire/kernel/exact-json'
import { err, ok, type Result } from '@tradewire/kernel/result'

export type AlertFields = Readonly<Record<string, unknown>>

export interface AlertProblem {
  readonly msg: string
  readonly param: string
  readonly location?: 'body'
  readonly nestedErrors?: readonly AlertProblem[]
}

/** A placeholder without a value leaves NaN, which JSON does not know. */
const BARE_NAN = /("(?:[^"\\]|\\.)*")|\bNaN\b/g

/** A number that would lose digits or get an exponent as a binary fraction: a long one, one with an exponent, a tiny one. */
const DELICATE_NUMBER = /:\s*-?(?:[\d.]{16}|[\d.]+e|0\.00000)/i

export function readAlertText(text: string): Result<AlertFields, AlertProblem> {
  const parsed = parseJson(text) ?? parseJson(text.replace(BARE_NAN, (whole, quoted) => (quoted ? whole : '"NaN"')))
  if (parsed === undefined || parsed === null || typeof parsed !== 'object' || Array.isArray(parsed)) {
    return err({ msg: 'must be a JSON object', param: '_error', location: 'body' })
  }
  const repeated = repeatedKey(text)
  if (repeated !== undefined) return err({ msg: 'must not be given twice', param: repeated, location: 'body' })
  return ok(parsed as AlertFields)
}

/** Keeping the digits of numbers costs several times as much, so it is done where they could be lost. */
function parseJson(text: string): unknown {
  // What cannot be kept stays what it is: the check of the field refuses it, where null would mean that it is not set.
  if (DELICATE_NUMBER.test(text)) return parseExact(text, String)
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The first top-level key that stands twice. JSON.parse would silently take the last one, which may be another price. */
function repeatedKey(text: string): string | undefined {
  const seen = new Set<string>()
  let depth = 0
  let from = 0
  let to = 0
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]
    if (character === '"') {
      from = at
      to = endOfString(text, at)
      at = to
    } else if (character === '{' || character === '[') depth += 1
    else if (character === '}' || character === ']') depth -= 1
    else if (character === ':' && depth === 1) {
      // The text has been parsed, so what stands before a colon is a key.
      const key = JSON.parse(text.slice(from, to + 1)) as string
      if (seen.has(key)) return key
      seen.add(key)
    }
  }
  return undefined
}

/** Where the string that begins at `from` has its closing quote: the first one that no backslash takes away. */
function endOfString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] === '"') return at
    if (text[at] === '\\') at += 1
  }
  return text.length
}
