/**
 * Requests for declared routes, made of their own examples with wrong turns, and whether their contracts allow them.
 * Called by the fuzz run. Must never make a request that is allowed and would end the run's own session.
 */
import type { RouteContract } from '@tradewire/contracts/define-route'
import { buildOpenApi } from '@tradewire/contracts/openapi/openapi'
import type { Randomness } from '@tradewire/kernel/randomness'
import { isRecord, type Json, mutated, pick } from './mutations.ts'

export interface FuzzRequest {
  readonly route: RouteContract
  readonly path: string
  readonly contentType: string
  /** Text as it is sent; undefined for none. */
  readonly body: string | undefined
  /** The contract takes its path, query and body. */
  readonly allowed: boolean
  /** Without a token. */
  readonly anonymous: boolean
}

/** These would lock the run out, by design; they have tests of their own. */
const leftOut = new Set(['logIn', 'refreshSession', 'logOut', 'revokeSession', 'changePassword', 'disableUser'])

const mutationShare = 0.75
const knownIdShare = 0.6
const anonymousShare = 0.03
const rawShare = 0.05
const queryShare = 0.5

const raws: readonly { readonly contentType: string; readonly body: string }[] = [
  { contentType: 'application/json', body: '{"a":1' },
  { contentType: 'application/json', body: '' },
  { contentType: 'application/json', body: 'null' },
  { contentType: 'application/json', body: '{"name":"a","name":"b"}' },
  { contentType: 'text/plain', body: '{}' },
  { contentType: 'application/xml', body: '<a/>' },
  { contentType: 'multipart/form-data; boundary=x', body: '--x--' },
]

export class RequestMaker {
  /** Ids that replies have named: requests about them go deeper than those about nothing. */
  private readonly ids: string[] = []
  private readonly routes: readonly { readonly route: RouteContract; readonly example: Json }[]

  constructor(
    routes: readonly RouteContract[],
    private readonly randomness: Randomness,
  ) {
    const fuzzed = routes.filter(({ operation }) => !leftOut.has(operation))
    const { paths } = buildOpenApi(fuzzed) as unknown as { paths: Record<string, Record<string, Operation>> }
    this.routes = fuzzed.map((route) => ({
      route,
      example: exampleOf(paths[route.path]?.[route.method.toLowerCase()]),
    }))
  }

  next(): FuzzRequest {
    const { route, example } = pick(this.routes, this.randomness)
    const anonymous = this.chance(anonymousShare)
    const params = this.partOf(Object.keys(route.params.shape))
    const query = this.chance(queryShare) ? this.partOf(this.someOf(Object.keys(route.query.shape))) : {}
    const path = pathOf(route.path, params, query)
    const sends = route.method !== 'GET' && route.method !== 'DELETE'
    if (sends && this.chance(rawShare))
      return { route, path, ...pick(raws, this.randomness), allowed: false, anonymous }
    const known = this.withKnownIds(example)
    const value = this.chance(mutationShare) ? mutated(known, this.randomness) : known
    const body = sends ? JSON.stringify(value) : undefined
    // As the gateway sees it: JSON drops what it cannot say.
    const sent: unknown = body === undefined ? {} : JSON.parse(body)
    const storable = !JSON.stringify([params, query, sent]).includes('\\u0000')
    const allowed =
      storable &&
      route.params.safeParse(params).success &&
      route.query.safeParse(query).success &&
      route.body.safeParse(sent).success
    return { route, path, contentType: 'application/json', body, allowed, anonymous }
  }

  /** Remembers the ids of a reply. */
  learn(reply: unknown): void {
    if (Array.isArray(reply)) for (const item of reply.slice(0, 5)) this.learn(item)
    else if (typeof reply === 'object' && reply !== null) {
      for (const [key, value] of Object.entries(reply)) {
        if (key === 'id' && typeof value === 'string' && this.ids.length < idsMax) this.ids.push(value)
        else this.learn(value)
      }
    }
  }

  private partOf(names: readonly string[]): Record<string, string> {
    return Object.fromEntries(names.map((name) => [name, this.text()]))
  }

  private someOf(names: readonly string[]): string[] {
    return names.filter(() => this.chance(0.4))
  }

  private text(): string {
    if (this.ids.length > 0 && this.chance(knownIdShare)) return pick(this.ids, this.randomness)
    const value = mutated(exampleId, this.randomness)
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    return text.slice(0, pathTextMax) || 'x'
  }

  private withKnownIds(value: Json): Json {
    if (Array.isArray(value)) return value.map((item: Json) => this.withKnownIds(item))
    if (!isRecord(value)) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => {
        const named = key.endsWith('Id') && this.ids.length > 0 && this.chance(knownIdShare)
        return [key, named ? pick(this.ids, this.randomness) : this.withKnownIds(item)]
      }),
    )
  }

  private chance(share: number): boolean {
    return this.randomness.fraction() < share
  }
}

const idsMax = 500
const exampleId = '01963a5e-0000-7000-8000-000000000001'
/** Fastify refuses longer path parameters with a 404 of its own. */
const pathTextMax = 90

interface Operation {
  readonly requestBody?: { readonly content?: { readonly 'application/json'?: { readonly example?: Json } } }
}

function exampleOf(operation: Operation | undefined): Json {
  return operation?.requestBody?.content?.['application/json']?.example ?? {}
}

function pathOf(template: string, params: Record<string, string>, query: Record<string, string>): string {
  const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(wellFormed(params[name] ?? 'x')),
  )
  const search = new URLSearchParams(query).toString()
  return search === '' ? path : `${path}?${search}`
}

/** A lone surrogate cannot be in a URL. */
function wellFormed(text: string): string {
  return text.toWellFormed()
}
