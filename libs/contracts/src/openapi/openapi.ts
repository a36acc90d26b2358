/**
 * Builds the OpenAPI 3.1 document from the route contracts: one declaration gives validation and the API page.
 * Called for each of api-documents.ts by the gateway and the documentation generator. Must never depend on time or order of import.
 */
import { httpStatusOf, type ErrorKind } from '@tradewire/kernel/errors'
import { z } from 'zod'
import type { OperationReply, PlainOperation } from '../define-operation.ts'
import { nothing, type RouteAccess, type RouteContract } from '../define-route.ts'
import { adminMessage, adminProblems, adminStatusOf, adminUnauthorized } from '../http/admin/words.ts'
import { idempotencyKeyCharactersMax } from '../http/gateway.ts'
import { marketplaceStatusOf } from '../http/marketplace/words.ts'
import { gatewayOperations } from '../http/gateway.ts'
import { apiDescription, errorReplies, otherReplies, tagDescriptions, type ErrorReply } from './words.ts'
import { sampleOf } from './samples.ts'
import { isObject, SchemaComponents, type Direction, type JsonObject, type JsonValue } from './schemas.ts'

export interface OpenApiOptions {
  readonly version?: string
  readonly title?: string
  readonly description?: string
  /** Operations that no RPC answers; the gateway's own unless told. */
  readonly operations?: readonly PlainOperation[]
}

const errorSchema = z
  .object({
    error: z.object({
      code: z.string().meta({ description: 'Stable code', examples: ['INVALID_PARAMETERS'] }),
      message: z.string().meta({ description: 'In words, for people' }),
      details: z.record(z.string(), z.unknown()).meta({ description: 'What it is about; other fields with each code' }),
    }),
  })
  .meta({ id: 'Error' })

/** Returns the document as plain data: equal routes give equal text when printed. */
export function buildOpenApi(routes: readonly RouteContract[], options: OpenApiOptions = {}): JsonObject {
  const components = new SchemaComponents()
  // The first pass only gathers the components: a reference can be written once all of them are known.
  assemble(routes, options, components)
  return assemble(routes, options, components)
}

function assemble(routes: readonly RouteContract[], options: OpenApiOptions, components: SchemaComponents): JsonObject {
  const operations = options.operations ?? gatewayOperations
  const errorReference = components.add(errorSchema, 'output')
  const entries = [
    ...routes.map((route) => [route, routeOperation(route, components)] as const),
    ...operations.map((operation) => [operation, plainOperation(operation, components)] as const),
  ]
  const paths: Record<string, Record<string, JsonValue>> = {}
  for (const [{ path, method }, operation] of entries) (paths[path] ??= {})[method.toLowerCase()] = operation
  const used = new Set(entries.map(([{ tag }]) => tag))
  const known = tagDescriptions.filter(({ name }) => used.has(name))
  const unknown = [...used].filter((tag) => !known.some(({ name }) => name === tag)).sort()
  return {
    openapi: '3.1.0',
    info: {
      title: options.title ?? 'Tradewire API',
      version: options.version ?? '0.1.0',
      description: options.description ?? apiDescription,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [...known.map((tag) => ({ ...tag })), ...unknown.map((name) => ({ name }))],
    paths: Object.fromEntries(Object.entries(paths).sort(([left], [right]) => (left < right ? -1 : 1))),
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      responses: usedIn(paths, errorResponses(components.resolve(errorReference, 'output'))),
      schemas: components.resolved(),
    },
  }
}

/** Those that an operation refers to. */
function usedIn(paths: JsonObject, responses: JsonObject): JsonObject {
  const text = JSON.stringify(paths)
  return Object.fromEntries(
    Object.entries(responses).filter(([name]) => text.includes(`"#/components/responses/${name}"`)),
  )
}

function routeOperation(route: RouteContract, components: SchemaComponents): JsonObject {
  const parameters = [
    ...parametersOf(route.params, 'path', components),
    ...parametersOf(route.query, 'query', components),
    ...(route.idempotency === 'key' ? [idempotencyKeyParameter] : []),
  ]
  const body = hasFields(route.body)
    ? { requestBody: { required: true, content: { 'application/json': media(route, 'body', components) } } }
    : {}
  const success =
    route.status === 204 || !hasFields(route.reply)
      ? { description: 'Done' }
      : { description: 'Done', content: replyContent(route, components) }
  return {
    operationId: route.operation,
    tags: [route.tag],
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    ...securityOf(route.access),
    ...demandsOf(route),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...body,
    responses: {
      [String(route.status)]: success,
      ...(route.form === 'admin' ? adminRefusals(route, components) : refusals(route)),
    },
  }
}

