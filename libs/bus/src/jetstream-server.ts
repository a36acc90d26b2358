/**
 * Nest's transport strategy for this bus: connects @Consume methods to the consumer runner and @Answer methods to the
 * answerer. Made by startService: app.connectMicroservice({ strategy }). Must never process without inbox and ack.
 */
import { type CustomTransportStrategy, type MessageHandler, Server } from '@nestjs/microservices'
import type { EventContract } from '@tradewire/contracts/define-event'
import type { Clock } from '@tradewire/kernel/clock'
import type { CodedError } from '@tradewire/kernel/errors'
import type { Result } from '@tradewire/kernel/result'
import { Answerer } from './questions/answerer.ts'
import type { BusLogger } from './bus-logger.ts'
import type { BusMetrics } from './bus-metrics.ts'
import type { Bus } from './connection.ts'
import type { RunningConsumer } from './consume/consumer-options.ts'
import type { ConsumerRunner } from './consume/consumer-runner.ts'
import type { IdempotentRequests } from './questions/idempotent-requests.ts'
import { type AnswerExtras, busTransport, Call, type ConsumeExtras } from './decorators.ts'

export interface JetStreamServerOptions {
  /** Names durables (`<service>-<name of @Consume>`) and the queue group of answers. */
  readonly service: string
  readonly bus: Bus
  /** Absent in services without a database; then @Consume is refused. */
  readonly runner?: ConsumerRunner
  /** Absent likewise; then no question may carry an idempotency key. */
  readonly requests?: IdempotentRequests
  readonly logger: BusLogger
  readonly clock: Clock
  readonly metrics?: BusMetrics
}

interface Extras {
  readonly consume?: ConsumeExtras
  readonly answer?: AnswerExtras
}

export class JetStreamServer extends Server implements CustomTransportStrategy {
  override readonly transportId = busTransport
  // The failure travels in the Call; Nest need not report it a second time.
  override readonly propagatesEventHandlerErrors = true
  private readonly options: JetStreamServerOptions
  private readonly answerer: Answerer
  private readonly consumers: RunningConsumer[] = []

  constructor(options: JetStreamServerOptions) {
    super()
    this.options = options
    const { bus, logger, clock, service, metrics, requests } = options
    const extras = { ...(metrics && { metrics }), ...(requests && { requests }) }
    this.answerer = new Answerer({ bus, logger, clock, service, ...extras })
  }

  /** Does not wait for NATS: a service starts without it. */
  listen(callback: (...parameters: unknown[]) => unknown): void {
    for (const [pattern, handler] of this.messageHandlers) {
      const extras = (handler.extras ?? {}) as Extras
      if (extras.consume !== undefined) this.consume(extras.consume, handler)
      else if (extras.answer !== undefined) this.answerWith(extras.answer, handler)
      else throw new Error(`${pattern}: use @Consume or @Answer; Nest's own patterns do not reach the bus`)
    }
    this.answerer.start()
    callback()
  }

  /** Stops pulling, finishes what runs. Quick: nothing waits for messages. */
  async close(): Promise<void> {
    await Promise.all([this.answerer.stop(), ...this.consumers.map((consumer) => consumer.stop())])
  }

  on(): never {
    throw new Error('the bus has no transport events; use Bus.onReady and Bus.onLost')
  }

  unwrap<Native>(): Native {
    return this.options.bus as Native
  }

  private consume({ contracts, options }: ConsumeExtras, handler: MessageHandler): void {
    const { runner, service } = this.options
    if (runner === undefined) throw new Error(`${service} consumes events, so it needs a database`)
    const { name, ...rest } = options
    this.consumers.push(
      runner.start<EventContract>({
        ...rest,
        durable: `${service}-${name}`,
        contracts,
        handler: async (events, tx) => {
          await invoke(handler, [events, tx])
        },
      }),
    )
  }

  private answerWith({ contract }: AnswerExtras, handler: MessageHandler): void {
    this.answerer.answer(contract, async (request) => (await invoke(handler, [request])) as Result<unknown, CodedError>)
  }
}

async function invoke(handler: MessageHandler, parameters: readonly unknown[]): Promise<unknown> {
  const call = new Call(parameters)
  await handler(call)
  if (call.failure !== undefined) throw call.failure.error
  // A guard or interceptor that keeps the method from running must not look like success.
  if (call.outcome === undefined) throw new Error('the method was not called')
  return call.outcome.value
}
