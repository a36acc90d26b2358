/**
 * The direct protocol of venue `paper` over HTTP: signed plain JSON, one order a request.
 * Called by the `paper` adapter of brokers. Must never do more per order than check, execute, settle and answer.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { fieldWords } from '@tradewire/contracts/field-words'
import { directListItemsMax, placeDirectOrder, setDirectLeverage } from '@tradewire/contracts/paper/direct'
import { err, ok, type Result } from '@tradewire/kernel/result'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { FaultBoard, Operation } from '#domain/protocol/faults'
import { leverageMaxOf } from '#domain/listing/instruments'
import { fillFigures } from '#domain/ledger'
import { isFinal } from '#domain/order'
import { cancelOrder, placeOrder } from '#domain/engine/place-order'
import { marketOf, marketsOf, type Account } from '#domain/state'
import type { RunningVenue } from '#ports/running-venue.port'
import { isVisible, underFaults } from '../binance/placement.map.ts'
import { hexSignature, signatureMatches } from '../binance/signature.wire.ts'
import { failure, statusOf, type DirectFailure } from './direct-error.wire.ts'
import { balanceViews, instrumentView, orderView, positionViews, refusalCode, requestOf } from './direct.map.ts'

const venueName = 'paper'
const secondMs = 1_000
type Answer = Result<object, DirectFailure>

interface DirectCall {
  readonly account: Account
  readonly body: string
  readonly clientOrderId: string
  readonly query: URLSearchParams
  readonly now: number
}

/** The account whose secret signed the text; undefined when key or signature are wrong. */
export function signedBy(venue: RunningVenue, headers: FastifyRequest['headers'], text: string): Account | undefined {
  const key = headers['x-api-key']
  const signature = headers['x-signature']
  if (typeof key !== 'string' || typeof signature !== 'string') return undefined
  const account = venue.state.accountsByKey.get(key)
  if (account?.venue !== venueName) return undefined
  return signatureMatches(hexSignature(account.secret, text), signature) ? account : undefined
}

export class DirectServer {
  constructor(
    private readonly venue: RunningVenue,
    private readonly faults: FaultBoard,
  ) {}

