/**
 * Serves one venue protocol: keys and signatures, budgets, fault switches, then the endpoint's own answer.
 * Called at start with each protocol's endpoints. Must never answer before the venue has settled.
 */
import type { Result } from '@tradewire/kernel/result'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { FaultBoard, Operation } from '#domain/protocol/faults'
import { BudgetCounter, type Budget, type LimitsProfile } from '#domain/protocol/rate-limits'
import type { Account } from '#domain/state'
import type { RunningVenue } from '#ports/running-venue.port'
import { replyThroughFaults } from './faulty-reply.wire.ts'

/** One request as it was sent: signatures are over exactly this. */
export interface RawCall {
  readonly method: string
  /** Without the prefix that the paper service puts before every protocol. */
  readonly path: string
  /** Without the question mark. */
  readonly query: string
  readonly body: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

/** What goes back instead of a success. */
export interface Refused {
  readonly status: number
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export interface PublicCall {
  readonly raw: RawCall
  readonly venue: RunningVenue
  readonly faults: FaultBoard
  readonly now: number
}

export interface SignedCall extends PublicCall {
  readonly account: Account
}

interface EndpointBase {
  readonly method: 'GET' | 'POST'
  readonly path: string
  /** What fault switches see; read when left out. */
  readonly operation?: Operation
  /** Calls of one account within the protocol's window; no limit when left out. */
  readonly callsMax?: number
}

export type ProtocolEndpoint =
  | (EndpointBase & { readonly access: 'public'; readonly answer: (call: PublicCall) => Result<unknown, Refused> })
  | (EndpointBase & { readonly access: 'signed'; readonly answer: (call: SignedCall) => Result<unknown, Refused> })

/** The words of one protocol for what is common to all. */
export interface ProtocolWords {
  /** The account that signed this, or why it is turned away. */
  readonly accountOf: (raw: RawCall, venue: RunningVenue, now: number) => Account | Refused
  readonly limited: (retryAfterMs: number) => Refused
  /** What the fault switch `reject` answers. */
  readonly rejected: (operation: Operation) => Refused
  /** The request may have been executed: clients must find out. */
  readonly unknown: Refused
  readonly windowMs: number
}

export interface ProtocolParts {
  readonly venue: RunningVenue
  readonly faults: FaultBoard
  readonly limits: LimitsProfile
  readonly words: ProtocolWords
}

export class ProtocolServer {
  private readonly budgets = new Map<ProtocolEndpoint, BudgetCounter>()

  constructor(private readonly parts: ProtocolParts) {}

  /** Adds the endpoints under a prefix. Bodies stay text: signatures are over what was sent. */
  async register(fastify: FastifyInstance, prefix: string, endpoints: readonly ProtocolEndpoint[]): Promise<void> {
    await fastify.register(
      async (scope) => {
        scope.removeAllContentTypeParsers()
        scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))
        for (const endpoint of endpoints) {
          scope.route({
            method: endpoint.method,
            url: endpoint.path,
            exposeHeadRoute: false,
            handler: (request, reply) => this.serve(endpoint, rawOf(request, prefix), reply),
          })
        }
      },
      { prefix },
    )
  }

  private async serve(endpoint: ProtocolEndpoint, raw: RawCall, reply: FastifyReply): Promise<FastifyReply> {
    const { venue, faults, words } = this.parts
    const call = { raw, venue, faults, now: venue.now() }
    if (endpoint.access === 'public') {
      const answer = endpoint.answer(call)
      return answer.ok ? reply.send(answer.value) : refuse(reply, answer.error)
    }
    const account = words.accountOf(raw, venue, call.now)
    if ('status' in account) return refuse(reply, account)
    const hit = this.spend(endpoint, account, call.now) ?? this.faultBefore(endpoint, account)
    if (hit !== undefined) return refuse(reply, hit)
    const answer = endpoint.answer({ ...call, account })
    await venue.settled()
    const { operation } = endpoint
    return replyThroughFaults(reply, { faults, account, operation, answer, refuse, unknown: words.unknown })
  }

  private spend(endpoint: ProtocolEndpoint, account: Account, now: number): Refused | undefined {
    const { words, limits } = this.parts
    if (limits === 'generous' || endpoint.callsMax === undefined) return undefined
    const budget: Budget = { unitsMax: endpoint.callsMax, windowMs: words.windowMs }
    const counter = this.budgets.get(endpoint) ?? new BudgetCounter(budget)
    this.budgets.set(endpoint, counter)
    const { retryAfterMs } = counter.spend(account.id, 1, now)
    return retryAfterMs === undefined ? undefined : words.limited(retryAfterMs)
  }

  private faultBefore(endpoint: ProtocolEndpoint, account: Account): Refused | undefined {
    const { faults, words } = this.parts
    const operation = endpoint.operation ?? 'read'
    const call = { venue: account.venue, accountId: account.id, operation }
    const limited = faults.strike('rate-limit', call)
    if (limited !== undefined) return words.limited(limited.milliseconds)
    return faults.strike('reject', call) === undefined ? undefined : words.rejected(operation)
  }
}

function rawOf(request: FastifyRequest, prefix: string): RawCall {
  const url = (request.raw.url ?? '').slice(prefix.length)
  const mark = url.indexOf('?')
  return {
    method: request.method,
    path: mark === -1 ? url : url.slice(0, mark),
    query: mark === -1 ? '' : url.slice(mark + 1),
    body: typeof request.body === 'string' ? request.body : '',
    headers: request.headers,
  }
}

function refuse(reply: FastifyReply, { status, body, headers }: Refused): FastifyReply {
  return reply
    .status(status)
    .headers(headers ?? {})
    .send(body)
}

/** Set when a header was sent once. */
export function headerOf(raw: RawCall, name: string): string | undefined {
  const value = raw.headers[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}
