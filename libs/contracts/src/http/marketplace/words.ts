/**
 * What all operations of the marketplace surface share: its path, its words for lists, numbers and fields, its statuses.
 * Called by the surface's route contracts, the gateway and the OpenAPI page. Must never hold an operation.
 */
import { type ErrorKind, httpStatusOf } from '@tradewire/kernel/errors'
import { z } from 'zod'
import { everyone } from '../../caller.ts'
import { pageLimitMax, positiveDecimalText } from '../../common.ts'

export const marketplacePrefix = '/api/v1'

/** The document knows no 409 and no 422: whatever a rule refuses is 400. */
export function marketplaceStatusOf(kind: ErrorKind): number {
  return kind === 'conflict' || kind === 'refused' ? httpStatusOf.invalid : httpStatusOf[kind]
}

/** What every route of the surface says of itself. */
export const marketplaceRoute = { tag: 'Marketplace', form: 'marketplace', access: everyone } as const

/** The document's words for a field that is missing; other mistakes keep their own. */
export const required = {
  error: ({ input }: { readonly input?: unknown }) => (input === undefined ? 'This field is required' : undefined),
}
export const id = z
  .uuid({ error: ({ input }) => required.error({ input }) ?? 'must be an id, as lists show it' })
  .meta({ description: 'Id, as lists show it' })

/** Of users, strategies and accounts the document shows whole numbers. The API knows them by UUIDs; either is taken. */
export const shownId = z
  .int()
  .min(0)
  .meta({ description: 'A whole number, as the document has it', examples: [1] })
const givenDigitsMax = 20
export const givenId = z
  .union([z.int().min(0), z.uuid(), z.string().regex(/^\d+$/).max(givenDigitsMax)], {
    error: ({ input }) => required.error({ input }) ?? 'must be an id, as lists show it',
  })
  .transform(String)
  .meta({ description: 'Id, as lists show it: a whole number, or the UUID' })

/** The document shows amounts as numbers; inside they are exact decimals. */
export const shownNumber = z.number().meta({ description: 'A number, as the document has it' })
export function numberOrNull(text: string | null): number | null {
  return text === null ? null : Number(text)
}

const percentMax = 100
const digitsMax = 20
export const givenPercent = z
  .union([z.number(), z.string().max(digitsMax)], {
    error: ({ input }) => required.error({ input }) ?? 'must be a number',
  })
  .transform(String)
  .refine((text) => positiveDecimalText.safeParse(text).success && Number(text) <= percentMax, {
    error: 'must be above 0 and not above 100',
  })

/** Lists that nobody has many of are shown whole. */
export const wholeList = { limit: pageLimitMax }

export function listOf<Item extends z.ZodType>(item: Item) {
  return z.strictObject({
    count: z.int(),
    next: z.string().nullable().meta({ description: 'Path of the next page' }),
    previous: z.string().nullable(),
    results: z.array(item),
  })
}

export function shownWhole<Item>(results: Item[]) {
  return { count: results.length, next: null, previous: null, results }
}
