/** What Razorpay answers and delivers, as far as it is read. Called by its client. Must never be trusted for amounts where it was delivered. */
import { z } from 'zod'

/** Our payment's id, in the notes of what was opened for it. */
export const referenceKey = 'tradewire_payment'
/** What a plan of ours costs and how often, in its notes. */
export const planKey = 'tradewire_price'

const id = z.string().max(100)
const seconds = z.number().int()
const minor = z.number().int()
/** An empty list stands for no notes. */
const notes = z
  .union([z.record(z.string(), z.unknown()), z.array(z.unknown()).transform(() => ({}))])
  .nullish()
  .transform((value): Readonly<Record<string, unknown>> => value ?? {})

export const collectionOf = <Item extends z.ZodType>(item: Item) => z.object({ items: z.array(item) })

export const order = z.object({ id, amount: minor, currency: z.string(), notes })
export type Order = z.output<typeof order>

export const payment = z.object({
  id,
  amount: minor,
  status: z.string(),
  order_id: id.nullish(),
  invoice_id: id.nullish(),
  amount_refunded: minor.nullish(),
  /** With the tax on it; null until it is captured. */
  fee: minor.nullish(),
  error_code: z.string().nullish(),
  error_reason: z.string().nullish(),
  created_at: seconds,
})
export type Payment = z.output<typeof payment>

export const invoice = z.object({
  id,
  order_id: id.nullish(),
  subscription_id: id.nullish(),
  billing_start: seconds.nullish(),
  billing_end: seconds.nullish(),
  created_at: seconds,
})
export type Invoice = z.output<typeof invoice>

export const plan = z.object({ id, notes })

export const subscription = z.object({
  id,
  plan_id: id,
  status: z.string(),
  notes,
  current_end: seconds.nullish(),
  end_at: seconds.nullish(),
  ended_at: seconds.nullish(),
  has_scheduled_changes: z.boolean().nullish(),
})
export type Subscription = z.output<typeof subscription>

export const refund = z.object({ id, amount: minor, payment_id: id, status: z.string() })
export type Refund = z.output<typeof refund>

export const dispute = z.object({
  id,
  amount: minor,
  payment_id: id,
  status: z.string(),
  amount_deducted: minor.nullish(),
})
export type Dispute = z.output<typeof dispute>

const about = z.object({ entity: z.object({ id }) }).optional()

/** A delivery, or what was listed in the form of one. */
export const delivery = z.object({
  event: z.string().max(100),
  payload: z.object({
    payment: about,
    order: about,
    subscription: about,
    dispute: about,
    refund: z.object({ entity: z.object({ payment_id: id }) }).optional(),
  }),
})

/** What Razorpay's form hands to the page when the payer is through. */
export const payersProof = z.object({
  razorpay_payment_id: id,
  razorpay_order_id: id.optional(),
  razorpay_subscription_id: id.optional(),
  razorpay_signature: z.string().max(200),
})
