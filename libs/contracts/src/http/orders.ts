/** Public routes that `orders` answers. Called by the gateway and the OpenAPI page. Must never hold behaviour. */
import { z } from 'zod'
import { pageQuery } from '../common.ts'
import { defineRoute, type RouteContract } from '../define-route.ts'
import * as rpc from '../rpc/orders.ts'

const everyone = ['operator', 'provider', 'follower'] as const
const providers = ['operator', 'provider'] as const
const flag = z.enum(['true', 'false']).transform((text) => text === 'true')

export const orderRoutes: readonly RouteContract[] = [
  defineRoute({
    operation: 'listOrders',
    tag: 'Orders',
    method: 'GET',
    path: '/v1/orders',
    summary: 'List brackets with their orders, newest first',
    access: everyone,
    query: pageQuery.extend({
      strategyId: z.uuid().optional(),
      followId: z.uuid().optional(),
      accountId: z.uuid().optional(),
      signalId: z.uuid().optional(),
      state: rpc.bracketState.optional(),
    }),
    rpc: rpc.listBrackets,
    toRequest: ({ caller, query: { limit, nextToken, ...filter } }) => ({
      caller,
      page: { limit, nextToken },
      ...filter,
    }),
  }),
  defineRoute({
    operation: 'getOrdersOverview',
    tag: 'Orders',
    method: 'GET',
    path: '/v1/orders/overview',
    summary: 'Count orders by state and refusal code, per strategy or per signal',
    access: providers,
    query: z.strictObject({
      strategyId: z.uuid().optional(),
      signalId: z.uuid().optional(),
      perSignal: flag.default(false),
    }),
    rpc: rpc.overview,
    toRequest: ({ caller, query }) => ({ caller, ...query }),
  }),
  defineRoute({
    operation: 'getOrder',
    tag: 'Orders',
    method: 'GET',
    path: '/v1/orders/{orderId}',
    summary: 'Get a bracket with its orders',
    access: everyone,
    params: z.strictObject({ orderId: z.uuid() }),
    rpc: rpc.getBracket,
    toRequest: ({ caller, params }) => ({ caller, bracketId: params.orderId }),
  }),
  defineRoute({
    operation: 'explainOrder',
    tag: 'Orders',
    method: 'GET',
    path: '/v1/orders/{orderId}/explain',
    summary: 'Explain every number of a bracket, or why it was refused',
    access: everyone,
    params: z.strictObject({ orderId: z.uuid() }),
    rpc: rpc.explainBracket,
    toRequest: ({ caller, params }) => ({ caller, bracketId: params.orderId }),
  }),
  defineRoute({
    operation: 'listPositions',
    tag: 'Positions',
    method: 'GET',
    path: '/v1/positions',
    summary: 'List what is held now',
    access: everyone,
    query: pageQuery.extend({ accountId: z.uuid().optional(), strategyId: z.uuid().optional() }),
    rpc: rpc.listPositions,
    toRequest: ({ caller, query: { limit, nextToken, ...filter } }) => ({
      caller,
      page: { limit, nextToken },
      ...filter,
    }),
  }),
  defineRoute({
    operation: 'closeStrategyPositions',
    tag: 'Positions',
    method: 'POST',
    path: '/v1/strategies/{strategyId}/close',
    summary: 'Close all open positions of a strategy by market',
    access: providers,
    status: 202,
    params: z.strictObject({ strategyId: z.uuid() }),
    rpc: rpc.closeStrategy,
    toRequest: ({ caller, params }) => ({ caller, strategyId: params.strategyId }),
  }),
  defineRoute({
    operation: 'closeFollowPosition',
    tag: 'Positions',
    method: 'POST',
    path: '/v1/follows/{followId}/close',
    summary: 'Close the open position of a follow by market',
    access: everyone,
    status: 202,
    params: z.strictObject({ followId: z.uuid() }),
    rpc: rpc.closeFollow,
    toRequest: ({ caller, params }) => ({ caller, followId: params.followId }),
  }),
]