function replyContent(route: RouteContract, components: SchemaComponents): JsonObject {
  if (route.file === undefined) return { 'application/json': media(route, 'reply', components) }
  return { [route.file]: { schema: { type: 'string', ...(route.file === 'text/csv' ? {} : { format: 'binary' }) } } }
}

const idempotencyKeyParameter = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description:
    'Offered, not demanded: without it each request counts for itself. A key of your own for this request, the same for ' +
    'each repetition of it. For 24 hours a repetition gets the stored reply and has no second effect; 409 while the ' +
    'first is under way, 422 for another request under the same key.',
  schema: { type: 'string', minLength: 1, maxLength: idempotencyKeyCharactersMax },
  example: '"8e03978e-40d5-43dd-bc93-6894a57f9324"',
}

function refusals(route: RouteContract): JsonObject {
  const kinds = errorKindsOf(route)
  const shown =
    route.form === 'marketplace' ? kinds.filter((kind) => marketplaceStatusOf(kind) === httpStatusOf[kind]) : kinds
  const errors = shown.map((kind) => [
    String(httpStatusOf[kind]),
    { $ref: `#/components/responses/${errorReplies[kind].name}` },
  ])
  return {
    ...Object.fromEntries(errors),
    ...(hasFields(route.body) ? bodyErrors : {}),
    ...(route.idempotency === 'key' ? keyErrors : {}),
    '500': { $ref: '#/components/responses/Internal' },
  }
}

/** The bodies that the surface's document shows, by its own table of codes. */
function adminRefusals(route: RouteContract, components: SchemaComponents): JsonObject {
  const kinds = errorKindsOf(route)
  const shown = kinds.map((kind) => {
    const { description, message } = errorReplies[kind]
    const status = adminStatusOf(kind)
    const schema = status === 401 ? adminUnauthorized : status === 422 ? adminProblems : adminMessage
    const example = status === 401 ? { error: 'unauthorized' } : status === 422 ? adminProblemsExample : { message }
    return [String(status), { description, content: shownAs(schema, example, components) }]
  })
  const own = Object.values(route.refusals).map(({ status, body }) => {
    return [String(status), { description: 'As documented', content: { 'application/json': { example: { ...body } } } }]
  })
  const ofBody = hasFields(route.body) ? adminBodyErrors(components) : {}
  const inFlight = {
    description: 'The same request is under way',
    content: shownAs(adminMessage, { message: 'The same request is being carried out at this moment.' }, components),
  }
  return {
    ...Object.fromEntries(shown),
    ...ofBody,
    ...(route.idempotency === 'key' ? { '409': inFlight } : {}),
    ...Object.fromEntries(own),
  } as JsonObject
}

/** Of a body that is not read at all, so no field of it can be named. */
function adminBodyErrors(components: SchemaComponents): JsonObject {
  const replies = [
    ['400', 'The body is no JSON', "Body is not valid JSON but content-type is set to 'application/json'"],
    ['413', 'The body is too large', 'Request body is too large'],
    ['415', 'The body is not JSON', 'Send a body of JSON with the header `content-type: application/json`.'],
  ] as const
  const shown = replies.map(([status, description, message]) => {
    return [status, { description, content: shownAs(adminMessage, { message }, components) }]
  })
  return Object.fromEntries(shown) as JsonObject
}

function shownAs(schema: z.ZodType, example: JsonObject, components: SchemaComponents): JsonObject {
  return { 'application/json': { schema: components.resolve(components.add(schema, 'output'), 'output'), example } }
}

/** As the document has it. */
const adminProblemsExample = {
  errors: [{ value: 'BTCUSDT', msg: 'must be format BASE/QUOTE', param: 'symbol', location: 'body' }],
}

/** Under way already, and another request under the same key. */
const keyErrors = {
  '409': { $ref: '#/components/responses/Conflict' },
  '422': { $ref: '#/components/responses/Refused' },
}

const bodyErrors = {
  '413': { $ref: '#/components/responses/TooLarge' },
  '415': { $ref: '#/components/responses/UnsupportedMediaType' },
}

/** What any route of this form may answer, and what the contract adds. */
function errorKindsOf(route: RouteContract): readonly ErrorKind[] {
  // A parameter that is not known is refused everywhere.
  const kinds = new Set<ErrorKind>(['invalid', 'rate-limited', 'unavailable', ...route.errors])
  if (hasFields(route.params)) kinds.add('not-found')
  if (route.access !== 'public') kinds.add('unauthenticated').add('forbidden')
  if (route.method !== 'GET' && route.access !== 'public') kinds.add('conflict').add('refused')
  // 'unknown' shares its status with 'unavailable'.
  kinds.delete('unknown')
  return [...kinds].sort((left, right) => httpStatusOf[left] - httpStatusOf[right])
}

