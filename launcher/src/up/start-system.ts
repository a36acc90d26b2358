/**
 * Starts a whole installation in the right order and stops it in the opposite one.
 * Called by the `up` command. Must never leave anything running when a step fails.
 */
import { loadConfig } from '@tradewire/config/define-config'
import type { Environment } from '@tradewire/config/environment'
import { sharedConfig } from '@tradewire/config/shared'
import type { Logger } from '@tradewire/observability/logger'
import { commandIn } from '../home/command-in.ts'
import { type Home, createHome, logFileOf, writePrivateJson } from '../home/home.ts'
import { clearRun, lockHome, readRun } from '../home/run-record.ts'
import { ensureKeys, ensureSecrets } from '../home/secrets.ts'
import { type ServiceName, loadService } from '../services/catalogue.ts'
import { type Ports, choosePorts, portsApart } from '../services/ports.ts'
import { homeLogins, serviceEnvironment } from '../services/service-environment.ts'
import { LauncherError, exitCodes, messageOf } from '../terminal/launcher-error.ts'
import { type ProgressSink, runStep } from '../terminal/progress.ts'
import { type Endpoints, endpointsOf } from './endpoints.ts'
import { stopLeftovers } from './leftovers.ts'
import { type EnsuredOperator, ensureOperator } from './operator.ts'
import { prepareDatabase } from './prepare-database.ts'
import { untilReady } from './readiness.ts'
import { RunBook } from './run-book.ts'
import { type ServiceHost, fileLogger, inProcessHost } from './service-host.ts'
import { processHost } from './service-processes.ts'
import { type Backends, startBackends } from './start-backends.ts'

export interface SystemOptions {
  readonly home: Home
  /** Port of the gateway; the others follow. 0: any free ports. */
  readonly port: number
  readonly services: readonly ServiceName[]
  /** A process per service instead of one for all. */
  readonly processes: boolean
  readonly inherited: Environment
  readonly progress: ProgressSink
  /** Ends the start between two steps; what was started is stopped again. */
  readonly cancel: AbortSignal
}

export interface RunningSystem {
  readonly endpoints: Endpoints
  readonly operator: EnsuredOperator | undefined
  stop(): Promise<void>
}

/** What has been started so far, in order; undone backwards. */
class Undo {
  private readonly steps: (() => Promise<void>)[] = []

  add(step: () => Promise<void>): void {
    this.steps.push(step)
  }

  async run(): Promise<void> {
    for (const step of this.steps.splice(0).toReversed()) await step()
  }
}

/** Throws when the home is in use, a port is taken or a part does not start; then nothing is left running. */
export async function startSystem(options: SystemOptions): Promise<RunningSystem> {
  const { home } = options
  await createHome(home)
  await takeHome(options)
  const undo = new Undo()
  undo.add(() => clearRun(home))
  try {
    return await start(options, undo)
  } catch (error) {
    await undo.run()
    throw error
  }
}

async function takeHome({ home, port }: SystemOptions): Promise<void> {
  const holder = await lockHome(home)
  if (holder === undefined) return
  throw new LauncherError(
    `Tradewire already runs in ${home.root} (pid ${holder.pid})`,
    `${commandIn(home, 'status')} shows it, ${commandIn(home, 'down')} stops it; ` +
      `up --home DIR --port ${port === 0 ? 0 : port + portsApart} starts a second one`,
    exitCodes.alreadyRunning,
  )
}

async function start(options: SystemOptions, undo: Undo): Promise<RunningSystem> {
  const { home, progress, inherited } = options
  const { logLevel } = loadConfig(sharedConfig, { LOG_LEVEL: inherited['LOG_LEVEL'] })
  await cleanUp(home, progress)
  const log = fileLogger('launcher', logLevel, logFileOf(home, 'launcher'))
  undo.add(() => log.close())
  const ports = await choosePorts(options.port, portsNeeded(options))
  const book = new RunBook(home, options.processes ? 'processes' : 'one-process')
  const onRestart = (): void => {
    book.write().catch((error: unknown) => {
      log.logger.error({ reason: messageOf(error) }, 'the record of what runs could not be written')
    })
  }
  const backends = await startBackends({ home, ports, inherited, progress, logger: log.logger, onRestart })
  undo.add(() => backends.stop())
  await book.add(() => backends.parts())
  const databaseUrls = await migrate(options, backends)
  const environment = serviceEnvironment({
    inherited,
    home,
    ports,
    databaseUrls,
    keys: await ensureKeys(home),
    natsUrl: backends.natsUrl,
    redisUrl: backends.redisUrl,
  })
  const host = options.processes
    ? processHost({ home, environment, ports, logger: log.logger, onRestart })
    : inProcessHost(home, environment, logLevel)
  undo.add(() => host.stop())
  await book.add(() => host.parts())
  const services = await startServices(options, host)
  await book.write()
  const operator = await makeOperator(options, backends, log.logger)
  const endpoints = endpointsOf({ ...backends, services, environment, operator: operator?.login })
  await writePrivateJson(home.endpointsFile, endpoints)
  return { endpoints, operator, stop: () => undo.run() }
}

