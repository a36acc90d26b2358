/** Public routes that `billing` answers. Called by the gateway and the OpenAPI page. Must never hold behaviour. */
import { z } from 'zod'
import { everyone, providers } from '../caller.ts'
import { idIn, pageQuery } from '../common.ts'
import { defineRoute, type RouteContract } from '../define-route.ts'
import { confirmPayment, getPayment, listPayments, refundPayment } from '../rpc/billing/payments.ts'
import { createPlan, listPlans, planChanges, planInput, removePlan, updatePlan } from '../rpc/billing/plans.ts'
import { listStrategyPrices, setStrategyPrices } from '../rpc/billing/prices.ts'
import { createDiscount, createProducts, discountInput, listProducts, removeProducts } from '../rpc/billing/products.ts'
import { listPurchases, makePurchase, precalculatePurchase, purchaseInput } from '../rpc/billing/purchases.ts'
import {
  beginSubscription,
  cancelSubscription,
  listSubscriptions,
  openPortal,
  subscriptionInput,
} from '../rpc/billing/subscriptions.ts'
import { bookRoutes } from './books.ts'
import { listProviders } from '../rpc/billing/providers.ts'

/** Providers deliver to it; the provider's name follows, and for some a secret. */
export const paymentDeliveryPath = '/v1/webhook/payments'
/** Pages that payers are sent to. */
export const paymentPagePath = '/v1/pay'

const operators = ['operator'] as const
const byStrategy = idIn('strategy')
/** A list in a query string, comma separated. */
const commaSeparated = z
  .string()
  .max(4_000)
  .transform((text) => text.split(',').map((part) => part.trim()))

const planRoutes: readonly RouteContract[] = [
  defineRoute({
    operation: 'listPlans',
    tag: 'Billing',
    method: 'GET',
    path: '/v1/plans',
    summary: 'List plans',
    access: everyone,
    rpc: listPlans,
    toRequest: ({ caller }) => ({ caller }),
  }),
  defineRoute({
    operation: 'createPlan',
    tag: 'Billing',
    method: 'POST',
    path: '/v1/plans',
    summary: 'Add a plan',
    access: operators,
    status: 201,
    errors: ['conflict'],
    body: planInput,
    rpc: createPlan,
    toRequest: ({ caller, body }) => ({ caller, plan: body }),
  }),
  defineRoute({
    operation: 'updatePlan',
    tag: 'Billing',
    method: 'PATCH',
    path: '/v1/plans/{planId}',
    summary: 'Change a plan for everyone who has it',
    access: operators,
    errors: ['conflict'],
    params: idIn('plan'),
    body: planChanges,
    rpc: updatePlan,
    toRequest: ({ caller, params, body }) => ({ caller, ...params, changes: body }),
  }),
  defineRoute({
    operation: 'removePlan',
    tag: 'Billing',
    method: 'DELETE',
    path: '/v1/plans/{planId}',
    summary: 'Take a plan off the list; who has it keeps it',
    access: operators,
    errors: ['conflict'],
    params: idIn('plan'),
    rpc: removePlan,
    toRequest: ({ caller, params }) => ({ caller, ...params }),
  }),
  defineRoute({
    operation: 'listStrategyPrices',
    tag: 'Billing',
    method: 'GET',
    path: '/v1/strategies/{strategyId}/prices',
    summary: 'List what a strategy costs',
    access: everyone,
    params: byStrategy,
    rpc: listStrategyPrices,
    toRequest: ({ caller, params }) => ({ caller, ...params }),
  }),
  defineRoute({
    operation: 'setStrategyPrices',
    tag: 'Billing',
    method: 'PUT',
    path: '/v1/strategies/{strategyId}/prices',
    summary: 'Say what a strategy costs',
    access: providers,
    params: byStrategy,
    body: z.strictObject({ prices: setStrategyPrices.request.shape.prices }),
    example: { body: { prices: [{ currency: 'USD', cycle: 'monthly', amount: '99' }] } },
    rpc: setStrategyPrices,
    toRequest: ({ caller, params, body }) => ({ caller, ...params, ...body }),
  }),
]

