/** Public routes that `reporting` answers. Called by the gateway and the OpenAPI page. Must never hold behaviour. */
import { z } from 'zod'
import { idIn, pageQuery } from '../common.ts'
import { everyone } from '../caller.ts'
import { defineRoute, type RouteContract } from '../define-route.ts'
import * as rpc from '../rpc/reporting.ts'

export const reportingRoutes: readonly RouteContract[] = [
  defineRoute({
    operation: 'listTrades',
    tag: 'Trades',
    method: 'GET',
    path: '/v1/trades',
    summary: 'List trades',
    access: everyone,
    query: pageQuery.extend({ state: rpc.listTrades.request.shape.state, ...rpc.tradeFilter }),
    rpc: rpc.listTrades,
    toRequest: ({ caller, query: { limit, nextToken, ...filter } }) => ({
      caller,
      page: { limit, nextToken },
      ...filter,
    }),
  }),
  defineRoute({
    operation: 'getTrade',
    tag: 'Trades',
    method: 'GET',
    path: '/v1/trades/{tradeId}',
    summary: 'Get a trade',
    access: everyone,
    params: idIn('trade'),
    rpc: rpc.getTrade,
    toRequest: ({ caller, params }) => ({ caller, ...params }),
  }),
  defineRoute({
    operation: 'getPerformance',
    tag: 'Performance',
    method: 'GET',
    path: '/v1/performance',
    summary: 'Performance of a strategy, a follow or an account, from the ledger',
    access: everyone,
    query: z.strictObject({ ...rpc.tradeFilter, currency: rpc.quoteCurrency.optional() }),
    rpc: rpc.getPerformance,
    toRequest: ({ caller, query }) => ({ caller, ...query }),
  }),
  defineRoute({
    operation: 'listFollowerPerformance',
    tag: 'Performance',
    method: 'GET',
    path: '/v1/strategies/{strategyId}/followers/performance',
    summary: 'Profit and loss of each follower of a strategy',
    access: everyone,
    params: idIn('strategy'),
    query: pageQuery,
    rpc: rpc.listFollowerPerformance,
    toRequest: ({ caller, params, query }) => ({ caller, page: query, ...params }),
  }),
]
