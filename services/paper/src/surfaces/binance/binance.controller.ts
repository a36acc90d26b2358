/**
 * Serves one Binance protocol: budgets, keys, signatures, fault switches, then the endpoint's own answer.
 * Called by binance-spot and binance-usdm with their endpoints. Must never answer before the venue has settled.
 */
import type { Venue } from '@tradewire/contracts/common'
import { ok, type Result } from '@tradewire/kernel/result'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { FaultBoard, Operation } from '#domain/protocol/faults'
import { BudgetCounter, type VenueBudgets } from '#domain/protocol/rate-limits'
import { mayTrade } from '#domain/accounts/key-rules'
import type { Account } from '#domain/state'
import type { RunningVenue } from '#ports/running-venue.port'
import { replyThroughFaults } from '../protocol/faulty-reply.wire.ts'
import { parametersOf, type Parameters } from './parameters.wire.ts'
import { checkSigned } from './signature.wire.ts'
import {
  idTaken,
  keyFormatInvalid,
  keyUnknown,
  outcomeUnknown,
  tooManyOrders,
  tooManyWeight,
  venueError,
  type VenueError,
} from './venue-error.wire.ts'

export interface EndpointCall {
  readonly venue: RunningVenue
  readonly faults: FaultBoard
  readonly parameters: Parameters
  readonly now: number
}

export interface AccountCall extends EndpointCall {
  readonly account: Account
}

interface EndpointBase {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly weight: number | ((parameters: Parameters) => number)
  /** What fault switches see; read when left out. */
  readonly operation?: Operation
}

export type Endpoint =
  | (EndpointBase & { readonly access: 'public'; readonly answer: (call: EndpointCall) => Result<unknown, VenueError> })
  | (EndpointBase & {
      readonly access: 'key' | 'signed'
      readonly answer: (call: AccountCall) => Result<unknown, VenueError>
    })

export interface BinanceParts {
  readonly venue: RunningVenue
  readonly faults: FaultBoard
  readonly budgets: VenueBudgets
  readonly name: Extract<Venue, 'binance-spot' | 'binance-usdm'>
}

const secondMs = 1_000
const forbidden = 403

/** What an account's key may do: the same at both venues. */
const restrictions: Endpoint = {
  method: 'GET',
  path: '/sapi/v1/account/apiRestrictions',
  weight: 1,
  access: 'signed',
  answer: ({ account: { createdAt, keyRules, venue } }) =>
    ok({
      ipRestrict: keyRules.ipBound,
      createTime: createdAt,
      enableReading: true,
      enableWithdrawals: keyRules.mayWithdraw,
      enableInternalTransfer: false,
      enableMargin: false,
      enableFutures: venue === 'binance-usdm',
      permitsUniversalTransfer: false,
      enableVanillaOptions: false,
      enableFixApiTrade: false,
      enableFixReadOnly: false,
      enableSpotAndMarginTrading: venue === 'binance-spot',
      enablePortfolioMarginTrading: false,
      ...(keyRules.expiresAt === null ? {} : { tradingAuthorityExpirationTime: keyRules.expiresAt }),
    }),
}

export class BinanceServer {
  private readonly weight: BudgetCounter
  private readonly ordersShort: BudgetCounter
  private readonly ordersLong: BudgetCounter

  constructor(private readonly parts: BinanceParts) {
    this.weight = new BudgetCounter(parts.budgets.weight)
    this.ordersShort = new BudgetCounter(parts.budgets.ordersShort)
    this.ordersLong = new BudgetCounter(parts.budgets.ordersLong)
  }

