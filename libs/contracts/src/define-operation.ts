/**
 * A public HTTP operation that no RPC answers (passed-on alerts, the live stream): only its documentation is shared.
 * Called by http/gateway.ts and the OpenAPI page. Must never be used for a route that can be a RouteContract.
 */
import type { z } from 'zod'
import type { RouteAccess, RouteContract, RouteForm } from './define-route.ts'

export interface OperationReply {
  readonly status: number
  readonly description: string
  /** By content type; empty where the reply has no body. */
  readonly content: Readonly<Record<string, z.ZodType>>
  readonly example?: unknown
  /** What each header of its own says. */
  readonly headers?: Readonly<Record<string, string>>
}

export interface PlainOperation {
  readonly operation: string
  readonly tag: string
  /** The surface whose document names it. */
  readonly form: RouteForm
  readonly method: RouteContract['method']
  readonly path: string
  readonly summary: string
  readonly description: string
  readonly access: RouteAccess
  /** False where requests are never counted, so that none is refused as one too many. */
  readonly counted?: boolean
  readonly query?: z.ZodObject
  readonly headers?: z.ZodObject
  /** By content type. */
  readonly body?: Readonly<Record<string, z.ZodType>>
  readonly bodyExample?: unknown
  readonly replies: readonly OperationReply[]
}

export function defineOperation(operation: PlainOperation): PlainOperation {
  return operation
}
