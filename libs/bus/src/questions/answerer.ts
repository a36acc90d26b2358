/**
 * Answers questions on core NATS: one queue group per service, deadlines kept, a bounded number at once.
 * Called by JetStreamServer. Must never start on a question whose asker has stopped waiting.
 */
import type { RpcContract } from '@tradewire/contracts/define-rpc'
import type { Clock } from '@tradewire/kernel/clock'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, type Result } from '@tradewire/kernel/result'
import { runInTrace } from '@tradewire/observability/trace'
import type { Msg, NatsConnection, Subscription } from 'nats'
import { busErrors } from '../bus.errors.ts'
import { type BusLogger, errorFields } from '../bus-logger.ts'
import { type BusMetrics, noBusMetrics } from '../bus-metrics.ts'
import type { Bus } from '../connection.ts'
import { requestInvalid } from '../rpc-client.ts'
import { type IdempotentRequests, type RequestKey, requestKey } from './idempotent-requests.ts'
import { deadlineHeader, requestKeyHeader, rpcSubjectOf, traceHeader } from './rpc-wire.ts'

export interface AnswererOptions {
  readonly bus: Bus
  readonly logger: BusLogger
  readonly clock: Clock
  /** The queue group: replicas of a service share the questions. */
  readonly service: string
  readonly metrics?: BusMetrics
  /** Absent in services without a database; then no request may carry a key. */
  readonly requests?: IdempotentRequests
}

export type AnswerMethod = (request: unknown) => Promise<Result<unknown, CodedError>>

const answersAtOnceMax = 128
const questionsWaitingMax = 1_000

interface Question {
  readonly contract: RpcContract
  readonly method: AnswerMethod
  readonly message: Msg
}

export class Answerer {
  private readonly options: AnswererOptions
  private readonly metrics: BusMetrics
  private readonly methods = new Map<string, { contract: RpcContract; method: AnswerMethod }>()
  private readonly waiting: Question[] = []
  private readonly inWork = new Set<Promise<void>>()
  private subscriptions: Subscription[] = []
  /** Where we have subscribed. */
  private connection: NatsConnection | undefined
  private unsubscribe: (() => void) | undefined

  constructor(options: AnswererOptions) {
    this.options = options
    this.metrics = options.metrics ?? noBusMetrics
  }

  answer(contract: RpcContract, method: AnswerMethod): void {
    const subject = rpcSubjectOf(contract)
    if (this.methods.has(subject)) throw new Error(`${contract.name} is answered twice`)
    this.methods.set(subject, { contract, method })
  }

  /** Subscribes once on each connection; the client renews subscriptions when it connects again by itself. */
  start(): void {
    this.unsubscribe = this.options.bus.onReady(() => {
      const connection = this.options.bus.connection()
      if (connection === this.connection) return
      this.connection = connection
      this.subscriptions = [...this.methods].map(([subject, { contract, method }]) =>
        connection.subscribe(subject, {
          queue: this.options.service,
          callback: (_error, message) => this.take({ contract, method, message }),
        }),
      )
    })
  }

  /** Takes no more questions and finishes those that were begun or wait. */
  async stop(): Promise<void> {
    this.unsubscribe?.()
    await Promise.all(this.subscriptions.map((one) => one.drain().catch(() => undefined)))
    while (this.inWork.size > 0) await Promise.race(this.inWork)
  }

  private take(question: Question): void {
    if (this.inWork.size >= answersAtOnceMax) {
      if (this.waiting.length < questionsWaitingMax) this.waiting.push(question)
      else this.reply(question, err(busErrors.of('SERVICE_UNAVAILABLE', { rpc: question.contract.name })))
      return
    }
    const work = this.work(question).finally(() => {
      this.inWork.delete(work)
      const next = this.waiting.shift()
      if (next !== undefined) this.take(next)
    })
    this.inWork.add(work)
  }

  private async work(question: Question): Promise<void> {
    const { contract, message } = question
    if (this.expired(message)) return
    const { clock, logger } = this.options
    const startedMs = clock.monotonicMs()
    let result: Result<unknown, CodedError>
    try {
      result = await this.result(question)
    } catch (error) {
      logger.error(errorFields(error), `answering ${contract.name} failed`)
      result = err(busErrors.of('ANSWER_FAILED', { rpc: contract.name }))
    }
    this.reply(question, result)
    this.metrics.answered(message.subject, result.ok, clock.monotonicMs() - startedMs)
  }

  private async result({ contract, method, message }: Question): Promise<Result<unknown, CodedError>> {
    let body: unknown
    try {
      body = message.json()
    } catch {
      return err(busErrors.of('REQUEST_INVALID', { issues: ['the body is not JSON'] }))
    }
    const request = contract.request.safeParse(body)
    if (!request.success) return err(requestInvalid(request.error))
    const trace = message.headers?.get(traceHeader) || null
    const work = () => method(request.data)
    return runInTrace(trace, `answer ${contract.name}`, () => this.once(keyOf(message), work))
  }

  private once(key: RequestKey | undefined, work: () => ReturnType<AnswerMethod>): ReturnType<AnswerMethod> {
    if (key === undefined) return work()
    const { requests, service } = this.options
    if (requests === undefined) throw new Error(`${service} has no database, so it cannot answer a request once`)
    return requests.once(key, work)
  }

  private expired(message: Msg): boolean {
    const deadline = Number(message.headers?.get(deadlineHeader) || Number.NaN)
    // A question without a deadline would be answered however late: it is malformed and nobody of ours sends it.
    return !(deadline > this.options.bus.nowMs())
  }

  private reply({ contract, message }: Question, result: Result<unknown, CodedError>): void {
    try {
      message.respond(JSON.stringify(result))
    } catch (error) {
      this.options.logger.error(errorFields(error), `the answer of ${contract.name} could not be sent`)
      message.respond(JSON.stringify(err(busErrors.of('ANSWER_FAILED', { rpc: contract.name }))))
    }
  }
}

function keyOf(message: Msg): RequestKey | undefined {
  const text = message.headers?.get(requestKeyHeader)
  return text ? requestKey.parse(JSON.parse(text)) : undefined
}
