/**
 * The parameters of one request, out of query and body text, with the venue's errors for what is missing or malformed.
 * Called by the Binance surfaces. Must never lose the raw text: the signature is over it.
 */
import { parseAmount, type Amount } from '#domain/amount'
import { illegal, missing, tooMuchPrecision, venueError, type VenueError } from './venue-error.wire.ts'

const INTEGER = /^\d{1,16}$/
const NUMBER = /^\d{1,20}(\.\d{1,20})?$/
const CLIENT_ID = /^[.A-Z:/a-z0-9_-]{1,36}$/

/** Reads parameters one after the other and remembers the first thing wrong, so that callers check once at the end. */
export class Parameters {
  error: VenueError | undefined

  constructor(private readonly values: ReadonlyMap<string, string>) {}

  has(name: string): boolean {
    return (this.values.get(name) ?? '') !== ''
  }

  text(name: string): string | undefined {
    const value = this.values.get(name)
    return value === '' ? undefined : value
  }

  /** Empty text when it is missing; `error` is set then. */
  needText(name: string): string {
    const value = this.text(name)
    if (value === undefined) this.fail(missing(name))
    return value ?? ''
  }

  integer(name: string): number | undefined {
    const value = this.text(name)
    if (value === undefined) return undefined
    if (INTEGER.test(value)) return Number(value)
    this.fail(illegal(name))
    return undefined
  }

  /** Undefined when missing; `error` is set for what is no number or has more decimals than the asset. */
  amount(name: string, decimals: number): Amount | undefined {
    const value = this.text(name)
    if (value === undefined) return undefined
    const parsed = NUMBER.test(value) ? parseAmount(value) : undefined
    if (parsed === undefined) {
      this.fail(NUMBER.test(value) ? tooMuchPrecision : illegal(name))
      return undefined
    }
    const fraction = (value.split('.')[1] ?? '').replace(/0+$/, '')
    if (fraction.length > decimals) this.fail(tooMuchPrecision)
    return parsed
  }

  flag(name: string): boolean {
    return this.text(name)?.toLowerCase() === 'true'
  }

  /** One of the venue's words; -1116 and friends come from the caller's `otherwise`. */
  word<Word extends string>(name: string, words: readonly Word[], otherwise: VenueError): Word | undefined {
    const value = this.text(name)
    if (value === undefined) {
      this.fail(missing(name))
      return undefined
    }
    const found = words.find((word) => word === value)
    if (found === undefined) this.fail(otherwise)
    return found
  }

  clientId(name: string): string | undefined {
    const value = this.text(name)
    if (value === undefined || CLIENT_ID.test(value)) return value
    this.fail(
      venueError(
        -1100,
        `Illegal characters found in parameter '${name}'; legal range is '^[\\.A-Z\\:/a-z0-9_-]{1,36}$'.`,
      ),
    )
    return undefined
  }

  fail(error: VenueError): void {
    this.error ??= error
  }
}

/** Query wins over body, as at the venue. */
export function parametersOf(query: string, body: string): Parameters {
  const values = new Map<string, string>()
  if (body !== '') for (const [name, value] of new URLSearchParams(body)) values.set(name, value)
  if (query !== '') for (const [name, value] of new URLSearchParams(query)) values.set(name, value)
  return new Parameters(values)
}

export const invalidSide = venueError(-1117, 'Invalid side.')
export const invalidType = venueError(-1116, 'Invalid orderType.')
export const invalidTimeInForce = venueError(-1115, 'Invalid timeInForce.')