async function cleanUp(home: Home, progress: ProgressSink): Promise<void> {
  const previous = await readRun(home)
  if (previous === undefined) return
  await runStep(progress, 'Clean-up', async () => {
    const stopped = await stopLeftovers(previous)
    const detail = stopped.length === 0 ? 'nothing was left' : `stopped ${stopped.join(', ')}`
    return { value: undefined, detail: `an earlier run did not end in order; ${detail}` }
  })
}

function portsNeeded({ services, inherited }: SystemOptions): (keyof Ports)[] {
  const backends = { postgres: 'DATABASE_URL', nats: 'NATS_URL', redis: 'REDIS_URL' } as const
  const doors = { xapiMain: 'PAPER_XAPI_MAIN_PORT', xapiStream: 'PAPER_XAPI_STREAM_PORT' } as const
  const own = { ...backends, ...(services.includes('paper') ? doors : {}) }
  const operations = services.includes('gateway') ? (['operations'] as const) : []
  return [
    ...services,
    ...operations,
    ...(Object.keys(own) as (keyof typeof own)[]).filter((name) => !inherited[own[name]!]),
  ]
}

function migrate(options: SystemOptions, backends: Backends): Promise<Record<string, string>> {
  return runStep(options.progress, 'Migrations', async () => {
    const secrets = await ensureSecrets(options.home, options.services)
    const definitions = await Promise.all(options.services.map(loadService))
    const prepared = await prepareDatabase(backends.databaseUrl, definitions, homeLogins(secrets.databasePasswords))
    const applied = prepared.reduce((count, service) => count + service.applied.length, 0)
    const value = Object.fromEntries(prepared.map(({ service, url }) => [service, url]))
    const detail = applied === 0 ? 'up to date' : `${applied} applied for ${prepared.length} services`
    return { value, detail }
  })
}

async function startServices(options: SystemOptions, host: ServiceHost): Promise<Partial<Record<ServiceName, string>>> {
  const urls: Partial<Record<ServiceName, string>> = {}
  for (const name of options.services) {
    options.cancel.throwIfAborted()
    urls[name] = await runStep(options.progress, name, async () => {
      const url = await host.start(name).catch((cause: unknown) => {
        throw notStarted(options.home, name, cause)
      })
      // In one process the services come up one after the other; processes start side by side and are waited for below.
      if (!options.processes)
        await untilReady({ name, url, logFile: logFileOf(options.home, name), cancel: options.cancel })
      return { value: url, detail: `${options.processes ? 'started' : 'ready'} at ${url}` }
    })
  }
  if (options.processes) await waitForAll(options, urls)
  return urls
}

function notStarted(home: Home, name: ServiceName, cause: unknown): LauncherError {
  return new LauncherError(`${name} did not start: ${messageOf(cause)}`, `read its log: ${logFileOf(home, name)}`)
}

function waitForAll(options: SystemOptions, urls: Partial<Record<ServiceName, string>>): Promise<void> {
  return runStep(options.progress, 'Readiness', async () => {
    await Promise.all(
      options.services.map((name) =>
        untilReady({ name, url: urls[name] ?? '', logFile: logFileOf(options.home, name), cancel: options.cancel }),
      ),
    )
    return { value: undefined, detail: 'every service is ready' }
  })
}

async function makeOperator(
  options: SystemOptions,
  backends: Backends,
  logger: Logger,
): Promise<EnsuredOperator | undefined> {
  if (!options.services.includes('identity')) return undefined
  return runStep(options.progress, 'Operator', async () => {
    const value = await ensureOperator(options.home, backends.natsUrl, logger)
    return { value, detail: value.created ? 'created' : 'exists' }
  })
}
