/** Public routes for changing what a running subscription is for. Called by the gateway and the OpenAPI page. Must never hold behaviour. */
import { z } from 'zod'
import { idIn } from '../common.ts'
import { everyone } from '../caller.ts'
import { defineRoute, type RouteContract } from '../define-route.ts'
import * as rpc from '../rpc/billing/subscription-changes.ts'

const params = idIn('subscription')
const { pricedAt, requestId: givenId } = rpc.changeSubscription.request.shape

export const subscriptionChangeRoutes: readonly RouteContract[] = [
  defineRoute({
    operation: 'previewSubscriptionChange',
    tag: 'Billing',
    method: 'GET',
    path: '/v1/subscriptions/{subscriptionId}/change/preview',
    summary: 'Show what a change of plan or cycle would charge, and when',
    access: everyone,
    errors: ['conflict', 'refused'],
    params,
    query: rpc.changeWish,
    rpc: rpc.previewChange,
    toRequest: ({ caller, params: of, query }) => ({ caller, ...of, wish: query }),
  }),
  defineRoute({
    operation: 'changeSubscription',
    tag: 'Billing',
    method: 'POST',
    path: '/v1/subscriptions/{subscriptionId}/change',
    summary: 'Change the plan or the cycle of a subscription',
    access: everyone,
    errors: ['conflict', 'refused'],
    params,
    body: z.strictObject({ ...rpc.changeWish.shape, pricedAt, requestId: givenId }),
    example: { body: { planId: '01963a5e-0000-7000-8000-00000000000c', pricedAt: '2026-02-14T12:00:00.000Z' } },
    idempotency: 'key',
    rpc: rpc.changeSubscription,
    toRequest: ({ caller, params: of, body: { planId, cycle, pricedAt: at, requestId: id }, requestId }) => {
      return { caller, ...of, wish: { planId, cycle }, pricedAt: at, requestId: id ?? requestId }
    },
  }),
  defineRoute({
    operation: 'getSubscriptionChange',
    tag: 'Billing',
    method: 'GET',
    path: '/v1/subscriptions/{subscriptionId}/change',
    summary: 'Get the latest change of a subscription',
    access: everyone,
    params,
    rpc: rpc.getChange,
    toRequest: ({ caller, params: of }) => ({ caller, ...of }),
  }),
  defineRoute({
    operation: 'takeBackSubscriptionChange',
    tag: 'Billing',
    method: 'DELETE',
    path: '/v1/subscriptions/{subscriptionId}/change',
    summary: 'Take back a change that is not in force yet',
    access: everyone,
    errors: ['conflict', 'refused'],
    params,
    rpc: rpc.takeBackChange,
    toRequest: ({ caller, params: of }) => ({ caller, ...of }),
  }),
]
