/** `up`: starts everything and keeps it running. Must never return from --detach before everything is ready. */
import { Command, Option } from 'commander'
import { environment } from '@tradewire/config/environment'
import { collectWhileQuiet } from '@tradewire/nest-kit/quiet-garbage'
import { parseServices } from '../services/catalogue.ts'
import { gatewayPortDefault } from '../services/ports.ts'
import { aborted, exitSignal } from '../system/exit-signal.ts'
import { LauncherError } from '../terminal/launcher-error.ts'
import { printJson } from '../terminal/output.ts'
import { type ProgressSink, runStep, terminalProgress } from '../terminal/progress.ts'
import { failureMessage, startDetached, tellParent } from '../up/detached.ts'
import type { RunningSystem } from '../up/start-system.ts'
import { printWelcome } from '../up/welcome.ts'
import { type HomeOption, homeOption, jsonOption, portNumber, withExample } from './options.ts'

interface UpOptions extends HomeOption {
  readonly detach: boolean
  readonly port: number
  readonly services: string
  readonly processes: boolean
  readonly json: boolean
  /** Hidden: this process was started by `up --detach`, which listens on the channel between the two. */
  readonly reportToParent: boolean
}

export function upCommand(): Command {
  const command = new Command('up')
    .description('start PostgreSQL, NATS, Redis and the services, and run until Ctrl-C')
    .option('--detach', 'return when everything is ready and leave it running', false)
    .addOption(homeOption())
    .option(
      '--port <number>',
      'port of the gateway; the others follow it, 0 takes any free ones',
      portNumber,
      gatewayPortDefault,
    )
    .option('--services <list>', 'services to start, separated by commas', 'all')
    .option('--processes', 'one process per service, restarted when it dies', false)
    .addOption(jsonOption())
    .addOption(new Option('--report-to-parent').default(false).hideHelp())
    .addHelpText('after', environmentHelp)
    .action((options: UpOptions) => (options.detach ? runDetached(options) : runHere(options)))
  return withExample(command, './tradewire up', './tradewire up --detach --home /srv/tradewire --port 8400 --json')
}

const environmentHelp = `
DATABASE_URL, NATS_URL and REDIS_URL name servers of your own; those are used and never stopped.
With --detach the addresses and logins are written to <home>/endpoints.json.`

async function runDetached(options: UpOptions): Promise<void> {
  const startedMs = performance.now()
  const { home, port, services, processes } = options
  parseServices(services)
  const args = ['up', '--report-to-parent', '--home', home.root, '--port', String(port), '--services', services]
  const { endpoints, operator } = await startDetached(
    home,
    processes ? [...args, '--processes'] : args,
    terminalProgress(process.stderr),
  )
  if (options.json) printJson({ home: home.root, ...endpoints })
  else printWelcome({ home, endpoints, operator, elapsedMs: performance.now() - startedMs, detached: true })
}

async function runHere(options: UpOptions): Promise<void> {
  const startedMs = performance.now()
  const { home } = options
  const stopWish = exitSignal()
  const progress: ProgressSink = options.reportToParent
    ? (event) => tellParent({ kind: 'progress', event })
    : terminalProgress(process.stderr)
  const system = await startReporting(options, stopWish, progress)
  if (options.reportToParent) tellParent({ kind: 'ready', endpoints: system.endpoints, operator: system.operator })
  else if (options.json) printJson({ home: home.root, ...system.endpoints })
  else printWelcome({ home, ...system, elapsedMs: performance.now() - startedMs, detached: false })
  collectWhileQuiet({ ofStart: false })
  await aborted(stopWish)
  await runStep(progress, 'Stopping', async () => {
    await system.stop()
    return { value: undefined, detail: 'everything has stopped in order' }
  })
}

async function startReporting(options: UpOptions, cancel: AbortSignal, progress: ProgressSink): Promise<RunningSystem> {
  const { home, port, processes } = options
  try {
    // Loaded when it is needed: the framework of the services takes longer to load than other commands to run.
    const { startSystem } = await import('../up/start-system.ts')
    const services = parseServices(options.services)
    return await startSystem({ home, port, services, processes, inherited: environment(), progress, cancel })
  } catch (error) {
    const failure = cancel.aborted ? new LauncherError(`stopped by ${String(cancel.reason)} while starting`) : error
    if (options.reportToParent) tellParent(failureMessage(failure))
    throw failure
  }
}
