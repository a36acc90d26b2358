/** `run`: named services in this process, settings from the environment. Must never start a server or migrate. */
import { Command } from 'commander'
import { ConfigError } from '@tradewire/config/config-error'
import { environmentName } from '@tradewire/config/define-config'
import { type Environment, environment } from '@tradewire/config/environment'
import { DatabaseUnreachableError } from '@tradewire/nest-kit/database-unreachable'
import { collectWhileQuiet } from '@tradewire/nest-kit/quiet-garbage'
import type { RunningService } from '@tradewire/nest-kit/start-service'
import { createLogger, type Logger } from '@tradewire/observability/logger'
import { type ServiceName, loadService, parseServices } from '../services/catalogue.ts'
import { aborted, exitSignal } from '../system/exit-signal.ts'
import { LauncherError } from '../terminal/launcher-error.ts'
import { withExample } from './options.ts'

/** As sysexits has it: the settings are wrong, starting again changes nothing. */
const badSettingsExitCode = 78

interface RunOptions {
  readonly services: string
}

export function runCommand(): Command {
  const command = new Command('run')
    .description('run services in the foreground, as the container image does; logs go to standard output')
    .option('--services <list>', 'services to run, separated by commas', 'all')
    .addHelpText('after', '\nSettings come from the environment. Migrations are not run: see `./tradewire migrate`.')
    .action(({ services }: RunOptions) => runServices(parseServices(services)))
  return withExample(command, 'DATABASE_URL=... NATS_URL=... ./tradewire run --services orders,brokers')
}

/** The settings of which one would say where a service's database is, where none does. */
export function databaseSettingsUnset(name: ServiceName, given: Environment): string[] {
  const settings = ['', name.toUpperCase()].map((prefix) => environmentName(prefix, 'databaseUrl'))
  return settings.some((setting) => given[setting] || given[`${setting}_FILE`]) ? [] : settings
}

async function start(name: ServiceName, logger: Logger): Promise<RunningService> {
  const { startService } = await import('@tradewire/nest-kit/start-service')
  const definition = await loadService(name)
  const unset = definition.database === undefined ? [] : databaseSettingsUnset(name, environment())
  if (unset.length > 0) logger.warn({ name, unset }, 'no address of a database is set: the default one is tried')
  return startService(definition, environment()).catch((error: unknown) => {
    throw error instanceof DatabaseUnreachableError ? unreachable(name, error, unset) : error
  })
}

function unreachable(name: ServiceName, { message }: Error, unset: readonly string[]): LauncherError {
  const failure = `${name} did not start: ${message}`
  if (unset.length === 0) return new LauncherError(failure, 'see whether PostgreSQL runs where DATABASE_URL says')
  return new LauncherError(`${failure}; no address of it is set`, `set ${unset.join(' or ')}`)
}

async function runServices(names: readonly ServiceName[]): Promise<void> {
  // A service process must not outlive a launcher that was killed.
  const stopWish = exitSignal(true)
  const logger = createLogger({ service: 'launcher', level: 'info' })
  process.on('uncaughtException', (error) => {
    logger.fatal({ error }, 'an error that nobody handled ends the process')
    process.exit(1)
  })
  const running: RunningService[] = []
  try {
    for (const name of names) {
      // A service that waits for its database must not hold up the end of the process.
      const service = await Promise.race([start(name, logger), aborted(stopWish)])
      if (service === undefined) break
      running.push(service)
    }
    // What several leave behind takes so long to collect that first requests would wait for it.
    collectWhileQuiet({ ofStart: names.length === 1 })
    await aborted(stopWish)
    logger.info({ reason: String(stopWish.reason) }, 'stopping')
  } catch (error) {
    if (error instanceof ConfigError) throw new LauncherError(error.message, undefined, badSettingsExitCode)
    throw error
  } finally {
    for (const service of running.toReversed()) await service.stop()
  }
}
