/**
 * Starts one service: settings, telemetry, database, bus, Nest on Fastify, consumers, and at last the listening port.
 * Called by main files (through runMain), the launcher and the testkit; one process may run many services.
 * Must never touch what belongs to the process: signals, exit codes and process-wide settings are the caller's.
 */
import 'reflect-metadata'
import type { Server } from 'node:net'
import { type DynamicModule, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import { BusTime } from '@tradewire/bus/bus-time'
import { loadConfig, unknownSettings } from '@tradewire/config/define-config'
import type { Environment } from '@tradewire/config/environment'
import type { ServerSettings } from '@tradewire/config/server-settings'
import { type SharedConfig, sharedConfig } from '@tradewire/config/shared'
import { type Clock, SystemClock } from '@tradewire/kernel/clock'
import { type IdSource, UuidV7Source } from '@tradewire/kernel/ids'
import { type Randomness, SystemRandomness } from '@tradewire/kernel/randomness'
import { createLogger, type Logger } from '@tradewire/observability/logger'
import { Metrics } from '@tradewire/observability/metrics'
import { startTelemetry } from '@tradewire/observability/telemetry'
import { CoreModule } from '#core.module'
import type { AnyServiceDefinition, ServiceDefinition } from '#define-service'
import { Health } from '#health'
import { HttpErrorFilter } from '#http-errors'
import {
  closeHttp,
  createHttpAdapter,
  type HttpServerParts,
  operationsHttp,
  operationsOf,
  prepareHttp,
} from '#http-server'
import { nestLog } from '#nest-log'
import type { OpenBus } from '#service-bus'
import type { OpenDatabase } from '#service-database'
import { StopSteps } from '#stop-steps'

/** A service waits this long for PostgreSQL when it starts, and ends with one clear line after that. */
const databaseConnectWithinMsDefault = 60_000

export interface StartOptions {
  readonly logger?: Logger
  /** What the service takes for the time: that of NATS, once it is known, when not given. */
  readonly clock?: Clock
  /** This machine's, which may be wrong. */
  readonly machineClock?: Clock
  readonly ids?: IdSource
  readonly randomness?: Randomness
  /** How long PostgreSQL may be away at the start. */
  readonly databaseConnectWithinMs?: number
}

export interface RunningService {
  readonly name: string
  /** Where it listens, such as http://127.0.0.1:4103. */
  readonly url: string
  /** Where operators ask for its health and metrics: elsewhere only when its own port is public. */
  readonly operationsUrl: string
  /** The Nest application, for the launcher's composition and for tests. */
  readonly app: NestFastifyApplication
  /** Stops HTTP, consumers, relay, bus and database in this order, within 20 s. Never rejects; may be called twice. */
  stop(): Promise<void>
}

/** All that is known before anything connects. */
interface Groundwork {
  readonly definition: ServiceDefinition
  readonly settings: ServerSettings
  readonly shared: SharedConfig
  readonly logger: Logger
  readonly clock: Clock
  readonly time: BusTime
  readonly ids: IdSource
  readonly randomness: Randomness
  readonly metrics: Metrics
  readonly health: Health
  readonly stopSteps: StopSteps
  readonly databaseConnectWithinMs: number
}

interface Connections {
  readonly database: OpenDatabase | undefined
  readonly bus: OpenBus | undefined
}

/** Throws ConfigError for bad settings, and any error that keeps the service from starting, with all undone. */
export async function startService(
  definition: AnyServiceDefinition,
  environment: Environment,
  options: StartOptions = {},
): Promise<RunningService> {
  const ground = layGround(definition, environment, options)
  const { stopSteps, health, logger, clock } = ground
  const beganMs = clock.monotonicMs()
  try {
    const connections = await connect(ground)
    const app = await createApp(ground, connections)
    const operationsUrl = await openOperations(ground)
    const url = await open(ground, connections, app)
    const stop = async (): Promise<void> => {
      health.beginStop()
      await stopSteps.run()
      logger.info('stopped')
    }
    logger.info({ url, startMs: Math.round(clock.monotonicMs() - beganMs) }, 'ready')
    return { name: definition.name, url, operationsUrl: operationsUrl ?? url, app, stop }
  } catch (error) {
    await stopSteps.run()
    throw error
  }
}

function layGround(definition: ServiceDefinition, environment: Environment, options: StartOptions): Groundwork {
  const shared = loadConfig(sharedConfig, environment)
  const settings = loadConfig(definition.config, environment) as ServerSettings
  const logger = options.logger ?? createLogger({ service: definition.name, level: shared.logLevel })
  const time = new BusTime(options.machineClock ?? new SystemClock())
  const clock = options.clock ?? time
  const misspelt = unknownSettings(definition.config, environment)
  if (misspelt.length > 0) logger.warn({ names: misspelt }, 'these settings are not known and have no effect')
  return {
    definition,
    settings,
    shared,
    logger,
    clock,
    time,
    ids: options.ids ?? new UuidV7Source(time),
    randomness: options.randomness ?? new SystemRandomness(),
    metrics: new Metrics(definition.name),
    health: new Health(),
    stopSteps: new StopSteps(clock, logger),
    databaseConnectWithinMs: options.databaseConnectWithinMs ?? databaseConnectWithinMsDefault,
  }
}

/** Telemetry first, so that it sees the connections being made. Each opened thing says at once how it is closed. */
async function connect(ground: Groundwork): Promise<Connections> {
  const { definition, shared, stopSteps, health } = ground
  const telemetry = await startTelemetry({ service: definition.name, otlpEndpoint: shared.otlpEndpoint })
  stopSteps.add('telemetry', () => telemetry.stop())
  const database = await connectDatabase(ground)
  if (database !== undefined) health.register('database', () => database.ping())
  const bus = definition.bus ? await connectBus(ground, database) : undefined
  return { database, bus }
}

async function connectDatabase(ground: Groundwork): Promise<OpenDatabase | undefined> {
  const { definition, settings, shared, clock, ids, logger, stopSteps } = ground
  if (definition.database === undefined) return undefined
  // tidy-allow no-lazy-import: a service without a database does not pay 20 MB for TypeORM; nothing is cyclic here
  const { openDatabase } = await import('#service-database')
  const { schema, rows = [], connectionWaitMs, urgentConnections } = definition.database
  const opened = await openDatabase(
    {
      url: settings.databaseUrl ?? shared.databaseUrl,
      schema,
      rows,
      poolMax: settings.databasePoolMax,
      applicationName: definition.name,
      clock,
      ids,
      ...(connectionWaitMs === undefined ? {} : { connectionWaitMs }),
      ...(urgentConnections === undefined ? {} : { urgentConnections }),
    },
    { logger, withinMs: ground.databaseConnectWithinMs },
  )
  stopSteps.add('database', () => opened.database.close())
  return opened
}

async function connectBus(ground: Groundwork, database: OpenDatabase | undefined): Promise<OpenBus> {
  // tidy-allow no-lazy-import: a service without the bus does not pay for its client; nothing is cyclic here
  const { openBus } = await import('#service-bus')
  const { definition, shared, logger, health, stopSteps } = ground
  const bus = await openBus({ ...ground, url: shared.natsUrl, service: definition.name, database: database?.database })
  stopSteps.add('bus', () => bus.close())
  stopSteps.add('relay', () => bus.stopRelay())
  stopSteps.add('own consumers', () => bus.stopRunner())
  if (definition.readyWithoutBus !== true) health.register('bus', () => bus.problem())
  logger.debug('connected to the bus')
  return bus
}

async function createApp(ground: Groundwork, connections: Connections): Promise<NestFastifyApplication> {
  const { definition, logger, stopSteps, settings } = ground
  const providers = [...(connections.database?.providers ?? []), ...(connections.bus?.providers ?? [])]
  const core = CoreModule.of({ ...ground, config: settings, connections: providers })
  const app = await NestFactory.create<NestFastifyApplication>(rootOf(core, definition), createHttpAdapter(ground), {
    logger: nestLog(logger),
    abortOnError: false,
    // Fastify's own parsers: JSON with prototype poisoning refused, text/plain as text, a raw body left to the service.
    bodyParser: false,
  })
  stopSteps.add('module', () => app.close())
  app.useGlobalFilters(new HttpErrorFilter(logger))
  return app
}

/** Closed after the public port, so that operators see how it drains. */
async function openOperations(ground: Groundwork): Promise<string | undefined> {
  const operations = operationsOf(ground.settings)
  if (operations === undefined) return undefined
  const { operationsHost: host, operationsPort: port } = operations
  const fastify = operationsHttp({ ...ground, service: ground.definition.name })
  ground.stopSteps.add('operations', () => closeHttp(fastify))
  await fastify.listen({ host, port })
  return urlOf(fastify.server, host)
}

/** Routes, then the module's own start hooks, then consumers, and the port last: ready means ready. */
async function open(ground: Groundwork, connections: Connections, app: NestFastifyApplication): Promise<string> {
  const { definition, settings, stopSteps } = ground
  const fastify = app.getHttpAdapter().getInstance()
  const parts: HttpServerParts = { ...ground, service: definition.name }
  prepareHttp(fastify, parts)
  await definition.configureHttp?.(fastify, app)
  const strategy = connections.bus?.strategy
  if (strategy !== undefined) app.connectMicroservice({ strategy }, { inheritAppConfig: false })
  await app.init()
  if (strategy !== undefined) {
    stopSteps.add('consumers', () => strategy.close())
    await app.startAllMicroservices()
  }
  stopSteps.add('http', () => closeHttp(fastify))
  await app.listen(settings.httpPort, settings.httpHost)
  return urlOf(fastify.server, settings.httpHost)
}

function rootOf(core: DynamicModule, definition: ServiceDefinition): DynamicModule {
  @Module({})
  class ServiceRoot {}
  return { module: ServiceRoot, imports: [core, definition.module] }
}

function urlOf(server: Server, listeningAt: string): string {
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const host = listeningAt === '0.0.0.0' || listeningAt === '::' ? '127.0.0.1' : listeningAt
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}
