/**
 * Serves the protocol of managers of MT4 and MT5 servers: tokens, platforms, both versions, idempotency, fault switches,
 * then the operation's answer. Called at start. Must never answer before the venue settled.
 */
import type { IdSource } from '@tradewire/kernel/ids'
import type { Randomness } from '@tradewire/kernel/randomness'
import { err } from '@tradewire/kernel/result'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { platformIdOf } from '#domain/accounts/account-keys'
import type { FaultBoard } from '#domain/protocol/faults'
import { BudgetCounter, type LimitsProfile } from '#domain/protocol/rate-limits'
import type { Account } from '#domain/state'
import type { RunningVenue } from '#ports/running-venue.port'
import { replyThroughFaults } from '../protocol/faulty-reply.wire.ts'
import { discoveryOf, giveToken } from './authority.controller.ts'
import type { ManagerCall, ManagerOperation } from './call.wire.ts'
import {
  bareOf,
  envelopeOf,
  fromOf,
  invalid,
  managerError,
  notFound,
  type Answer,
  type Failure,
  type Page,
} from './envelope.wire.ts'
import { lenientJson } from './lenient-json.wire.ts'
import { marketOperations } from './market.controller.ts'
import { mt5Operations } from './mt5.controller.ts'
import { organizationsOf, platformsOf } from './platforms.map.ts'
import { findOperation, type Found } from './routes.wire.ts'
import { json, ownerOf, venueName } from './token.wire.ts'
import { tradeOperations } from './trades.controller.ts'
import { transactionOperation } from './transaction.controller.ts'
import { userOperations } from './users.controller.ts'

export interface ManagerSettings {
  readonly tokenSeconds: number
  readonly pumpLagMs: number
  /** How lists that have no envelope go back: as such, or within `value`. */
  readonly lists: 'bare' | 'value'
}

export interface ManagerParts {
  readonly venue: RunningVenue
  readonly faults: FaultBoard
  readonly limits: LimitsProfile
  readonly ids: IdSource
  readonly randomness: Randomness
  readonly settings: ManagerSettings
}

const callsMax = { generous: 10_000_000, real: 50 }
const callsWindowMs = 1_000
const repliesMax = 20_000
const pageItemsMax = 5_000
const traceBytes = 16
const secondMs = 1_000
const bodyTypes = /^(application\/(json|json-patch\+json|[\w.-]+\+json)|text\/json)\s*(;|$)/

interface Reply {
  readonly status: number
  readonly body: unknown
}

export class MtManagerServer {
  private readonly budget: BudgetCounter
  private readonly operations: readonly ManagerOperation[]
  /** What was answered to a key of a client: a repeat gets it again, and does nothing. */
  private readonly answers = new Map<string, Reply>()

  constructor(private readonly parts: ManagerParts) {
    this.budget = new BudgetCounter({ unitsMax: callsMax[parts.limits], windowMs: callsWindowMs })
    const users = userOperations(parts.ids)
    this.operations = [...users, ...tradeOperations, ...marketOperations, ...mt5Operations, transactionOperation]
  }

