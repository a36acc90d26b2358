/** Questions and commands about payments. Called by the gateway and `billing`. Must never carry a card number. */
import { z } from 'zod'
import { caller } from '../../caller.ts'
import { pageOf, pageQuery, positiveDecimalText, timestamp } from '../../common.ts'
import { defineRpc } from '../../define-rpc.ts'
import { billingCurrency, nonNegativeDecimalText, paymentProvider, providerDeadlineMs } from './words.ts'

export const paymentStatus = z.enum([
  'created',
  'needs-action',
  'processing',
  'failed',
  'succeeded',
  'partly-refunded',
  'refunded',
  'disputed',
  'charged-back',
])
export type PaymentStatus = z.output<typeof paymentStatus>

export const paymentIntent = z
  .strictObject({
    paymentId: z.uuid(),
    subscriptionId: z.uuid().nullable(),
    provider: paymentProvider,
    amount: positiveDecimalText,
    amountMinor: z.int().positive().meta({ description: 'The same in the smallest unit of the currency' }),
    currency: billingCurrency,
    clientSecret: z
      .string()
      .nullable()
      .meta({ description: "For the provider's own form; null where the payer is sent to a page" }),
    paymentUrl: z.string().nullable().meta({ description: 'Where the payer pays; null where a form is shown' }),
    nextPaymentAt: timestamp.nullable().meta({
      description: 'When the next payment is due if this one succeeds; null for a purchase or a performance fee',
    }),
  })
  .meta({ id: 'PaymentIntent' })

export const payment = z
  .strictObject({
    id: z.uuid(),
    userId: z.uuid(),
    subscriptionId: z.uuid().nullable(),
    purchaseId: z.uuid().nullable(),
    feeId: z.uuid().nullable().meta({ description: 'The performance fee that it pays' }),
    provider: paymentProvider,
    amount: positiveDecimalText,
    refunded: nonNegativeDecimalText,
    currency: billingCurrency,
    status: paymentStatus,
    failure: z.string().nullable(),
    paymentUrl: z.string().nullable(),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: 'Payment' })
export type PaymentReply = z.output<typeof payment>

export const listPayments = defineRpc({
  name: 'billing.payments.list',
  description: 'Payments, newest first.',
  request: z.strictObject({ caller, page: pageQuery }),
  reply: pageOf(payment),
})

export const getPayment = defineRpc({
  name: 'billing.payments.get',
  description: 'One payment.',
  request: z.strictObject({ caller, paymentId: z.uuid() }),
  reply: payment,
})

export const confirmPayment = defineRpc({
  name: 'billing.payments.confirm',
  description: "Takes what a provider's form gave the payer, so that a payment is known before its delivery comes.",
  request: z.strictObject({
    caller,
    paymentId: z.uuid(),
    proof: z
      .record(z.string().max(80), z.string().max(400))
      .meta({ description: 'As the form gave it, such as `razorpay_payment_id` and `razorpay_signature`' }),
  }),
  reply: payment,
  deadlineMs: providerDeadlineMs,
})

export const refundPayment = defineRpc({
  name: 'billing.payments.refund',
  description: 'Gives money of a payment back; all that is left when no amount is named.',
  request: z.strictObject({
    caller,
    paymentId: z.uuid(),
    amount: positiveDecimalText.optional().meta({ description: 'All that is left when none is named' }),
    requestId: z.uuid().meta({ description: 'Asked again with the same one, money is given back once' }),
  }),
  reply: payment,
  deadlineMs: providerDeadlineMs,
})
