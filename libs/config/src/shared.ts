/**
 * The settings that all services of an installation share; their names carry no prefix.
 * Called by startService, the launcher and scripts. Must never hold a setting of one service.
 */
import { z } from 'zod'
import { type ConfigOf, defineSettings } from './define-config.ts'

export const sharedConfig = defineSettings(
  'tradewire',
  '',
  z.object({
    databaseUrl: z
      .url({ protocol: /^postgres(ql)?$/ })
      .default('postgres://tradewire@127.0.0.1:5432/tradewire')
      .meta({ description: 'PostgreSQL of this installation', secret: true }),
    natsUrl: z.string().min(1).default('nats://127.0.0.1:4222').meta({
      description: 'NATS with JetStream, 2.10 or newer: nats://user:password@host:port, several separated by commas',
      secret: true,
    }),
    redisUrl: z
      .url({ protocol: /^rediss?$/ })
      .default('redis://127.0.0.1:6379')
      .meta({ description: 'Redis: counters and caches only', secret: true }),
    logLevel: z
      .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
      .default('info')
      .describe('Least severe line that is logged'),
    otlpEndpoint: z.url().optional().meta({
      description: 'OTLP collector over HTTP; no traces are made when not set',
      environmentName: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    }),
    environment: z.enum(['production', 'development', 'test']).default('production').meta({
      description: 'Where this runs; production refuses unsafe settings',
      environmentName: 'TRADEWIRE_ENVIRONMENT',
    }),
  }),
)

export type SharedConfig = ConfigOf<typeof sharedConfig>