  /** Adds the endpoints under a prefix. Bodies stay text: signatures are over what was sent. */
  async register(fastify: FastifyInstance, prefix: string, endpoints: readonly Endpoint[]): Promise<void> {
    await fastify.register(
      async (scope) => {
        scope.removeAllContentTypeParsers()
        scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))
        for (const endpoint of [...endpoints, restrictions]) {
          scope.route({
            method: endpoint.method,
            url: endpoint.path,
            exposeHeadRoute: false,
            handler: (request, reply) => this.serve(endpoint, request, reply),
          })
        }
      },
      { prefix },
    )
  }

  private async serve(endpoint: Endpoint, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { venue, faults } = this.parts
    const now = venue.now()
    const raw = { query: queryOf(request.raw.url ?? ''), body: typeof request.body === 'string' ? request.body : '' }
    const call = { venue, faults, parameters: parametersOf(raw.query, raw.body), now }
    const overweight = this.spendWeight(endpoint, call.parameters, request, reply)
    if (overweight !== undefined) return fail(reply, overweight)
    if (endpoint.access === 'public') {
      const answer = endpoint.answer(call)
      return answer.ok ? reply.send(answer.value) : fail(reply, answer.error)
    }
    const account = this.accountOf(request)
    if ('msg' in account) return fail(reply, account)
    const unsigned = endpoint.access === 'signed' ? checkSigned(raw, call.parameters, account.secret, now) : undefined
    if (unsigned !== undefined) return fail(reply, unsigned)
    const isOver = endpoint.operation !== undefined && !mayTrade(account.keyRules, now)
    const hit = isOver
      ? keyUnknown
      : (this.faultBefore(endpoint, account) ?? this.spendOrder(endpoint, account, reply, now))
    if (hit !== undefined) return fail(reply, hit)
    const answer = endpoint.answer({ ...call, account })
    await venue.settled()
    const { operation } = endpoint
    const words = { refuse: fail, unknown: outcomeUnknown, taken: idTaken[this.parts.name] }
    return replyThroughFaults(reply, { faults, account, operation, answer, ...words })
  }

  private accountOf(request: FastifyRequest): Account | VenueError {
    const key = request.headers['x-mbx-apikey']
    if (typeof key !== 'string' || key === '') return keyFormatInvalid
    const account = this.parts.venue.state.accountsByKey.get(key)
    return account?.venue === this.parts.name ? account : keyUnknown
  }

  private spendWeight(
    endpoint: Endpoint,
    parameters: Parameters,
    request: FastifyRequest,
    reply: FastifyReply,
  ): VenueError | undefined {
    const weight = typeof endpoint.weight === 'number' ? endpoint.weight : endpoint.weight(parameters)
    const spent = this.weight.spend(request.ip, weight, this.parts.venue.now())
    void reply.header('x-mbx-used-weight-1m', String(spent.used))
    if (spent.retryAfterMs === undefined) return undefined
    return tooManyWeight(this.parts.budgets.weight.unitsMax, spent.retryAfterMs)
  }

  private spendOrder(endpoint: Endpoint, account: Account, reply: FastifyReply, now: number): VenueError | undefined {
    if (endpoint.operation !== 'place') return undefined
    const { ordersShort, ordersLong } = this.parts.budgets
    const short = this.ordersShort.spend(account.id, 1, now)
    const long = this.ordersLong.spend(account.id, 1, now)
    const daily = this.parts.name === 'binance-spot'
    void reply.header('x-mbx-order-count-10s', String(short.used))
    void reply.header(daily ? 'x-mbx-order-count-1d' : 'x-mbx-order-count-1m', String(long.used))
    if (short.retryAfterMs !== undefined) return tooManyOrders(ordersShort.unitsMax, '10 SECOND', short.retryAfterMs)
    if (long.retryAfterMs === undefined) return undefined
    return tooManyOrders(ordersLong.unitsMax, daily ? '1 DAY' : '1 MINUTE', long.retryAfterMs)
  }

  private faultBefore(endpoint: Endpoint, account: Account): VenueError | undefined {
    const call = { venue: account.venue, accountId: account.id, operation: endpoint.operation ?? 'read' }
    const limited = this.parts.faults.strike('rate-limit', call)
    if (limited !== undefined) {
      const { weight, ordersShort } = this.parts.budgets
      const ordersOfOne = limited.accountId !== undefined && endpoint.operation === 'place'
      return ordersOfOne
        ? tooManyOrders(ordersShort.unitsMax, '10 SECOND', limited.milliseconds)
        : tooManyWeight(weight.unitsMax, limited.milliseconds)
    }
    if (this.parts.faults.strike('reject', call) === undefined) return undefined
    return endpoint.operation === 'place'
      ? venueError(-2010, 'Order book liquidity is less than LOT_SIZE filter minimum quantity.')
      : venueError(-1002, 'You are not authorized to execute this request.', forbidden)
  }
}

function queryOf(url: string): string {
  const mark = url.indexOf('?')
  return mark === -1 ? '' : url.slice(mark + 1)
}

function fail(reply: FastifyReply, error: VenueError): FastifyReply {
  if (error.retryAfterMs !== undefined) {
    void reply.header('retry-after', String(Math.max(1, Math.ceil(error.retryAfterMs / secondMs))))
  }
  return reply.status(error.status).send({ code: error.code, msg: error.msg })
}
