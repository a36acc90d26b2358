/**
 * One public HTTP route: its path, schemas, who may call it and the RPC that answers it.
 * Called by the gateway, which registers it, validates by it and generates OpenAPI from it.
 * Must never hold behaviour: a route is data.
 */
import type { ErrorKind } from '@tradewire/kernel/errors'
import { z } from 'zod'
import type { ApiKeyScope, Caller, Role } from './caller.ts'
import type { RpcContract } from './define-rpc.ts'

/** `public`, or the roles of which the caller needs one. */
export type RouteAccess = 'public' | readonly Role[]

/** Status and body of one refusal, where the surface's document shows it in a way of its own. */
export interface SurfaceRefusal {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

/** Whose words and body a refusal has: our own, or those of the document that the surface follows. */
export type RouteForm = 'own' | 'admin' | 'marketplace'

/**
 * How the caller must have proven who they are. `session`: by logging in, not by an API key. `fresh`: the same, and a
 * user with a second factor has given a code within the last quarter of an hour.
 */
export type RouteProof = 'any' | 'session' | 'fresh'

/** A file as a service answers it; the gateway sends its bytes. */
export const fileReply = z.strictObject({ name: z.string().regex(/^[\w.-]{1,120}$/), base64: z.base64() })
export type FileReply = z.output<typeof fileReply>

/** `strict`: by it a password or code could be guessed, so it is refused while requests cannot be counted for certain. */
export type RouteCounting = 'usual' | 'strict'

/**
 * `key`: a request may carry an Idempotency-Key; the same one again gets the stored reply and has no second effect.
 * Every POST that trades or bills says so; its service must remember the effect by `requestId`, or by its own state.
 */
export type RouteIdempotency = 'none' | 'key'

/** What is asked of a second service once the first has answered; a refusal of either is the route's. */
export interface RouteStep {
  readonly rpc: RpcContract
  /** Null to leave it out. */
  readonly toRequest: (parts: unknown, answer: unknown) => unknown
}

/** A field that may hold what a surface shows in place of an id; it is looked up before the route's own question. */
export interface RouteLookup {
  readonly location: 'params' | 'body'
  readonly field: string
  readonly rpc: RpcContract
  readonly toRequest: (caller: Caller, given: string) => unknown
  /** Null where the caller sees nothing that is called so. */
  readonly toId: (answer: unknown, given: string) => string | null
}

export interface RouteContract<
  Params extends z.ZodObject = z.ZodObject,
  Query extends z.ZodObject = z.ZodObject,
  Body extends z.ZodType = z.ZodType,
  Reply extends z.ZodType = z.ZodType,
> {
  /** Stable operationId of the OpenAPI document, camelCase. */
  readonly operation: string
  readonly tag: string
  readonly form: RouteForm
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** With `{param}` placeholders. */
  readonly path: string
  readonly summary: string
  readonly description: string | undefined
  readonly access: RouteAccess
  readonly proof: RouteProof
  /** What one request asks for in place of `proof`, where it depends on what is given away by it. */
  readonly proofFor: ((body: z.output<Body>) => RouteProof) | undefined
  readonly counting: RouteCounting
  readonly idempotency: RouteIdempotency
  /** What an API key needs to call it. */
  readonly scope: ApiKeyScope
  readonly status: 200 | 201 | 202 | 204
  /** The media type of the bytes that it sends, where the reply is a file; undefined where it is JSON. */
  readonly file: 'text/csv' | 'application/pdf' | undefined
  readonly params: Params
  readonly query: Query
  readonly body: Body
  readonly reply: Reply
  /** Kinds of refusal that OpenAPI shows besides those that every route of its form has. */
  readonly errors: readonly ErrorKind[]
  /** By the code of the service that refuses. */
  readonly refusals: Readonly<Record<string, SurfaceRefusal>>
  /** Shown in OpenAPI; where one is absent it is made from the schema's own examples. */
  readonly example: { readonly body?: unknown; readonly reply?: unknown }
  readonly rpc: RpcContract
  /** The RPC's request, made of the checked parts of the HTTP request. */
  readonly toRequest: (parts: RouteParts<Params, Query, Body>) => unknown
  readonly step: RouteStep | undefined
  readonly lookups: readonly RouteLookup[]
  /** The RPC's reply in the words of the surface, with that of the step; null if it was left out. */
  readonly toReply: (answer: unknown, parts: RouteParts<Params, Query, Body>, stepAnswer: unknown) => unknown
}

export interface RouteParts<
  Params extends z.ZodType,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Access extends RouteAccess = RouteAccess,
> {
  /** Undefined on public routes, and only there. */
  readonly caller: Access extends 'public' ? undefined : Caller
  readonly params: z.output<Params>
  readonly query: z.output<Query>
  readonly body: z.output<Body>
  /** Where the request came from; for rate limits and session lists, never for authorisation. */
  readonly client: RouteClient
  /** A digest of caller, operation and Idempotency-Key; undefined where no key was sent. */
  readonly requestId: string | undefined
}

export interface RouteClient {
  readonly address: string
  readonly userAgent: string | null
}

/** No fields at all: the schema of absent parameters, bodies and replies. */
export const nothing = z.strictObject({})

export function defineRoute<
  Rpc extends RpcContract,
  const Access extends RouteAccess,
  Params extends z.ZodObject = typeof nothing,
  Query extends z.ZodObject = typeof nothing,
  Body extends z.ZodType = typeof nothing,
  Reply extends z.ZodType = Rpc['reply'],
  Step extends RpcContract = never,
>(contract: {
  readonly operation: string
  readonly tag: string
  readonly form?: RouteForm
  readonly method: RouteContract['method']
  readonly path: string
  readonly summary: string
  readonly description?: string
  readonly access: Access
  /** Whether support may call it. Default: what operators may read. */
  readonly support?: boolean
  readonly proof?: RouteProof
  readonly proofFor?: (body: z.output<Body>) => RouteProof
  readonly counting?: RouteCounting
  /** Default: none. Not for public routes: nobody is known to have sent the key before. A step has a key of its own. */
  readonly idempotency?: RouteIdempotency
  /** Default: read for GET, else manage. */
  readonly scope?: ApiKeyScope
  readonly status?: RouteContract['status']
  /** With an RPC that answers a `fileReply`. */
  readonly file?: RouteContract['file']
  readonly params?: Params
  readonly query?: Query
  readonly body?: Body
  readonly errors?: readonly ErrorKind[]
  readonly refusals?: RouteContract['refusals']
  readonly example?: { readonly body?: z.input<Body>; readonly reply?: z.input<Reply> }
  readonly rpc: Rpc
  readonly toRequest: (parts: RouteParts<Params, Query, Body, Access>) => z.input<Rpc['request']>
  readonly step?: {
    readonly rpc: Step
    readonly toRequest: (
      parts: RouteParts<Params, Query, Body, Access>,
      answer: z.output<Rpc['reply']>,
    ) => z.input<Step['request']> | null
  }
  readonly lookups?: readonly RouteLookup[]
  /** Together with `toReply`, where the surface has other words than the service. Default: the RPC's own. */
  readonly reply?: Reply
  readonly toReply?: (
    answer: z.output<Rpc['reply']>,
    parts: RouteParts<Params, Query, Body, Access>,
    stepAnswer: z.output<Step['reply']> | null,
  ) => z.input<NoInfer<Reply>>
}): RouteContract {
  const parts = { form: 'own', params: nothing, query: nothing, body: nothing, status: 200, errors: [], example: {} }
  const scope = contract.method === 'GET' ? 'read' : 'manage'
  const checks = { proof: 'any', proofFor: undefined, idempotency: 'none', counting: 'usual', scope }
  const answer = {
    reply: contract.rpc.reply,
    toReply: (reply: unknown) => reply,
    step: undefined,
    lookups: [],
    refusals: {},
  }
  const defaults = { ...parts, ...checks, ...answer, description: undefined, file: undefined }
  const { support: _, ...declared } = contract
  return { ...defaults, ...declared, access: withSupport(contract) } as unknown as RouteContract
}

/** Whoever may read as an operator does, support may: only what a route declares otherwise is different. */
function withSupport({
  access,
  method,
  support = method === 'GET' && access !== 'public' && access.includes('operator'),
}: Pick<RouteContract, 'access' | 'method'> & { readonly support?: boolean }): RouteAccess {
  return access === 'public' || !support ? access : [...access, 'support']
}