const subscriptionRoutes: readonly RouteContract[] = [
  defineRoute({
    operation: 'listPaymentProviders',
    tag: 'Billing',
    method: 'GET',
    path: '/v1/payment-providers',
    summary: 'List payment providers and what each can do',
    access: everyone,
    rpc: listProviders,
    toRequest: ({ caller }) => ({ caller }),
  }),
  defineRoute({
    operation: 'beginSubscription',
    tag: 'Billing',
    method: 'POST',
    path: '/v1/subscriptions',
    summary: 'Subscribe to a plan or a strategy; the answer says how to pay',
    access: everyone,
    status: 201,
    errors: ['conflict', 'refused'],
    body: subscriptionInput,
    example: {
      body: {
        subject: { kind: 'strategy', id: '61b79e6d-7e22-4f91-b508-ef5be6a21419' },
        provider: 'stripe',
        currency: 'USD',
        cycle: 'monthly',
      },
    },
    idempotency: 'key',
    rpc: beginSubscription,
    toRequest: ({ caller, body, requestId }) => {
      return { caller, subscription: { ...body, requestId: body.requestId ?? requestId } }
    },
  }),
  defineRoute({
    operation: 'listSubscriptions',
    tag: 'Billing',
    method: 'GET',
    path: '/v1/subscriptions',
    summary: 'List subscriptions',
    access: everyone,
    query: pageQuery,
    rpc: listSubscriptions,
    toRequest: ({ caller, query }) => ({ caller, page: query }),
  }),
  defineRoute({
    operation: 'cancelSubscription',
    tag: 'Billing',
    method: 'POST',
    path: '/v1/subscriptions/{subscriptionId}/cancel',
    summary: 'End a subscription when the time that was paid is over',
    access: everyone,
    params: idIn('subscription'),
    idempotency: 'key',
    rpc: cancelSubscription,
    toRequest: ({ caller, params }) => ({ caller, ...params }),
  }),
  defineRoute({
    operation: 'openPaymentPortal',
    tag: 'Billing',
    method: 'POST',
    path: '/v1/subscriptions/{subscriptionId}/portal',
    summary: "Open the provider's page for cards and invoices of a subscription",
    access: everyone,
    errors: ['refused'],
    params: idIn('subscription'),
    rpc: openPortal,
    toRequest: ({ caller, params }) => ({ caller, ...params }),
  }),
  defineRoute({
    operation: 'listPayments',
    tag: 'Billing',
    method: 'GET',
    path: '/v1/payments',
    summary: 'List payments',
    access: everyone,
    query: pageQuery,
    rpc: listPayments,
    toRequest: ({ caller, query }) => ({ caller, page: query }),
  }),
  defineRoute({
    operation: 'getPayment',
    tag: 'Billing',
    method: 'GET',
    path: '/v1/payments/{paymentId}',
    summary: 'Get a payment',
    access: everyone,
    params: idIn('payment'),
    rpc: getPayment,
    toRequest: ({ caller, params }) => ({ caller, ...params }),
  }),
  defineRoute({
    operation: 'confirmPayment',
    tag: 'Billing',
    method: 'POST',
    path: '/v1/payments/{paymentId}/confirm',
    summary: "Hand in what a provider's form gave the payer",
    access: everyone,
    errors: ['refused'],
    params: idIn('payment'),
    body: z.strictObject({ proof: confirmPayment.request.shape.proof }),
    example: {
      body: {
        proof: {
          razorpay_payment_id: 'pay_29QQoUBi66xm2f',
          razorpay_order_id: 'order_9A33XWu170gUtm',
          razorpay_signature: '9ef4dffbfd84f1318f6739a3ce19f9d85851857ae648f114332d8401e0949a3d',
        },
      },
    },
    idempotency: 'key',
    rpc: confirmPayment,
    toRequest: ({ caller, params, body }) => ({ caller, ...params, ...body }),
  }),
  defineRoute({
    operation: 'refundPayment',
    tag: 'Billing',
    method: 'POST',
    path: '/v1/payments/{paymentId}/refund',
    summary: 'Give money of a payment back',
    access: operators,
    proof: 'fresh',
    errors: ['conflict', 'refused'],
    params: idIn('payment'),
    body: refundPayment.request.pick({ amount: true, requestId: true }),
    idempotency: 'key',
    rpc: refundPayment,
    toRequest: ({ caller, params, body }) => ({ caller, ...params, ...body }),
  }),
]

