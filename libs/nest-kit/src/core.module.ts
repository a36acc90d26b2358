/**
 * What every service finds injected: settings, logger, time, ids, randomness, metrics, health and, when it has them,
 * its database and bus. Built by startService with ready values. Must never start or stop anything itself.
 */
import { type DynamicModule, Module, type Provider } from '@nestjs/common'
import type { SharedConfig } from '@tradewire/config/shared'
import { Clock } from '@tradewire/kernel/clock'
import { IdSource } from '@tradewire/kernel/ids'
import { Randomness } from '@tradewire/kernel/randomness'
import type { Logger } from '@tradewire/observability/logger'
import { Metrics } from '@tradewire/observability/metrics'
import { Health } from '#health'
import { CONFIG, LOGGER, SHARED_CONFIG } from '#tokens'

export interface CoreParts {
  readonly config: unknown
  readonly shared: SharedConfig
  readonly logger: Logger
  readonly clock: Clock
  readonly ids: IdSource
  readonly randomness: Randomness
  readonly metrics: Metrics
  readonly health: Health
  /** Database, Bus, RpcClient, ConsumerRunner: only those that the service has. */
  readonly connections: readonly Provider[]
}

@Module({})
export class CoreModule {
  static of(parts: CoreParts): DynamicModule {
    const providers: Provider[] = [
      { provide: CONFIG, useValue: parts.config },
      { provide: SHARED_CONFIG, useValue: parts.shared },
      { provide: LOGGER, useValue: parts.logger },
      { provide: Clock, useValue: parts.clock },
      { provide: IdSource, useValue: parts.ids },
      { provide: Randomness, useValue: parts.randomness },
      { provide: Metrics, useValue: parts.metrics },
      { provide: Health, useValue: parts.health },
      ...parts.connections,
    ]
    const tokens = providers.map((provider) => (typeof provider === 'function' ? provider : provider.provide))
    return { module: CoreModule, global: true, providers, exports: tokens }
  }
}