  async register(fastify: FastifyInstance): Promise<void> {
    await fastify.register(
      async (scope) => {
        scope.removeAllContentTypeParsers()
        scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))
        scope.post(
          '/orders',
          this.signed('place', (call) => this.place(call)),
        )
        scope.get(
          '/orders/:id',
          this.signed('read', (call) => this.find(call)),
        )
        scope.delete(
          '/orders/:id',
          this.signed('cancel', (call) => this.cancel(call)),
        )
        scope.get(
          '/orders',
          this.signed('read', (call) => this.list(call)),
        )
        scope.get(
          '/fills',
          this.signed('read', (call) => this.fills(call)),
        )
        scope.get(
          '/positions',
          this.signed('read', ({ account }) => ok({ positions: positionViews(this.venue.state, account) })),
        )
        scope.get(
          '/balances',
          this.signed('read', ({ account }) => ok({ balances: balanceViews(this.venue.state, account) })),
        )
        scope.put(
          '/leverage',
          this.signed('read', (call) => this.setLeverage(call)),
        )
        scope.get('/instruments', () => ({ instruments: marketsOf(this.venue.state, venueName).map(instrumentView) }))
      },
      { prefix: '/direct/v1' },
    )
  }

  /** Wraps one operation: signature, faults before, the operation, settle, faults after. */
  private signed(operation: Operation, answer: (call: DirectCall) => Answer) {
    return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
      const target = request.raw.url ?? ''
      const body = typeof request.body === 'string' ? request.body : ''
      const account = signedBy(this.venue, request.headers, body === '' ? target : body)
      if (account === undefined)
        return fail(reply, failure('AUTHENTICATION_FAILED', 'The key or the signature is wrong.'))
      const refused = this.faultBefore(operation, account)
      if (refused !== undefined) return fail(reply, refused)
      const mark = target.indexOf('?')
      const result = answer({
        account,
        body,
        clientOrderId: (request.params as { id?: string }).id ?? '',
        query: new URLSearchParams(mark === -1 ? '' : target.slice(mark + 1)),
        now: this.venue.now(),
      })
      await this.venue.settled()
      return this.finish(operation, account, reply, result)
    }
  }

  private faultBefore(operation: Operation, account: Account): DirectFailure | undefined {
    const call = { venue: account.venue, accountId: account.id, operation }
    const limited = this.faults.strike('rate-limit', call)
    if (limited !== undefined) {
      return { code: 'RATE_LIMITED', message: 'Too many requests.', retryAfterMs: limited.milliseconds }
    }
    const rejected = this.faults.strike('reject', call)
    return rejected === undefined ? undefined : failure('REFUSED', 'The venue refuses the request.')
  }

  private async finish(
    operation: Operation,
    account: Account,
    reply: FastifyReply,
    result: Answer,
  ): Promise<FastifyReply> {
    const call = { venue: account.venue, accountId: account.id, operation }
    const latency = this.faults.strike('latency', call)
    if (latency !== undefined) await wait(latency.milliseconds)
    if (!result.ok) return fail(reply, result.error)
    if (this.faults.strike('drop-reply-after-accept', call) !== undefined) {
      reply.hijack()
      reply.raw.destroy()
      return reply
    }
    if (this.faults.strike('error-after-accept', call) !== undefined) {
      return fail(reply, failure('OUTCOME_UNKNOWN', 'The venue does not know yet; look the order up.'))
    }
    return reply.send(result.value)
  }

  private place({ account, body, now }: DirectCall): Answer {
    const parsed = placeDirectOrder.safeParse(parseJson(body), { error: fieldWords })
    if (!parsed.success) {
      const issue = parsed.error.issues[0]
      return err(failure('INVALID_REQUEST', `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not JSON'}`))
    }
    const market = marketOf(this.venue.state, venueName, parsed.data.symbol)
    if (market === undefined) return err(failure('UNKNOWN_SYMBOL', `${parsed.data.symbol} is not listed.`))
    const request = requestOf(parsed.data)
    if (typeof request === 'string') return err(failure('FILTER_FAILED', `${request} has too many digits.`))
    const order = this.venue.execute((session) =>
      placeOrder({ session, account, market }, underFaults(this.faults, account, request, now)),
    )
    if (order.ok) return ok(orderView(order.value))
    return err(failure(refusalCode(order.error), `${order.error.code} ${order.error.detail}`.trim()))
  }

  private newest({ account, clientOrderId, now }: DirectCall) {
    const order = account.byClientOrderId.get(clientOrderId)?.at(-1)
    return order !== undefined && isVisible(order, now) ? order : undefined
  }

  private find(call: DirectCall): Answer {
    const order = this.newest(call)
    return order === undefined ? err(notFound(call.clientOrderId)) : ok(orderView(order))
  }

  private cancel(call: DirectCall): Answer {
    const order = this.newest(call)
    if (order === undefined) return err(notFound(call.clientOrderId))
    if (isFinal(order.status)) return err(failure('ORDER_ALREADY_FINAL', `The order is ${order.status}.`))
    this.venue.execute((session) => cancelOrder(session, call.account, order))
    return ok(orderView(order))
  }

  private list({ account, query, now }: DirectCall): Answer {
    const since = Number(query.get('since') ?? 0)
    const orders = query.get('state') === 'open' ? [...account.open.values()] : account.orders
    const visible = orders.filter((order) => order.updatedAt >= since && isVisible(order, now))
    return ok({ orders: visible.slice(0, directListItemsMax).map(orderView) })
  }

  private fills({ account, query, now }: DirectCall): Answer {
    const since = Number(query.get('since') ?? 0)
    const visible = account.fills.filter((fill) => fill.at >= since && isVisible(fill.order, now))
    return ok({ fills: visible.slice(0, directListItemsMax).map(fillFigures) })
  }

  private setLeverage({ account, body }: DirectCall): Answer {
    const parsed = setDirectLeverage.safeParse(parseJson(body), { error: fieldWords })
    if (!parsed.success) return err(failure('INVALID_REQUEST', parsed.error.issues[0]?.message ?? 'not JSON'))
    const { symbol, leverage } = parsed.data
    const market = marketOf(this.venue.state, venueName, symbol)
    if (market === undefined) return err(failure('UNKNOWN_SYMBOL', `${symbol} is not listed.`))
    if (leverage > leverageMaxOf(market.instrument))
      return err(failure('LEVERAGE_REFUSED', 'The leverage is too high.'))
    this.venue.execute((session) => session.emit({ kind: 'leverage', accountId: account.id, symbol, leverage }))
    return ok(parsed.data)
  }
}

function notFound(clientOrderId: string): DirectFailure {
  return failure('ORDER_NOT_FOUND', `No order has the client order id ${clientOrderId}.`)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function fail(reply: FastifyReply, error: DirectFailure): FastifyReply {
  if (error.retryAfterMs !== undefined)
    void reply.header('retry-after', String(Math.ceil(error.retryAfterMs / secondMs)))
  return reply.status(statusOf[error.code]).send(error)
}
