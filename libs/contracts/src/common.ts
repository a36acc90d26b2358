/**
 * Schemas that several contracts share. Called by contract files only.
 * Must never hold a service's own words.
 */
import { isDecimalText } from '@tradewire/kernel/decimal'
import { z } from 'zod'

/** An exact decimal as text, e.g. "46319.5". */
export const decimalText = z
  .string()
  .refine(isDecimalText, { error: 'must be a decimal as text, such as "0.25"' })
  .meta({ format: 'decimal', description: 'Exact decimal as text', examples: ['46319.5'] })
export const positiveDecimalText = decimalText.refine((text) => !text.startsWith('-') && /[1-9]/.test(text), {
  error: 'must be greater than 0',
})
export const unsignedDecimalText = decimalText.refine((text) => !text.startsWith('-'), {
  error: 'must not be negative',
})
export const timestamp = z.iso.datetime().meta({ description: 'UTC, ISO 8601' })
export const side = z.enum(['buy', 'sell'])
export type Side = z.output<typeof side>
export const symbol = z
  .string()
  .regex(/^[A-Z0-9]{1,20}\/[A-Z0-9]{1,20}$/, { error: 'must be format BASE/QUOTE' })
  .meta({ description: 'BASE/QUOTE. The venue says whether that is spot or a perpetual.', examples: ['BTC/USDT'] })
/** The venues of this release; one folder of adapters each. */
export const venue = z.enum([
  'binance-spot',
  'binance-usdm',
  'cex',
  'coinbase',
  'metaapi',
  'mt-manager',
  'okx-spot',
  'okx-swap',
  'paper',
  'tokocrypto',
  'xapi',
])
export type Venue = z.output<typeof venue>
export const accountEnvironment = z.enum(['paper', 'live']).meta({
  description:
    "live is the venue itself, paper our simulation of it: its own prices, steps and rates, never the other's",
})
export type AccountEnvironment = z.output<typeof accountEnvironment>

export const changeRevision = z
  .int()
  .positive()
  .meta({ description: 'Grows by one with each change; a lower one than already seen is old news' })

/** What a path names: `idIn('riskProfile')` is of paths with `{riskProfileId}`. */
export function idIn<Noun extends string>(...nouns: readonly Noun[]) {
  const fields = nouns.map((noun) => [`${noun}Id`, z.uuid().meta({ description: `Id of the ${inWords(noun)}` })])
  return z.strictObject(Object.fromEntries(fields) as Record<`${Noun}Id`, z.ZodUUID>)
}

function inWords(noun: string): string {
  return noun.replace('api', 'API').replace(/[A-Z][a-z]/g, (start) => ` ${start.toLowerCase()}`)
}

export const pageLimitMax = 200
export const pageLimitDefault = 50

/** What a page of a list is asked by: so many items, and where to go on. */
export const pageQueryWith = (limits: { readonly usual: number; readonly most: number }) =>
  z.strictObject({
    limit: z.coerce
      .number()
      .int()
      .min(1)
      .max(limits.most)
      .default(limits.usual)
      .meta({ description: 'How many items at most' }),
    nextToken: z
      .string()
      .max(200)
      .optional()
      .meta({ description: 'From the page before; left out for the first page' }),
  })

/** Cursor paging: every list takes it and answers {items, nextToken}. */
export const pageQuery = pageQueryWith({ usual: pageLimitDefault, most: pageLimitMax })
export type PageQuery = z.output<typeof pageQuery>

const nextToken = z.string().nullable().meta({ description: 'Asks for the next page; null with the last' })

export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.strictObject({ items: z.array(item), nextToken })
}

/** A yes or no in a query string. */
export const flag = z.enum(['true', 'false']).transform((text) => text === 'true')
