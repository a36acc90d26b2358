/**
 * The life of a process that runs one service: start, signals, end. Called by services' main.ts and nowhere else.
 * Must never be used inside a process that runs several services: the launcher has its own.
 */
import { ConfigError } from '@tradewire/config/config-error'
import { environment } from '@tradewire/config/environment'
import { createLogger } from '@tradewire/observability/logger'
import type { AnyServiceDefinition } from '#define-service'
import { collectWhileQuiet } from '#quiet-garbage'
import { type RunningService, startService } from '#start-service'

/** sysexits: the settings are wrong; starting again changes nothing. */
const exitBadSettings = 78
const exitFailure = 1

/** Starts the service and stops it on SIGTERM or SIGINT; a second signal ends the process at once. */
export async function runMain(definition: AnyServiceDefinition): Promise<void> {
  const logger = createLogger({ service: definition.name, level: 'info' })
  let running: RunningService | undefined
  let stopping = false
  // Whatever is still open. Lookups of host names alone are waited for by Node, for seconds where no name server answers.
  const end = (code: number): never => process.exit(code)
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stopping || running === undefined) end(stopping ? exitFailure : 0)
    stopping = true
    logger.info({ signal }, 'stopping')
    void running?.stop().then(() => end(0))
  }
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
  process.on('uncaughtException', (error) => {
    logger.fatal({ error }, 'an error that nobody handled ends the process')
    end(exitFailure)
  })
  try {
    running = await startService(definition, environment())
    collectWhileQuiet({ ofStart: true })
  } catch (error) {
    if (error instanceof ConfigError) {
      logger.fatal({ problems: error.problems }, `the settings of ${error.owner} cannot be used`)
      end(exitBadSettings)
    }
    logger.fatal({ error }, `could not start: ${error instanceof Error ? error.message : String(error)}`)
    end(exitFailure)
  }
}
