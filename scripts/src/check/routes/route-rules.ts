/**
 * What every operation of the public API has to declare: who may call it, what it takes and answers, how it refuses, and
 * that it can be sent again where it trades or bills. Called by the routes check. Pure; must never look at a running gateway.
 */
import { type Role, roles } from '@tradewire/contracts/caller'
import type { PlainOperation } from '@tradewire/contracts/define-operation'
import type { RouteContract } from '@tradewire/contracts/define-route'
import { buildOpenApi } from '@tradewire/contracts/openapi/openapi'
import type { JsonObject } from '@tradewire/contracts/openapi/schemas'
import { httpStatusOf } from '@tradewire/kernel/errors'
import { z } from 'zod'
import type { Finding } from '../finding.ts'

/** By operation, why it is an exception. */
export type Exceptions = Readonly<Record<string, string>>

export interface RouteExceptions {
  /** Callable without a credential. */
  readonly publicOperations: Exceptions
  /** POST that trades or bills by its service or scope, and yet takes no Idempotency-Key. */
  readonly withoutKey: Exceptions
}

interface Problem {
  readonly rule: string
  readonly message: string
  readonly mend: string
}

const exceptionsFile = 'scripts/src/check/routes/exceptions.ts'
const declarations = 'libs/contracts/src/http'
const refusalOfWrongParts = ['400', '422']
const refusalOfOutages = ['500', '503']

export function auditRoutes(
  routes: readonly RouteContract[],
  operations: readonly PlainOperation[],
  exceptions: RouteExceptions,
): Finding[] {
  const problems = [
    ...routes.flatMap((route) => told(route.operation, problemsOfRoute(route, exceptions))),
    ...operations.flatMap((plain) => told(plain.operation, problemsOfOperation(plain, exceptions))),
  ]
  const needless = [
    ...needlessIn(exceptions.publicOperations, [...routes, ...operations].filter(isPublic)),
    ...needlessIn(exceptions.withoutKey, routes.filter(needsKey)),
  ]
  return [...problems, ...needless]
}

/** POSTs that trade or bill, told by the services that they ask and by the scope that they demand. */
export function needsKey({ method, scope, rpc, step, idempotency }: RouteContract): boolean {
  const asked = [rpc, step?.rpc].flatMap((one) => one?.name.split('.')[0] ?? [])
  return (
    method === 'POST' && idempotency === 'none' && (scope === 'trade' || asked.some((name) => moneyMovers.has(name)))
  )
}

const moneyMovers = new Set(['orders', 'billing'])

function problemsOfRoute(route: RouteContract, { publicOperations, withoutKey }: RouteExceptions): Problem[] {
  const broken = [...accessProblems(route, publicOperations), ...schemaProblems(route), ...errorListProblems(route)]
  // What is not declared cannot be documented either.
  if (broken.length > 0) return broken
  const { params, query, body } = route
  const taken = [params, query, body].some((schema) => !(schema instanceof z.ZodObject) || hasFields(schema))
  const key = needsKey(route) && withoutKey[route.operation] === undefined
  return [
    ...refusalProblems(route, taken, documentedBy([route], [])),
    ...(key ? [problem('route-without-key', 'trades or bills and takes no Idempotency-Key', keyMend)] : []),
  ]
}

function problemsOfOperation(plain: PlainOperation, { publicOperations }: RouteExceptions): Problem[] {
  const silent = plain.replies.length === 0 ? [problem('route-without-schema', 'answers nothing', schemaMend)] : []
  const broken = [...accessProblems(plain, publicOperations), ...silent]
  if (broken.length > 0) return broken
  return refusalProblems(plain, plain.body !== undefined, documentedBy([], [plain]))
}

const schemaMend = 'Declare it as a zod schema: it is the type, the check and the document.'
const errorsMend = 'Declare the refusal: what callers may get stands in the document.'
const keyMend = `Say idempotency: 'key' and hand requestId on, or add it to ${exceptionsFile} with the reason.`

type Accessed = Pick<RouteContract, 'operation' | 'access'>

/** Without a word requests are counted. */
type Counted = Accessed & Pick<PlainOperation, 'counted'>