function plainOperation(operation: PlainOperation, components: SchemaComponents): JsonObject {
  const parameters = [
    ...parametersOf(operation.query ?? nothing, 'query', components),
    ...parametersOf(operation.headers ?? nothing, 'header', components),
  ]
  const { body, bodyExample } = operation
  const replies = operation.replies.map((reply) => [String(reply.status), plainReply(reply, components)])
  const kinds: readonly ErrorKind[] = [
    ...(operation.access === 'public' ? [] : (['unauthenticated', 'forbidden'] as const)),
    ...(operation.counted === false ? [] : (['rate-limited'] as const)),
    'unavailable',
  ]
  const errors = kinds.map((kind) => [
    String(httpStatusOf[kind]),
    { $ref: `#/components/responses/${errorReplies[kind].name}` },
  ])
  return {
    operationId: operation.operation,
    tags: [operation.tag],
    summary: operation.summary,
    description: operation.description,
    ...securityOf(operation.access),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: contentOf(body, 'input', components, bodyExample as JsonValue) } }),
    responses: {
      ...Object.fromEntries(errors),
      ...(body === undefined ? {} : { '413': bodyErrors['413'] }),
      '500': { $ref: '#/components/responses/Internal' },
      ...Object.fromEntries(replies),
    },
  }
}

function plainReply(reply: OperationReply, components: SchemaComponents): JsonObject {
  const { description, content, example, headers } = reply
  const shown = contentOf(content, 'output', components, example as JsonValue | undefined)
  return {
    description,
    ...(headers === undefined ? {} : { headers: headersOf(headers, 'string') }),
    ...(Object.keys(content).length === 0 ? {} : { content: shown }),
  }
}

// oxlint-disable-next-line max-params -- The parts of one media table.
function contentOf(
  content: Readonly<Record<string, z.ZodType>>,
  direction: Direction,
  components: SchemaComponents,
  example: JsonValue | undefined,
): JsonObject {
  const entries = Object.entries(content).map(([type, schema]) => {
    const shown = components.resolve(components.add(schema, direction), direction)
    const fitting = example !== undefined && schema.safeParse(example).success
    return [type, { schema: shown, ...(fitting ? { example } : {}) }]
  })
  return Object.fromEntries(entries)
}

function securityOf(access: RouteAccess): JsonObject {
  if (access === 'public') return { security: [] }
  return { security: [{ bearer: [] }], 'x-roles': [...access] }
}

function demandsOf({ access, scope, proof }: RouteContract): JsonObject {
  if (access === 'public') return {}
  return { 'x-proof': proof, ...(proof === 'any' ? { 'x-api-key-scope': scope } : {}) }
}

/** Schema and example of a body or reply. An example that its own schema refuses is not shown. */
function media(route: RouteContract, part: 'body' | 'reply', components: SchemaComponents): JsonObject {
  const direction = part === 'body' ? 'input' : 'output'
  const schema = components.add(route[part], direction)
  const example = (route.example[part] as JsonValue | undefined) ?? sampleOf(schema, { components, direction })
  const fitting = example !== undefined && route[part].safeParse(example).success
  return { schema: components.resolve(schema, direction), ...(fitting ? { example } : {}) }
}

function parametersOf(
  schema: z.ZodObject,
  place: 'path' | 'query' | 'header',
  components: SchemaComponents,
): readonly JsonObject[] {
  const { properties, required } = components.add(schema, 'input')
  const needed = Array.isArray(required) ? required : []
  return Object.entries(isObject(properties) ? properties : {}).map(([name, member]) => {
    const { description, ...rest } = isObject(member) ? member : {}
    return {
      name,
      in: place,
      required: place === 'path' || needed.includes(name),
      ...(description === undefined ? {} : { description }),
      schema: components.resolve(rest, 'input'),
    }
  })
}

function hasFields(schema: z.ZodType): boolean {
  return !(schema instanceof z.ZodObject) || Object.keys(schema.shape).length > 0
}

/** One shared response for each kind of refusal, with its example. */
function errorResponses(schema: JsonValue): JsonObject {
  const replies: readonly ErrorReply[] = [...Object.values(errorReplies), ...otherReplies]
  const entries = replies.map(
    ({ name, description, code, message, details, headers }): readonly [string, JsonObject] => [
      name,
      {
        description,
        ...(headers === undefined ? {} : { headers: headersOf(headers, 'integer') }),
        content: { 'application/json': { schema, example: { error: { code, message, details: details ?? {} } } } },
      },
    ],
  )
  return Object.fromEntries(entries.sort(([left], [right]) => (left < right ? -1 : 1)))
}

function headersOf(headers: Readonly<Record<string, string>>, type: 'string' | 'integer'): JsonObject {
  const entries = Object.entries(headers).map(([name, description]) => [name, { description, schema: { type } }])
  return Object.fromEntries(entries)
}
