/**
 * What all operations of the admin surface share: its path, its words for ids, dates and numbers, its refusals.
 * Called by the surface's route contracts, the gateway and the OpenAPI page. Must never hold an operation.
 */
import { type ErrorKind, httpStatusOf } from '@tradewire/kernel/errors'
import { z } from 'zod'

export const adminPrefix = '/v1/admin'

/** The document's table: what is understood but cannot be done, is 422, whatever the reason. */
export function adminStatusOf(kind: ErrorKind): number {
  return kind === 'invalid' || kind === 'conflict' ? httpStatusOf.refused : httpStatusOf[kind]
}

/** A refusal that is not about fields. */
export const adminMessage = z.object({ message: z.string() }).meta({ id: 'AdminMessage' })
export const adminUnauthorized = z.object({ error: z.literal('unauthorized') }).meta({ id: 'AdminUnauthorized' })

/** What is wrong with one field, or, with `_error`, with several together. */
export const adminProblem = z.object({
  value: z.unknown().optional().meta({ description: 'As it was sent; absent when nothing was' }),
  msg: z.string(),
  param: z.string().meta({ examples: ['stopPrice'] }),
  location: z.enum(['body', 'params', 'query', 'headers']),
})
export type AdminProblem = z.output<typeof adminProblem>
export const adminProblems = z.object({ errors: z.array(adminProblem) }).meta({ id: 'AdminProblems' })

/** What every route of the surface says of itself. */
export const adminRoute = { tag: 'Admin', form: 'admin', access: ['operator'] } as const

export const idOf = (what: string) => z.uuid({ error: 'must be UUID' }).meta({ description: what })

/** The document shows amounts as numbers; inside they are exact decimals. */
export const shownNumber = z.number().meta({ description: 'A number, as the document has it' })
export function numberOf(text: string): number {
  return Number(text)
}
export function numberOrNull(text: string | null): number | null {
  return text === null ? null : Number(text)
}

const startOf = z
  .union([z.iso.date(), z.iso.datetime()], { error: 'must be a date such as 2022-06-01' })
  .transform((text) => (text.includes('T') ? text : `${text}T00:00:00.000Z`))
export const start = startOf.optional().meta({ description: 'The first day or moment shown, such as 2022-06-01' })
