/** `run`: named services in this process, settings from the environment. Must never start a server or migrate. */
import { Command } from 'commander'
import { ConfigError } from '@tradewire/config/config-error'
import { environment } from '@tradewire/config/environment'
import { collectStartGarbage } from '@tradewire/nest-kit/start-garbage'
import type { RunningService } from '@tradewire/nest-kit/start-service'
import { createLogger } from '@tradewire/observability/logger'
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

async function runServices(names: readonly ServiceName[]): Promise<void> {
  // A service process must not outlive a launcher that was killed.
  const stopWish = exitSignal(true)
  const logger = createLogger({ service: 'launcher', level: 'info' })
  process.on('uncaughtException', (error) => {
    logger.fatal({ error }, 'an error that nobody handled ends the process')
    process.exit(1)
  })
  const { startService } = await import('@tradewire/nest-kit/start-service')
  const running: RunningService[] = []
  try {
    for (const name of names) {
      const starting = loadService(name).then((definition) => startService(definition, environment()))
      // A service that waits for its database must not hold up the end of the process.
      const service = await Promise.race([starting, aborted(stopWish)])
      if (service === undefined) break
      running.push(service)
    }
    collectStartGarbage()
    await aborted(stopWish)
    logger.info({ reason: String(stopWish.reason) }, 'stopping')
  } catch (error) {
    if (error instanceof ConfigError) throw new LauncherError(error.message, undefined, badSettingsExitCode)
    throw error
  } finally {
    for (const service of running.toReversed()) await service.stop()
  }
}
