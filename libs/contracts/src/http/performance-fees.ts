/** Public routes of performance fees. Called by the gateway and the OpenAPI page. Must never hold behaviour. */
import { z } from 'zod'
import { everyone, providers } from '../caller.ts'
import { idIn, pageQuery } from '../common.ts'
import { defineRoute, type RouteContract } from '../define-route.ts'
import * as rpc from '../rpc/billing/performance-fees.ts'

const tag = 'Performance fees'
const byStrategy = idIn('strategy')
const byFee = idIn('fee')

export const performanceFeeRoutes: readonly RouteContract[] = [
  defineRoute({
    operation: 'getStrategyPerformanceFee',
    tag,
    method: 'GET',
    path: '/v1/strategies/{strategyId}/performance-fee',
    summary: 'Get what part of new profit the followers of a strategy pay',
    access: everyone,
    params: byStrategy,
    rpc: rpc.getPerformanceFee,
    toRequest: ({ caller, params }) => ({ caller, ...params }),
  }),
  defineRoute({
    operation: 'setStrategyPerformanceFee',
    tag,
    method: 'PUT',
    path: '/v1/strategies/{strategyId}/performance-fee',
    summary: 'Say what part of new profit the followers of a strategy pay',
    access: providers,
    params: byStrategy,
    body: rpc.performanceFeeTerms,
    example: { body: { percent: '20', cycle: 'monthly' } },
    rpc: rpc.setPerformanceFee,
    toRequest: ({ caller, params, body }) => ({ caller, ...params, terms: body }),
  }),
  defineRoute({
    operation: 'listEarnedPerformanceFees',
    tag,
    method: 'GET',
    path: '/v1/strategies/{strategyId}/performance-fees',
    summary: 'List performance fees of the followers of your strategy, with your share',
    access: providers,
    params: byStrategy,
    query: pageQuery,
    rpc: rpc.listEarnedFees,
    toRequest: ({ caller, params, query }) => ({ caller, ...params, page: query }),
  }),
  defineRoute({
    operation: 'listPerformanceFees',
    tag,
    method: 'GET',
    path: '/v1/performance-fees',
    summary: 'List what you owe, or owed, for new profit',
    access: everyone,
    query: pageQuery.extend({ strategyId: rpc.listPerformanceFees.request.shape.strategyId }),
    rpc: rpc.listPerformanceFees,
    toRequest: ({ caller, query: { strategyId, ...page } }) => ({ caller, page, strategyId }),
  }),
  defineRoute({
    operation: 'getPerformanceFee',
    tag,
    method: 'GET',
    path: '/v1/performance-fees/{feeId}',
    summary: 'Explain a performance fee: each trade that was counted, and the high-water mark before and after',
    access: everyone,
    params: byFee,
    rpc: rpc.getPerformanceFeeLines,
    toRequest: ({ caller, params }) => ({ caller, ...params }),
  }),
  defineRoute({
    operation: 'payPerformanceFee',
    tag,
    method: 'POST',
    path: '/v1/performance-fees/{feeId}/pay',
    summary: 'Pay a performance fee; the answer says how',
    access: everyone,
    status: 201,
    errors: ['conflict', 'refused'],
    params: byFee,
    body: z.strictObject({ provider: rpc.payPerformanceFee.request.shape.provider }),
    example: { body: { provider: 'stripe' } },
    idempotency: 'key',
    rpc: rpc.payPerformanceFee,
    toRequest: ({ caller, params, body }) => ({ caller, ...params, ...body }),
  }),
]