const shopRoutes: readonly RouteContract[] = [
  defineRoute({
    operation: 'listProducts',
    tag: 'Products',
    method: 'GET',
    path: '/v1/products',
    summary: 'List products',
    access: everyone,
    query: pageQuery.extend({
      productIds: commaSeparated.pipe(z.array(z.uuid())).optional().meta({ description: 'Only these' }),
      categories: commaSeparated.optional().meta({ description: 'Of these categories' }),
      name: listProducts.request.shape.filter.shape.name,
    }),
    rpc: listProducts,
    toRequest: ({ caller, query: { limit, nextToken, ...filter } }) => ({ caller, filter, page: { limit, nextToken } }),
  }),
  defineRoute({
    operation: 'createProducts',
    tag: 'Products',
    method: 'POST',
    path: '/v1/products',
    summary: 'Add products',
    access: operators,
    status: 201,
    body: z.strictObject({ products: createProducts.request.shape.products }),
    example: { body: { products: [{ name: 'Model A', category: 'models', amount: '150.50', currency: 'USD' }] } },
    rpc: createProducts,
    toRequest: ({ caller, body }) => ({ caller, ...body }),
  }),
  defineRoute({
    operation: 'removeProducts',
    tag: 'Products',
    method: 'DELETE',
    path: '/v1/products',
    summary: 'Take products off the list',
    access: operators,
    query: z.strictObject({
      productIds: commaSeparated.pipe(z.array(z.uuid())).meta({ description: 'Which leave the list' }),
    }),
    rpc: removeProducts,
    toRequest: ({ caller, query }) => ({ caller, ...query }),
  }),
  defineRoute({
    operation: 'createDiscount',
    tag: 'Products',
    method: 'POST',
    path: '/v1/discounts',
    summary: 'Add a discount that purchases may name',
    access: operators,
    status: 201,
    body: discountInput,
    example: { body: { code: 'SPRING-10', percent: '10' } },
    rpc: createDiscount,
    toRequest: ({ caller, body }) => ({ caller, discount: body }),
  }),
  defineRoute({
    operation: 'precalculatePurchase',
    tag: 'Products',
    method: 'POST',
    path: '/v1/purchases/precalculate',
    summary: 'Calculate what a purchase would cost',
    access: everyone,
    errors: ['refused'],
    body: purchaseInput,
    example: {
      body: {
        provider: 'mock',
        products: [{ productId: '01963a5e-0000-7000-8000-000000000010', quantity: 1 }],
        discountCode: 'SPRING-10',
      },
    },
    rpc: precalculatePurchase,
    toRequest: ({ caller, body }) => ({ caller, purchase: body }),
  }),
  defineRoute({
    operation: 'makePurchase',
    tag: 'Products',
    method: 'POST',
    path: '/v1/purchases',
    summary: 'Buy products; the answer says how to pay',
    access: everyone,
    status: 201,
    errors: ['conflict', 'refused'],
    body: purchaseInput,
    example: {
      body: {
        provider: 'mock',
        products: [{ productId: '01963a5e-0000-7000-8000-000000000010', quantity: 1 }],
        discountCode: 'SPRING-10',
      },
    },
    idempotency: 'key',
    rpc: makePurchase,
    toRequest: ({ caller, body, requestId }) => {
      return { caller, purchase: { ...body, requestId: body.requestId ?? requestId } }
    },
  }),
  defineRoute({
    operation: 'listPurchases',
    tag: 'Products',
    method: 'GET',
    path: '/v1/purchases',
    summary: 'List purchases with the state of their payment',
    access: everyone,
    query: pageQuery.extend({
      purchaseIds: commaSeparated.pipe(z.array(z.uuid())).optional().meta({ description: 'Only these' }),
    }),
    rpc: listPurchases,
    toRequest: ({ caller, query: { purchaseIds, ...page } }) => ({ caller, purchaseIds, page }),
  }),
]

export const billingRoutes: readonly RouteContract[] = [
  ...planRoutes,
  ...subscriptionRoutes,
  ...shopRoutes,
  ...bookRoutes,
]
