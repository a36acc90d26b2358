/** What Mayar answers and delivers, read tolerantly: its documents and samples differ. Called by its client. Must never be trusted for amounts where it was delivered. */
import { z } from 'zod'

export const referenceKey = 'tradewire_payment'

const extraData = z.record(z.string(), z.unknown()).nullish()

export const createdInvoice = z.object({ data: z.object({ id: z.string(), link: z.string() }) })

export const shownInvoice = z.object({
  data: z.object({
    id: z.string(),
    amount: z.number().int(),
    /** Text in newer answers, a flag in older ones. */
    status: z.union([z.string(), z.boolean()]),
    /** The page's whole address; its `link` is the end of it only. */
    paymentUrl: z.string().nullish(),
    extraData,
  }),
})

/** In no order that is said. What we gave an invoice is not listed, but where its payer comes back to. */
export const listedInvoices = z.object({
  data: z.array(z.object({ id: z.string(), redirectUrl: z.string().nullish() })),
  hasMore: z.boolean().nullish(),
})

export const delivery = z.object({
  event: z.string().max(100),
  data: z.object({
    id: z.string().max(100),
    transactionId: z.string().max(100).nullish(),
    /** Of an invoice it is the invoice's id. */
    productId: z.string().max(100).nullish(),
  }),
})
export type Delivery = z.output<typeof delivery>

export const history = z.object({
  data: z.array(z.object({ createdAt: z.string(), payload: z.string() })),
  hasMore: z.boolean().nullish(),
})

/** One that is `closed` can be paid no more, and nobody paid it. */
export function isPaid(status: string | boolean): boolean {
  return status === true || (typeof status === 'string' && ['paid', 'success'].includes(status.toLowerCase()))
}

export function isClosed(status: string | boolean): boolean {
  return typeof status === 'string' && status.toLowerCase() === 'closed'
}