  async register(fastify: FastifyInstance, prefix: string): Promise<void> {
    await fastify.register(
      async (scope) => {
        scope.removeAllContentTypeParsers()
        scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))
        const method = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']
        scope.route({
          method,
          url: '/*',
          exposeHeadRoute: false,
          handler: (request, reply) => this.serve(new URL(request.url, 'http://venue'), request, reply, prefix),
        })
      },
      { prefix },
    )
  }

  private serve(
    url: URL,
    request: FastifyRequest,
    reply: FastifyReply,
    prefix: string,
  ): FastifyReply | Promise<FastifyReply> {
    const { venue, settings } = this.parts
    const path = url.pathname.slice(prefix.length + 1)
    const plain = path.toLowerCase()
    if (plain === '.well-known/openid-configuration' && request.method === 'GET') {
      return reply.send(discoveryOf(`${request.protocol}://${request.host}${prefix}`))
    }
    if (plain === 'connect/token') {
      if (request.method !== 'POST') return reply.status(405).send()
      return giveToken(request, reply, { state: venue.state, now: venue.now(), lifeSeconds: settings.tokenSeconds })
    }
    const [, token] = /^bearer (\S+)$/i.exec(request.headers.authorization ?? '') ?? []
    const owner = token === undefined ? undefined : ownerOf(venue.state, token, venue.now())
    if (owner === undefined) {
      const why = token === undefined ? 'Bearer' : 'Bearer error="invalid_token"'
      return reply.status(401).header('www-authenticate', why).send()
    }
    return this.serveClient({ owner, path, url, request, reply })
  }

  private serveClient(asked: Asked): FastifyReply | Promise<FastifyReply> {
    const { owner, path, request, reply } = asked
    const { retryAfterMs } = this.budget.spend(owner.id, 1, this.parts.venue.now())
    if (retryAfterMs !== undefined) return tooMany(reply, retryAfterMs)
    const list = request.method === 'GET' ? this.listOf(owner, path) : undefined
    if (list !== undefined) return reply.status(list.status).send(list.body)
    const found = findOperation(this.operations, request.method, path)
    if (found === undefined) return reply.status(404).send()
    const { operation, version } = found
    if (operation.method !== 'GET' && !bodyTypes.test(request.headers['content-type'] ?? '')) {
      return reply.status(415).send()
    }
    return this.serveOperation(asked, found, this.pageOf(asked, operation, version))
  }

  /** What stands outside of any platform. */
  private listOf(owner: Account, path: string): Reply | undefined {
    const [, what, id, ping] = /^api\/(organizations|tradeplatforms)(?:\/([^/]+)(\/ping)?)?$/i.exec(path) ?? []
    if (what === undefined) return undefined
    const items =
      what.toLowerCase() === 'organizations' ? organizationsOf(owner) : platformsOf(this.parts.venue.state, owner)
    if (id === undefined) {
      return { status: 200, body: this.parts.settings.lists === 'value' ? { value: items } : items }
    }
    const one = items.find((item) => item.id === id.toLowerCase())
    if (one === undefined) return { status: 404, body: null }
    return { status: 200, body: ping === undefined ? one : true }
  }

  private pageOf({ url }: Asked, { paged }: ManagerOperation, version: 1 | 2): Page | Failure | undefined {
    if (paged === undefined || version === 1) return undefined
    const limit = url.searchParams.get('limit')
    const cursor = url.searchParams.get('cursor')
    const wanted = limit === null ? undefined : Number(limit)
    if (wanted !== undefined && !(Number.isInteger(wanted) && wanted >= 1 && wanted <= pageItemsMax)) {
      return invalid(`limit: must be between 1 and ${pageItemsMax}`)
    }
    const from = cursor === null ? 0 : fromOf(cursor)
    return from === undefined ? invalid('cursor: is not one of this list') : { limit: wanted, from }
  }

  private async serveOperation(asked: Asked, found: Found, page: Page | Failure | undefined): Promise<FastifyReply> {
    const { owner, request, reply } = asked
    const { faults, venue } = this.parts
    const call = this.callOf(asked, found)
    const fault = found.operation.fault?.(call.body) ?? 'read'
    const account = accountMeant(call)
    const scope = { venue: venueName, accountId: account.id, operation: fault } as const
    const limited = faults.strike('rate-limit', scope)
    if (limited !== undefined) return tooMany(reply, limited.milliseconds)
    const key = request.headers['idempotency-key']
    const keyed = found.operation.method !== 'GET' && typeof key === 'string' ? `${owner.id} ${key}` : undefined
    const known = keyed === undefined ? undefined : this.answers.get(keyed)
    const answer = known ?? this.replyOf(found, this.answerOf(call, found, page, scope), page)
    if (keyed !== undefined && known === undefined) this.remember(keyed, answer)
    await venue.settled()
    const { status, body } = answer
    void reply.status(status).type('application/json; charset=utf-8')
    const refuse = (to: FastifyReply) => to.status(504).send()
    const sent = { ok: true as const, value: JSON.stringify(body) }
    return replyThroughFaults(reply, { faults, account, operation: fault, answer: sent, refuse, unknown: null })
  }

  private answerOf(
    call: ManagerCall,
    { operation, platformId }: Found,
    page: Page | Failure | undefined,
    scope: Parameters<FaultBoard['strike']>[1],
  ): Answer {
    if (platformId.toLowerCase() !== platformIdOf(call.owner.id, operation.kind)) {
      return err(
        isUuid(platformId) ? notFound('there is no such trade platform') : invalid('tradePlatform: must be a GUID'),
      )
    }
    if (page !== undefined && 'code' in page) return err(page)
    if (this.parts.faults.strike('reject', scope) !== undefined) {
      return err(scope.operation === 'read' ? forbidden : managerError('TradeDisable'))
    }
    return operation.answer(call)
  }

  private replyOf({ version }: Found, answer: Answer, page: Page | Failure | undefined): Reply {
    const trace = this.parts.randomness.bytes(traceBytes).toString('hex')
    if (version === 1) return bareOf(answer, trace, this.parts.settings.lists === 'value')
    return { status: 200, body: envelopeOf(answer, trace, page !== undefined && 'code' in page ? undefined : page) }
  }

  private remember(key: string, reply: Reply): void {
    this.answers.set(key, reply)
    const [oldest] = this.answers.keys()
    if (this.answers.size > repliesMax && oldest !== undefined) this.answers.delete(oldest)
  }

  private callOf({ owner, url, request }: Asked, { parameters, version }: Found): ManagerCall {
    const { venue, faults, settings } = this.parts
    const text = typeof request.body === 'string' ? request.body : ''
    const body = text === '' ? undefined : version === 1 ? lenientJson(text) : json(text)
    const { pumpLagMs } = settings
    return { venue, faults, owner, now: venue.now(), version, parameters, query: url.searchParams, body, pumpLagMs }
  }
}

interface Asked {
  readonly owner: Account
  readonly path: string
  readonly url: URL
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

const forbidden: Failure = { code: 'Forbidden', managerCode: null, message: 'the client may not do this' }

/** Fault switches are set for an account: that of the login in the body or path, else the client's own. */
function accountMeant({ venue, owner, body, parameters }: ManagerCall): Account {
  const given = (body as { readonly orderBy?: unknown } | null | undefined)?.orderBy ?? parameters['login']
  for (const user of venue.state.users.values()) {
    if (user.ownerId === owner.id && (user.login === given || String(user.login) === given)) {
      return venue.state.accounts.get(user.accountId) ?? owner
    }
  }
  return owner
}

function tooMany(reply: FastifyReply, retryAfterMs: number): FastifyReply {
  return reply
    .status(429)
    .header('retry-after', String(Math.ceil(retryAfterMs / secondMs)))
    .send()
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)
}
