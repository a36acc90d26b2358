/**
 * Events of `billing`: what was paid and what it entitles to. Called by orders, which obeys entitlements, and by webhooks.
 * Must never carry a means of payment or a secret of a provider.
 */
import { z } from 'zod'
import { decimalText, positiveDecimalText, timestamp } from '../common.ts'
import { defineEvent } from '../define-event.ts'

export const entitlementChanged = defineEvent({
  name: 'entitlement.changed',
  version: 1,
  owner: 'billing',
  delivery: 'batched',
  description: 'What the plan of a user allows, as a whole. A user of whom nothing was ever told has no limits.',
  data: z.strictObject({
    userId: z.uuid(),
    /** The name of the plan, as the user knows it. */
    plan: z.string().min(1).max(80),
    /** From this moment on no entries are allowed; null for no end. */
    endsAt: timestamp.nullable(),
    /** Positions and entries under way on all accounts of the user together; null for any number. */
    maxPositions: z.int().min(0).nullable(),
    /** What one account may hold, in the currency in which its balance is told; null for any amount. */
    maxBalance: positiveDecimalText.nullable(),
    /** Accounts, each with its API key, that the user may have connected. */
    maxApiKeys: z.int().min(0),
    /** Whether alerts are followed; what is sent by hand always is. */
    strategyAutomated: z.boolean(),
    /** Grows by one with each change; a lower one than already seen is old news. */
    revision: z.int().positive(),
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
  /** Null when it is not for a subscription. */
  subscriptionId: z.uuid().nullable(),
  /** Null when it is not for a purchase. */
  purchaseId: z.uuid().nullable(),
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
    /** In the provider's words; null when it gave none. */
    reason: z.string().nullable(),
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
    /** What it gives is there until then; null before the first payment. */
    servedUntil: timestamp.nullable(),
    /** When it ends for good; null while nobody ended it. */
    endsAt: timestamp.nullable(),
    /** Grows by one with each change; a lower one than already seen is old news. */
    revision: z.int().positive(),
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
    /** Empty when it costs nothing. */
    prices: z.array(z.strictObject({ currency, cycle: z.string(), amount: positiveDecimalText })),
    /** Grows by one with each change; a lower one than already seen is old news. */
    revision: z.int().positive(),
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
    /** Without gaps. */
    number: z.string(),
    userId: z.uuid(),
    /** Null for a performance fee, whose invoice comes before its payment. */
    paymentId: z.uuid().nullable(),
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
