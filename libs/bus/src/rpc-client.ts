/**
 * Asks another service and waits until the contract's deadline.
 * Injected into use cases and the gateway. Must never be used to tell news: an event does that.
 */
import type { ReplyOf, RpcContract } from '@tradewire/contracts/define-rpc'
import type { Clock } from '@tradewire/kernel/clock'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import type { BoxPublicKey } from '@tradewire/kernel/sealed-box'
import { injectTrace, withSpan } from '@tradewire/observability/trace'
import { headers, type Msg, NoRespondersError, RequestError, TimeoutError } from 'nats'
import type { z } from 'zod'
import { busErrors } from './bus.errors.ts'
import { type Bus, BusUnavailableError } from './connection.ts'
import type { RequestKey } from './questions/idempotent-requests.ts'
import { deadlineHeader, requestKeyHeader, rpcReply, rpcSubjectOf, traceHeader } from './questions/rpc-wire.ts'

export interface AskOptions {
  /** Shorter or longer than the contract's own deadline. */
  readonly deadlineMs?: number
  /** Asked again with the same key, the answer is the same and nothing is done twice; the answering service needs a database. */
  readonly key?: RequestKey | undefined
}

const issuesShownMax = 5
const keyKeptMs = 60_000

export class RpcClient {
  private readonly bus: Bus
  private readonly clock: Clock
  /** Keys to seal with, by the question that answers with them. */
  private readonly keys = new Map<string, { readonly key: BoxPublicKey; readonly untilMs: number }>()

  constructor(bus: Bus, clock: Clock) {
    this.bus = bus
    this.clock = clock
  }

  /**
   * The answering service's own Result, or SERVICE_UNAVAILABLE (nobody answers), DEADLINE_EXCEEDED (outcome not
   * known), REQUEST_INVALID, REPLY_INVALID, ANSWER_FAILED. Never rejects.
   */
  async ask<Contract extends RpcContract>(
    contract: Contract,
    request: z.input<Contract['request']>,
    options: AskOptions = {},
  ): Promise<Result<ReplyOf<Contract>, CodedError>> {
    const parsed = contract.request.safeParse(request)
    if (!parsed.success) return err(requestInvalid(parsed.error))
    if (!this.bus.ready()) return err(busErrors.of('SERVICE_UNAVAILABLE', { rpc: contract.name }))
    const deadlineMs = options.deadlineMs ?? contract.deadlineMs
    return withSpan(`ask ${contract.name}`, { rpc: contract.name }, async () => {
      // The answering side parses again, so the request travels as it came in, but for its secrets.
      const travelling = await this.sealed(contract, request, parsed.data)
      if (!travelling.ok) return travelling
      try {
        return readReply(contract, await this.send(contract, travelling.value, { ...options, deadlineMs }))
      } catch (error) {
        return err(askFailure(contract, error))
      }
    })
  }

  private async sealed(
    { sealing }: RpcContract,
    request: unknown,
    checked: unknown,
  ): Promise<Result<unknown, CodedError>> {
    if (sealing === undefined) return ok(request)
    const { name } = sealing.keyOf
    const known = this.keys.get(name)
    if (known !== undefined && known.untilMs > this.clock.monotonicMs()) {
      return ok(sealing.apply(checked, known.key))
    }
    const key = await this.ask(sealing.keyOf, {})
    if (!key.ok) return key
    this.keys.set(name, { key: key.value, untilMs: this.clock.monotonicMs() + keyKeptMs })
    return ok(sealing.apply(checked, key.value))
  }

  private send(
    contract: RpcContract,
    request: unknown,
    { deadlineMs, key }: AskOptions & { readonly deadlineMs: number },
  ): Promise<Msg> {
    const sent = headers()
    if (key !== undefined) sent.set(requestKeyHeader, JSON.stringify(key))
    sent.set(deadlineHeader, String(this.bus.nowMs() + deadlineMs))
    const trace = injectTrace()
    if (trace !== undefined) sent.set(traceHeader, trace)
    const body = JSON.stringify(request)
    return this.bus.connection().request(rpcSubjectOf(contract), body, { timeout: deadlineMs, headers: sent })
  }
}

export function requestInvalid(error: z.ZodError): CodedError {
  const issues = error.issues.slice(0, issuesShownMax)
  return busErrors.of('REQUEST_INVALID', {
    issues: issues.map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`)),
  })
}

function readReply<Contract extends RpcContract>(
  contract: Contract,
  message: Msg,
): Result<ReplyOf<Contract>, CodedError> {
  const reply = rpcReply.safeParse(message.json())
  if (!reply.success) return err(busErrors.of('REPLY_INVALID', { rpc: contract.name }))
  if (!reply.data.ok) return err(reply.data.error)
  const value = contract.reply.safeParse(reply.data.value)
  if (!value.success) return err(busErrors.of('REPLY_INVALID', { rpc: contract.name }))
  return ok(value.data as ReplyOf<Contract>)
}

function askFailure(contract: RpcContract, error: unknown): CodedError {
  const timedOut = error instanceof TimeoutError || (error instanceof Error && error.cause instanceof TimeoutError)
  if (timedOut) return busErrors.of('DEADLINE_EXCEEDED', { rpc: contract.name })
  // A connection that broke after sending leaves the outcome open; one that nobody listens on does not.
  const nobody =
    error instanceof BusUnavailableError ||
    error instanceof NoRespondersError ||
    (error instanceof RequestError && error.isNoResponders())
  return busErrors.of(nobody ? 'SERVICE_UNAVAILABLE' : 'DEADLINE_EXCEEDED', { rpc: contract.name })
}
