/**
 * A service's connection to the bus and what runs on it: relay, consumers, answers, questions.
 * Loaded by startService only for services that use the bus. Must never publish anything itself.
 */
import type { Provider } from '@nestjs/common'
import type { BusTime } from '@tradewire/bus/bus-time'
import { Bus } from '@tradewire/bus/connection'
import { ConsumerRunner } from '@tradewire/bus/consume/consumer-runner'
import { IdempotentRequests } from '@tradewire/bus/questions/idempotent-requests'
import { JetStreamServer } from '@tradewire/bus/jetstream-server'
import { OutboxRelay } from '@tradewire/bus/publish/relay'
import { RpcClient } from '@tradewire/bus/rpc-client'
import type { Database } from '@tradewire/database/database'
import type { Clock } from '@tradewire/kernel/clock'
import type { Logger } from '@tradewire/observability/logger'
import type { Metrics } from '@tradewire/observability/metrics'
import { busMetrics } from '#bus-metrics'
import { DownWatch } from '#health'

export interface BusSettings {
  readonly url: string
  readonly service: string
  readonly logger: Logger
  readonly clock: Clock
  /** Learns the time of NATS. */
  readonly time: BusTime
  readonly metrics: Metrics
  /** Without one there is no relay and nothing can be consumed; asking and answering work. */
  readonly database: Database | undefined
}

export interface OpenBus {
  readonly strategy: JetStreamServer
  readonly providers: readonly Provider[]
  /** For readiness: undefined while the bus is up or has been down for a moment only. */
  problem(): string | undefined
  /** Ends the consumers that the service started itself. */
  stopRunner(): Promise<void>
  /** Publishes what is committed and stops. */
  stopRelay(): Promise<void>
  close(): Promise<void>
}

/** Does not wait long for NATS: everything is kept in PostgreSQL until it is there. */
export async function openBus({ url, service, logger, clock, time, metrics, database }: BusSettings): Promise<OpenBus> {
  const bus = await Bus.connect({ url, name: service, logger, time })
  const watch = new DownWatch(() => bus.ready())
  const counted = busMetrics(metrics)
  const runner = database && new ConsumerRunner({ bus, database, logger, clock, metrics: counted })
  const relay = database && new OutboxRelay({ database, bus, logger, clock, metrics: counted })
  const requests = database && new IdempotentRequests(database)
  const extras = { ...(runner && { runner }), ...(requests && { requests }) }
  const forgetBacklog =
    relay && metrics.observe('outbox_backlog_messages', 'Committed and not yet published', () => relay.backlog)
  relay?.start()
  return {
    strategy: new JetStreamServer({ service, bus, logger, clock, metrics: counted, ...extras }),
    providers: [
      { provide: Bus, useValue: bus },
      { provide: RpcClient, useValue: new RpcClient(bus, clock) },
      ...(runner === undefined ? [] : [{ provide: ConsumerRunner, useValue: runner }]),
    ],
    problem: () => (watch.isDown() ? 'NATS has not been reachable for more than 5 s' : undefined),
    async stopRunner() {
      await runner?.stop()
    },
    async stopRelay() {
      forgetBacklog?.()
      await relay?.stop()
    },
    async close() {
      watch.close()
      await bus.close()
    },
  }
}
