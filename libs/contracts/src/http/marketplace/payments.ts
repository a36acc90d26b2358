/** Payments in the words of the marketplace surface. Called by the surface's list of routes. Must never hold behaviour. */
import { z } from 'zod'
import { timestamp } from '../../common.ts'
import { defineRoute } from '../../define-route.ts'
import { type PaymentReply, getPayment, listPayments } from '../../rpc/billing/payments.ts'
import { beginSubscription } from '../../rpc/billing/subscriptions.ts'
import { billingCurrency, billingCycle, paymentProvider } from '../../rpc/billing/words.ts'
import { strategyNumbered } from './lookups.ts'
import {
  givenId,
  id,
  listOf,
  marketplacePrefix,
  marketplaceRoute,
  required,
  shownNumber,
  shownWhole,
  wholeList,
} from './words.ts'

const payments = `${marketplacePrefix}/payments/`
const currency = z
  .string(required)
  .transform((text) => text.trim().toUpperCase())
  .pipe(billingCurrency)

const payment = z
  .strictObject({
    id: z.uuid(),
    subscription_id: z.uuid().nullable(),
    payment_method: z.string(),
    amount: shownNumber,
    refunded: shownNumber,
    currency: z.string(),
    status: z.string(),
    payment_url: z.string().nullable(),
    created_at: timestamp,
  })
  .meta({ id: 'MarketplacePayment' })

function shownPayment(paid: PaymentReply) {
  return {
    id: paid.id,
    subscription_id: paid.subscriptionId,
    payment_method: paid.provider,
    amount: Number(paid.amount),
    refunded: Number(paid.refunded),
    currency: paid.currency.toLowerCase(),
    status: paid.status,
    payment_url: paid.paymentUrl,
    created_at: paid.createdAt,
  }
}

export const paymentRoutes = [
  defineRoute({
    ...marketplaceRoute,
    operation: 'marketplaceCreateIntent',
    method: 'POST',
    path: `${payments}create-intent/`,
    summary: 'Create a payment intent for a strategy subscription',
    description:
      '`amount` is in the smallest unit of the currency. `payment_url` is where the payer pays if there is no `client_secret`.',
    body: z
      .strictObject({
        strategy_id: givenId,
        payment_method: z.enum(paymentProvider.options, required),
        currency,
        billing_cycle: z.enum(billingCycle.options, required),
      })
      .meta({ id: 'MarketplaceIntentRequest' }),
    example: {
      body: {
        strategy_id: 1,
        payment_method: 'stripe',
        currency: 'USD',
        billing_cycle: 'monthly',
      },
      reply: {
        client_secret: 'pi_1234567890_secret_xyz',
        amount: 9_900,
        currency: 'usd',
        subscription_id: '01963a5e-0000-7000-8000-000000000001',
        next_payment_date: '2025-08-21T00:00:00.000Z',
        payment_url: null,
      },
    },
    idempotency: 'key',
    lookups: [strategyNumbered({ location: 'body', field: 'strategy_id' })],
    rpc: beginSubscription,
    toRequest: ({ caller, body, requestId }) => ({
      caller,
      subscription: {
        requestId,
        subject: { kind: 'strategy' as const, id: body.strategy_id },
        provider: body.payment_method,
        currency: body.currency,
        cycle: body.billing_cycle,
      },
    }),
    reply: z
      .strictObject({
        client_secret: z.string().nullable(),
        amount: z.int(),
        currency: z.string(),
        subscription_id: z.uuid().nullable(),
        next_payment_date: timestamp.nullable(),
        payment_url: z.string().nullable().meta({ description: "Not in the surface's document" }),
      })
      .meta({ id: 'MarketplaceIntent' }),
    toReply: (intent) => ({
      client_secret: intent.clientSecret,
      amount: intent.amountMinor,
      currency: intent.currency.toLowerCase(),
      subscription_id: intent.subscriptionId,
      next_payment_date: intent.nextPaymentAt,
      payment_url: intent.paymentUrl,
    }),
  }),
  defineRoute({
    ...marketplaceRoute,
    operation: 'marketplacePayments',
    method: 'GET',
    path: payments,
    summary: 'List the latest payments',
    rpc: listPayments,
    toRequest: ({ caller }) => ({ caller, page: wholeList }),
    reply: listOf(payment).meta({ id: 'MarketplacePayments' }),
    toReply: ({ items }) => shownWhole(items.map(shownPayment)),
  }),
  defineRoute({
    ...marketplaceRoute,
    operation: 'marketplacePayment',
    method: 'GET',
    path: `${payments}{id}/`,
    summary: 'Get a payment',
    params: z.strictObject({ id }),
    rpc: getPayment,
    toRequest: ({ caller, params }) => ({ caller, paymentId: params.id }),
    reply: payment,
    toReply: (answer) => shownPayment(answer),
  }),
]
