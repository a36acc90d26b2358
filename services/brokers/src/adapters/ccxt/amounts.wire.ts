/**
 * Exact amounts, ids and known words as exchanges write them. Called by the wire files of all exchanges.
 * Must never round: amounts are text on the wire and stay exact.
 */
import type { VenueBalance } from '@tradewire/broker-kit/broker-session'
import { decimal, ZERO } from '@tradewire/kernel/decimal'
import { z } from 'zod'

export const idText = z.union([z.string(), z.number()]).transform(String)

/** Plain decimal text; an exponent or a word would throw in the parser below and end as an unreadable reply. */
export const amount = z
  .union([z.string(), z.number()])
  .transform(String)
  .refine((text) => /^-?\d{1,30}(\.\d{1,30})?$/.test(text), { error: 'is not a plain decimal' })

/** Of what was executed, and its prices: a venue that tells less than nothing is not understood. */
export const quantity = amount.refine((text) => !text.startsWith('-'), { error: 'is below zero' })

/** Empty text where there is no quantity. */
export const quantityOrNone = z.union([z.literal('').transform(() => null), quantity])

/** Empty text where there is no amount. */
export const amountOrNone = z.union([z.literal('').transform(() => null), amount])

const timeMsMax = 8.64e15

/**
 * Milliseconds of a moment that is nice to know. Null for what is missing, zero or no time: nothing else of an answer
 * becomes unreadable by it.
 */
export const momentOrNone = z
  .union([z.string(), z.number()])
  .nullish()
  .catch(null)
  .transform((told) => {
    const ms = Number(told ?? 0)
    return Number.isInteger(ms) && ms > 0 && ms <= timeMsMax ? new Date(ms) : null
  })

/** While an order is in these of Binance and CEX.IO, its last change was an execution. */
export const executing: ReadonlySet<string> = new Set(['FILLED', 'PARTIALLY_FILLED'])

/** A word that stands in this table itself: "constructor" stands in every object. */
export function wordOf(words: Readonly<Record<string, unknown>>) {
  return idText.refine((text) => Object.hasOwn(words, text), { error: 'is not a known word' })
}

/** Without needless zeros: "0.67300000" becomes "0.673". */
export function plain(text: string): string {
  return decimal(text.replace(/^(-?)0+(?=\d)/, '$1')).toString()
}

/** Null for what is missing, zero or negative. */
export function positiveOrNull(text: string | null | undefined): string | null {
  if (text === null || text === undefined) return null
  const value = decimal(plain(text))
  return value.gt(ZERO) ? value.toString() : null
}

/** What orders are sized in comes first, then whatever is not empty. */
export function inTradingOrder(balances: readonly VenueBalance[]): VenueBalance[] {
  const trading = balances.filter((each) => each.currency === 'USDT')
  const rest = balances.filter((each) => each.currency !== 'USDT' && each.total !== '0')
  return trading.length + rest.length > 0 ? [...trading, ...rest] : balances.slice(0, 1)
}