function accessProblems({ operation, access }: Accessed, allowed: Exceptions): Problem[] {
  const mend = 'Name the roles that may call it.'
  if (access === 'public') {
    if (allowed[operation] !== undefined) return []
    return [problem('route-without-access', 'is open to everybody', `${mend} Or add it to ${exceptionsFile}.`)]
  }
  const named = Array.isArray(access) ? (access as readonly Role[]) : []
  if (named.length === 0) return [problem('route-without-access', 'does not say who may call it', mend)]
  const unknown = named.filter((role) => !roles.includes(role))
  return unknown.length === 0 ? [] : [problem('route-without-access', `names no role: ${unknown.join(', ')}`, mend)]
}

function schemaProblems({ method, path, status, params, query, body, reply }: RouteContract): Problem[] {
  const parts: Readonly<Record<string, unknown>> = { params, query, body, reply }
  const missing = Object.keys(parts).filter((name) => !(parts[name] instanceof z.ZodType))
  if (missing.length > 0) {
    return missing.map((name) => problem('route-without-schema', `has no schema of its ${name}`, schemaMend))
  }
  const named = [...path.matchAll(/\{(\w+)\}/g)].flatMap(([, name]) => name ?? [])
  const declared = Object.keys(params.shape)
  const apart = [...named, ...declared].filter((name) => !named.includes(name) || !declared.includes(name))
  const silent = method === 'GET' && (status === 204 || (reply instanceof z.ZodObject && !hasFields(reply)))
  return [
    ...apart.map((name) => problem('route-without-schema', `differs in path and params: ${name}`, schemaMend)),
    ...(silent ? [problem('route-without-schema', 'is read and answers nothing', schemaMend)] : []),
  ]
}

function errorListProblems({ errors }: Pick<RouteContract, 'errors'>): Problem[] {
  if (!Array.isArray(errors)) return [problem('route-without-errors', 'has no list of its errors', errorsMend)]
  const unknown = (errors as readonly string[]).filter((kind) => !(kind in httpStatusOf))
  return unknown.map((kind) => problem('route-without-errors', `names no kind of error: ${kind}`, errorsMend))
}

function refusalProblems({ access, counted = true }: Counted, takesFields: boolean, responses: JsonObject): Problem[] {
  const shown = Object.keys(responses)
  const wanted = [
    ...(counted ? [['429']] : []),
    refusalOfOutages,
    ...(access === 'public' ? [] : [['401'], ['403']]),
    ...(takesFields ? [refusalOfWrongParts] : []),
  ]
  return wanted
    .filter((anyOf) => !anyOf.some((status) => shown.includes(status)))
    .map((anyOf) => problem('route-without-errors', `does not show ${anyOf.join(' or ')}`, errorsMend))
}

/** The responses of the one operation that is given. */
function documentedBy(routes: readonly RouteContract[], operations: readonly PlainOperation[]): JsonObject {
  const { paths } = buildOpenApi(routes, { operations }) as { paths: Record<string, Record<string, JsonObject>> }
  const [operation] = Object.values(paths).flatMap((methods) => Object.values(methods))
  return (operation?.['responses'] ?? {}) as JsonObject
}

function needlessIn(exceptions: Exceptions, fitting: readonly { readonly operation: string }[]): Finding[] {
  const known = new Set(fitting.map(({ operation }) => operation))
  const needless = Object.keys(exceptions).filter((operation) => !known.has(operation))
  return needless.flatMap((operation) =>
    told(operation, [problem('needless-exception', 'is no exception any more', `Take it out of ${exceptionsFile}.`)]),
  )
}

function isPublic({ access }: Accessed): boolean {
  return access === 'public'
}

function hasFields(schema: z.ZodObject): boolean {
  return Object.keys(schema.shape).length > 0
}

function problem(rule: string, message: string, mend: string): Problem {
  return { rule, message, mend }
}

function told(operation: string, problems: readonly Problem[]): Finding[] {
  return problems.map(({ rule, message, mend }) => ({
    path: declarations,
    line: 0,
    rule,
    message: `${operation} ${message}`,
    mend,
  }))
}
