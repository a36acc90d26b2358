/**
 * One service as data: what it is called, its settings, its module, its errors, its schema.
 * Called by each service's service.ts; read by startService, the launcher, the testkit and the generators.
 * Must never start anything.
 */
import type { INestApplicationContext, Type } from '@nestjs/common'
import type { ConfigDefinition } from '@tradewire/config/define-config'
import type { ServerSettings } from '@tradewire/config/server-settings'
import type { Migration } from '@tradewire/database/migrations'
import type { ErrorTable } from '@tradewire/kernel/errors'
import type { FastifyInstance } from 'fastify'

export interface ServiceDatabase {
  /** The service's own schema; its login role has the same name unless the installation says otherwise. */
  readonly schema: string
  /** TypeORM row classes, by list. */
  // eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- TypeORM's own type of an entity class
  readonly rows?: readonly Function[]
  readonly migrations: readonly Migration[]
  /** How long a caller waits for a free connection; intake wants it short. */
  readonly connectionWaitMs?: number
  /** Connections that only what exits follow from may take. */
  readonly urgentConnections?: number
}

export interface ServiceDefinition<Config = unknown> {
  /** Also the prefix of its settings: orders -> ORDERS_. */
  readonly name: string
  readonly config: ConfigDefinition<Config>
  /** The service's AppModule. */
  readonly module: Type
  readonly errors: ErrorTable
  readonly database?: ServiceDatabase
  /** True when it consumes, emits, asks or answers over the bus. */
  readonly bus: boolean
  /** True for work that PostgreSQL alone can take in, such as alerts: then an outage of NATS leaves it ready. */
  readonly readyWithoutBus?: boolean
  /**
   * Adds routes, parsers and plugins straight to Fastify, before the service listens. Providers can be taken from
   * `app`; routes of Nest controllers are registered afterwards.
   */
  readonly configureHttp?: (fastify: FastifyInstance, app: INestApplicationContext) => void | Promise<void>
}

/** A definition whose configuration type does not matter to the holder (launcher, testkit, generators). */
export type AnyServiceDefinition = ServiceDefinition<never> | ServiceDefinition

export function defineService<Config extends ServerSettings>(
  definition: ServiceDefinition<Config>,
): ServiceDefinition<Config> {
  return definition
}
