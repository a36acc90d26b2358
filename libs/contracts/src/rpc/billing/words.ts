/**
 * What all questions of `billing` share: currencies, providers, cycles, names. Called by them and by their routes.
 * Must never ask anything itself.
 */
import { z } from 'zod'
import { decimalText } from '../../common.ts'

/** Providers are asked over the network. */
export const providerDeadlineMs = 20_000
export const listMax = 100

export const billingCurrency = z
  .string()
  .regex(/^[A-Z]{3}$/, { error: 'must be a currency code such as USD' })
  .meta({ description: 'As ISO 4217 names it', examples: ['USD'] })
export const paymentProvider = z.enum(['mock', 'stripe', 'razorpay', 'mayar'])
export const checkoutKind = z.enum(['form', 'page']).meta({
  description:
    "`form`: the payer stays on your page; `page`: they are sent to the provider's; its usual one when left out",
})
export const billingCycle = z.enum(['monthly', 'quarterly', 'yearly'])
export const nonNegativeDecimalText = decimalText.refine((text) => !text.startsWith('-'), {
  error: 'must not be negative',
})
/** What plans and products are called. */
export const offerName = z.string().trim().min(1).max(80)
export const trialDays = z.int().min(0).max(365)

/** What is subscribed to. */
export const subscriptionSubject = z.strictObject({ kind: z.enum(['plan', 'strategy']), id: z.uuid() })

export const requestId = z.uuid().optional().meta({
  description:
    'Chosen by the caller: asked again with the same one, the answer is the same and nothing is charged twice',
})
