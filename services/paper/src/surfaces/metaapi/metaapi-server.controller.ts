/**
 * Serves the protocol of cloud terminals (MetaApi) over REST: tokens, credits, fault switches, then the endpoint's answer.
 * Called at start. All of the venue's hosts are one here, told apart by path. Must never answer before the venue settled.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { err, ok, type Result } from '@tradewire/kernel/result'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isConnected, stateAt } from '#domain/accounts/cloud-account'
import type { FaultBoard, Operation } from '#domain/protocol/faults'
import { BudgetCounter, type LimitsProfile } from '#domain/protocol/rate-limits'
import type { Account } from '#domain/state'
import type { RunningVenue } from '#ports/running-venue.port'
import { accountEndpoints } from './account.controller.ts'
import { type Answer, answered, type Delays, type Endpoint, type TerminalCall, type UserCall } from './endpoint.wire.ts'
import { historyEndpoints } from './history.controller.ts'
import { marketEndpoints } from './market.controller.ts'
import { metaapiError, tooManyRequests, type MetaapiError } from './metaapi-error.wire.ts'
import { provisioningEndpoints } from './provisioning.controller.ts'
import { ownerOf, venueName } from './token.wire.ts'
import { tradeEndpoint } from './trade.controller.ts'
import { tradeResponse } from './trade.wire.ts'

const creditsMax = { generous: 10_000_000, real: 1_000 }
const creditsWindowMs = 1_000

export interface MetaapiParts {
  readonly venue: RunningVenue
  readonly faults: FaultBoard
  readonly limits: LimitsProfile
  readonly delays: Delays
  /** Of the platform that runs this simulator, if it has one. */
  readonly platformToken: string | undefined
}

export class MetaapiServer {
  private readonly credits: BudgetCounter

  constructor(private readonly parts: MetaapiParts) {
    this.credits = new BudgetCounter({ unitsMax: creditsMax[parts.limits], windowMs: creditsWindowMs })
  }

  async register(fastify: FastifyInstance, prefix: string): Promise<void> {
    const endpoints = [
      ...provisioningEndpoints(),
      ...accountEndpoints,
      ...historyEndpoints,
      ...marketEndpoints,
      tradeEndpoint,
    ]
    await fastify.register(
      async (scope) => {
        scope.removeAllContentTypeParsers()
        scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))
        for (const endpoint of endpoints) {
          scope.route({
            method: endpoint.method,
            url: endpoint.path,
            exposeHeadRoute: false,
            handler: (request, reply) => this.serve(endpoint, request, reply),
          })
        }
        scope.setNotFoundHandler((_request, reply) => refuse(reply, metaapiError('NotFoundError', 'Not found')))
      },
      { prefix },
    )
  }

  private async serve(endpoint: Endpoint, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const call = this.callOf(request)
    if (!call.ok) return refuse(reply, call.error)
    const work = workOf(endpoint, call.value)
    if (!work.ok) return refuse(reply, work.error)
    const { account, run } = work.value
    const { retryAfterMs } = this.credits.spend(account.id, endpoint.cost, call.value.now)
    if (retryAfterMs !== undefined) return refuse(reply, tooManyRequests(call.value.now, retryAfterMs, endpoint.path))
    const operation = endpoint.operation?.(call.value.body) ?? 'read'
    const hit = this.faultBefore(endpoint, account, operation)
    const answer = hit ?? run()
    await this.parts.venue.settled()
    return this.finish({ account, operation }, reply, answer)
  }

  private callOf(request: FastifyRequest): Result<UserCall, MetaapiError> {
    const { venue, faults, delays, platformToken } = this.parts
    const token = request.headers['auth-token']
    const owner = typeof token === 'string' ? ownerOf(venue.state, token, platformToken) : undefined
    if (owner === undefined) return err(metaapiError('UnauthorizedError', 'Authorization token invalid'))
    const text = typeof request.body === 'string' ? request.body : ''
    const body = text === '' ? undefined : parseJson(text)
    if (text !== '' && body === undefined) return err(metaapiError('ValidationError', 'The body is not JSON'))
    return ok({
      venue,
      faults,
      delays,
      owner,
      now: venue.now(),
      parameters: request.params as Record<string, string>,
      query: request.query as Record<string, string | undefined>,
      headers: request.headers,
      body,
    })
  }

  private faultBefore({ path }: Endpoint, account: Account, operation: Operation): Answer | undefined {
    const { faults, venue } = this.parts
    const call = { venue: venueName, accountId: account.id, operation } as const
    const limited = faults.strike('rate-limit', call)
    if (limited !== undefined) return err(tooManyRequests(venue.now(), limited.milliseconds, path))
    if (faults.strike('reject', call) === undefined) return undefined
    if (operation === 'read') return err(metaapiError('ForbiddenError', 'The token has no access to this'))
    return answered(tradeResponse('REJECT'))
  }

  /** The trade stands by now, or was refused; what the client learns of it is another matter. */
  private async finish(
    { account, operation }: { readonly account: Account; readonly operation: Operation },
    reply: FastifyReply,
    answer: Answer,
  ): Promise<FastifyReply> {
    const { faults } = this.parts
    const call = { venue: venueName, accountId: account.id, operation } as const
    const latency = faults.strike('latency', call)
    if (latency !== undefined) await wait(latency.milliseconds)
    if (!answer.ok) return refuse(reply, answer.error)
    if (faults.strike('drop-reply-after-accept', call) !== undefined) {
      reply.hijack()
      reply.raw.destroy()
      return reply
    }
    if (faults.strike('error-after-accept', call) !== undefined) {
      return refuse(reply, metaapiError('TimeoutError', 'The terminal did not answer in time'))
    }
    const { status, headers, body } = answer.value
    void reply.status(status).headers(headers ?? {})
    return body === null ? reply.send() : reply.send(body)
  }
}

interface Work {
  /** Whose credits it costs, and whose fault switches it meets. */
  readonly account: Account
  readonly run: () => Answer
}

function workOf(endpoint: Endpoint, call: UserCall): Result<Work, MetaapiError> {
  if (endpoint.access === 'user') return ok({ account: call.owner, run: () => endpoint.answer(call) })
  const terminal = terminalOf(call)
  if (!terminal.ok) return terminal
  return ok({ account: terminal.value.account, run: () => endpoint.answer(terminal.value) })
}

/** The account of the path, if the token may see it and its terminal is up. */
function terminalOf(call: UserCall): Result<TerminalCall, MetaapiError> {
  const { venue, owner, delays, now } = call
  const id = call.parameters['accountId'] ?? ''
  const cloud = venue.state.cloudAccounts.get(id)
  const account = cloud?.ownerId === owner.id ? venue.state.accounts.get(cloud.accountId) : undefined
  if (cloud === undefined || account === undefined) {
    return err(metaapiError('NotFoundError', `Trading account with id ${id} not found`))
  }
  const state = stateAt(cloud, now, delays.deploymentMs)
  if (state !== 'DEPLOYED') {
    return err(metaapiError('NotFoundError', `Trading account with id ${id} is not deployed, its state is ${state}`))
  }
  if (isConnected(cloud, now, delays.deploymentMs)) return ok({ ...call, cloud, account })
  return err(metaapiError('TimeoutError', `Trading account with id ${id} is not connected to its broker yet`))
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function refuse(reply: FastifyReply, { status, headers, body }: MetaapiError): FastifyReply {
  return reply.status(status).headers(headers).send(body)
}
