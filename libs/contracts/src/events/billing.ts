/**
 * Events of `billing`: what was paid and what it entitles to. Called by orders, which obeys entitlements, and by webhooks.
 * Must never carry a means of payment or a secret of a provider.
 */
import { z } from 'zod'
import { changeRevision, decimalText, positiveDecimalText, timestamp } from '../common.ts'
import { defineEvent } from '../define-event.ts'

export const entitlementChanged = defineEvent({
  name: 'entitlement.changed',
  version: 1,
  owner: 'billing',
  delivery: 'batched',
  description: 'What the plan of a user allows, as a whole. A user of whom nothing was ever told has no limits.',
  data: z.strictObject({
    userId: z.uuid(),
    plan: z.string().min(1).max(80).meta({ description: 'The name of the plan, as the user knows it' }),
    endsAt: timestamp.nullable().meta({ description: 'From this moment on no entries are allowed; null for no end' }),
    maxPositions: z.int().min(0).nullable().meta({
      description: 'Positions and entries under way on all accounts of the user together; null for any number',
    }),
    maxBalance: positiveDecimalText.nullable().meta({
      description: 'What one account may hold, in the currency in which its balance is told; null for any amount',
    }),
    maxApiKeys: z
      .int()
      .min(0)
      .meta({ description: 'Accounts, each with its API key, that the user may have connected' }),
    strategyAutomated: z.boolean().meta({ description: 'Whether alerts are followed; what is sent by hand always is' }),
    revision: changeRevision,
  }),
  example: {
    userId: 'a12565e5-567b-432a-93b2-6349653010d9',
    plan: 'STARTER',
    endsAt: '2022-10-09T00:00:00.000Z',
    maxPositions: 5,
    maxBalance: '15000',
    maxApiKeys: 20,
    strategyAutomated: true,
    revision: 1,
  },
})

const currency = z.string().regex(/^[A-Z]{3}$/)

const paymentNews = {
  paymentId: z.uuid(),
  userId: z.uuid(),
  subscriptionId: z.uuid().nullable().meta({ description: 'Null when it is not for a subscription' }),
  purchaseId: z.uuid().nullable().meta({ description: 'Null when it is not for a purchase' }),
  provider: z.string(),
  amount: positiveDecimalText,
  currency,
}

const paymentExample = {
  paymentId: '01963a5e-0000-7000-8000-00000000000d',
  userId: 'a12565e5-567b-432a-93b2-6349653010d9',
  subscriptionId: '01963a5e-0000-7000-8000-00000000000e',
  purchaseId: null,
  provider: 'stripe',
  amount: '99.00',
  currency: 'USD',
}

export const paymentSucceeded = defineEvent({
  name: 'payment.succeeded',
  version: 1,
  owner: 'billing',
  description: 'Money has come in.',
  data: z.strictObject({ ...paymentNews, succeededAt: timestamp }),
  example: { ...paymentExample, succeededAt: '2025-07-21T12:00:00.000Z' },
})

export const paymentFailed = defineEvent({
  name: 'payment.failed',
  version: 1,
  owner: 'billing',
  description: 'A payment failed or was declined. It may still succeed, when the payer or the provider tries again.',
  data: z.strictObject({
    ...paymentNews,
    reason: z.string().nullable().meta({ description: "In the provider's words; null when it gave none" }),
    failedAt: timestamp,
  }),
  example: { ...paymentExample, reason: 'card_declined', failedAt: '2025-07-21T12:00:00.000Z' },
})

export const paymentDue = defineEvent({
  name: 'payment.due',
  version: 1,
  owner: 'billing',
  description:
    'The next period of a subscription is to be paid by its user, because the provider does not renew by itself.',
  data: z.strictObject({ ...paymentNews, paymentUrl: z.string(), dueAt: timestamp }),
  example: {
    ...paymentExample,
    provider: 'mayar',
    paymentUrl: 'https://example.com/pay/1',
    dueAt: '2025-08-21T00:00:00.000Z',
  },
})

export const refundIssued = defineEvent({
  name: 'refund.issued',
  version: 1,
  owner: 'billing',
  description: 'Money of a payment was given back.',
  data: z.strictObject({ ...paymentNews, refundId: z.string(), refundedAt: timestamp }),
  example: { ...paymentExample, refundId: 're_1', refundedAt: '2025-07-22T12:00:00.000Z' },
})

export const subscriptionStanding = z.enum(['incomplete', 'active', 'past-due', 'lapsed', 'ended'])

export const subscriptionChanged = defineEvent({
  name: 'subscription.changed',
  version: 1,
  owner: 'billing',
  description: 'A subscription to a plan or a strategy began, was paid, is in arrears, or is over.',
  data: z.strictObject({
    subscriptionId: z.uuid(),
    userId: z.uuid(),
    subject: z.strictObject({ kind: z.enum(['plan', 'strategy']), id: z.uuid(), name: z.string() }),
    standing: subscriptionStanding,
    servedUntil: timestamp
      .nullable()
      .meta({ description: 'What it gives is there until then; null before the first payment' }),
    endsAt: timestamp.nullable().meta({ description: 'When it ends for good; null while nobody ended it' }),
    revision: changeRevision,
  }),
  example: {
    subscriptionId: '01963a5e-0000-7000-8000-00000000000e',
    userId: 'a12565e5-567b-432a-93b2-6349653010d9',
    subject: { kind: 'strategy', id: '61b79e6d-7e22-4f91-b508-ef5be6a21419', name: 'STRATEGY #1' },
    standing: 'active',
    servedUntil: '2025-08-28T12:00:00.000Z',
    endsAt: null,
    revision: 2,
  },
})

export const strategyPriced = defineEvent({
  name: 'strategy.priced',
  version: 1,
  owner: 'billing',
  description:
    'What a strategy costs was said anew. While it has a price, its followers need a subscription that is paid.',
  data: z.strictObject({
    strategyId: z.uuid(),
    prices: z
      .array(z.strictObject({ currency, cycle: z.string(), amount: positiveDecimalText }))
      .meta({ description: 'Empty when it costs nothing' }),
    revision: changeRevision,
  }),
  example: {
    strategyId: '61b79e6d-7e22-4f91-b508-ef5be6a21419',
    prices: [{ currency: 'USD', cycle: 'monthly', amount: '99.00' }],
    revision: 1,
  },
})

export const invoiceIssued = defineEvent({
  name: 'invoice.issued',
  version: 1,
  owner: 'billing',
  description: 'What was paid, or is to be paid as a performance fee, has its invoice.',
  data: z.strictObject({
    invoiceId: z.uuid(),
    number: z.string().meta({ description: 'Without gaps' }),
    userId: z.uuid(),
    paymentId: z
      .uuid()
      .nullable()
      .meta({ description: 'Null for a performance fee, whose invoice comes before its payment' }),
    feeId: z.uuid().nullable(),
    amount: decimalText,
    currency,
    issuedAt: timestamp,
  }),
  example: {
    invoiceId: '01963a5e-0000-7000-8000-00000000000f',
    number: '2025-000001',
    userId: 'a12565e5-567b-432a-93b2-6349653010d9',
    paymentId: '01963a5e-0000-7000-8000-00000000000d',
    feeId: null,
    amount: '99.00',
    currency: 'USD',
    issuedAt: '2025-07-21T12:00:00.000Z',
  },
})

export const billingEvents = [
  paymentSucceeded,
  paymentFailed,
  paymentDue,
  refundIssued,
  subscriptionChanged,
  strategyPriced,
  invoiceIssued,
  entitlementChanged,
] as const
