/**
 * One public HTTP route: its path, schemas, who may call it and the RPC that answers it.
 * Called by the gateway, which registers it, validates by it and generates OpenAPI from it.
 * Must never hold behaviour: a route is data.
 */
import { z } from 'zod'
import type { RpcContract } from './define-rpc.ts'

export const roles = ['operator', 'provider', 'follower'] as const
export type Role = (typeof roles)[number]

/** Who is asking, as the gateway read it from the token; every RPC behind a route carries it. */
export const caller = z.strictObject({ userId: z.uuid(), roles: z.array(z.enum(roles)) })
export type Caller = z.output<typeof caller>

export interface RouteContract<
  Params extends z.ZodObject = z.ZodObject,
  Query extends z.ZodObject = z.ZodObject,
  Body extends z.ZodType = z.ZodType,
  Reply extends z.ZodType = z.ZodType,
> {
  /** Stable operationId of the OpenAPI document, camelCase. */
  readonly operation: string
  readonly tag: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** With `{param}` placeholders. */
  readonly path: string
  readonly summary: string
  /** `public`, or the roles of which the caller needs one. */
  readonly access: 'public' | readonly Role[]
  readonly status: 200 | 201 | 202 | 204
  readonly params: Params
  readonly query: Query
  readonly body: Body
  readonly reply: Reply
  readonly rpc: RpcContract
  /** The RPC's request, made of the checked parts of the HTTP request. */
  readonly toRequest: (parts: RouteParts<Params, Query, Body>) => unknown
}

export interface RouteParts<Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType> {
  /** Undefined only on public routes. */
  readonly caller: Caller | undefined
  readonly params: z.output<Params>
  readonly query: z.output<Query>
  readonly body: z.output<Body>
}

export const nothing = z.strictObject({})

export function defineRoute<
  Rpc extends RpcContract,
  Params extends z.ZodObject = typeof nothing,
  Query extends z.ZodObject = typeof nothing,
  Body extends z.ZodType = typeof nothing,
>(contract: {
  readonly operation: string
  readonly tag: string
  readonly method: RouteContract['method']
  readonly path: string
  readonly summary: string
  readonly access: RouteContract['access']
  readonly status?: RouteContract['status']
  readonly params?: Params
  readonly query?: Query
  readonly body?: Body
  readonly rpc: Rpc
  readonly toRequest: (parts: RouteParts<Params, Query, Body>) => z.input<Rpc['request']>
}): RouteContract {
  const { params = nothing, query = nothing, body = nothing, status = 200, ...rest } = contract
  return { ...rest, params, query, body, status, reply: contract.rpc.reply } as unknown as RouteContract
}
