/**
 * The closed table of reasons why a follower gets no order: each code with its message, its fix and the schema of its context.
 * Called by orders, which may deny with nothing else, by its replies and by the generated denials page.
 * Must never change a code's meaning; a context grows by optional fields only.
 */
import { z } from 'zod'
import type { DenialDefinition } from './define-denial.ts'
import { followerDenials } from './follower.ts'
import { moneyDenials } from './money.ts'
import { signalDenials } from './signal.ts'

export const denials = { ...signalDenials, ...followerDenials, ...moneyDenials } satisfies Record<
  string,
  DenialDefinition
>
type Denials = typeof denials
export type DenialCode = keyof Denials
export type DenialContext<Code extends DenialCode> = z.output<Denials[Code]['context']>

export const denialCodes = Object.keys(denials) as readonly DenialCode[]

/** One of the codes with its own context: knowing the code is knowing the fields. */
export type Denial = {
  readonly [Code in DenialCode]: { readonly code: Code; readonly context: DenialContext<Code> }
}[DenialCode]

/** With the words of the table, as replies show it. */
export type DenialReply = Denial & { readonly message: string; readonly fix: string }

const replies = denialCodes.map((code) =>
  z.strictObject({
    code: z.literal(code),
    message: z.string().meta({ description: 'What is in the way, in words' }),
    fix: z.string().meta({ description: 'What can be done about it' }),
    context: denials[code].context.meta({ description: 'The figures behind it' }),
  }),
)

export const denialReply = z
  .discriminatedUnion('code', replies as [(typeof replies)[0], ...typeof replies])
  .meta({ id: 'Denial' }) as unknown as z.ZodType<DenialReply>

/** The stored denial with its words. */
export function denialReplyOf(denial: Denial): DenialReply {
  const { message, fix } = denials[denial.code]
  return { ...denial, message, fix }
}
