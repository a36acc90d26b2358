/**
 * Runs each service in a process of its own and keeps it running. Called by `up --processes`.
 * Must never share a process group with the terminal: a Ctrl-C reaches the launcher alone, which stops them in order.
 */
import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import type { Environment } from '@tradewire/config/environment'
import { settledWithin } from '@tradewire/backends/child-process'
import type { ProcessExit, RunningProcess } from '@tradewire/backends/running-backend'
import type { Logger } from '@tradewire/observability/logger'
import { timestamp } from '../terminal/timestamp.ts'
import { type Home, logFileOf } from '../home/home.ts'
import { type RunPart, markOf } from '../home/run-record.ts'
import type { ServiceName } from '../services/catalogue.ts'
import { type Ports, serviceUrl } from '../services/ports.ts'
import { ownEnvironment } from '../services/service-environment.ts'
import type { ServiceHost } from './service-host.ts'
import { Supervisor } from './supervisor.ts'

export interface ProcessHostInput {
  readonly home: Home
  readonly environment: Environment
  readonly ports: Ports
  readonly logger: Logger
  readonly onRestart: () => void
}

const stopLimitMs = 25_000
const logFileMode = 0o600

export function processHost(input: ProcessHostInput): ServiceHost {
  const supervisors: Supervisor<RunningProcess>[] = []
  const parts = new Map<ServiceName, RunPart>()
  return {
    async start(name) {
      const logFile = logFileOf(input.home, name)
      const url = serviceUrl(input.ports, name)
      const environment = ownEnvironment(name, input.environment)
      const supervisor = new Supervisor({
        name,
        logger: input.logger,
        onRestart: input.onRestart,
        start: async () => {
          const running = await startServiceProcess(name, { logFile, environment, url })
          const startedAt = timestamp()
          parts.set(name, { name, kind: 'service', url, ...markOf(running.pid), startedAt, logFile })
          return running
        },
      })
      await supervisor.start()
      supervisors.push(supervisor)
      return url
    },
    parts: () => [...parts.values()],
    async stop() {
      for (const supervisor of supervisors.splice(0).toReversed()) await supervisor.stop()
    },
  }
}

interface ServiceProcess {
  readonly logFile: string
  readonly environment: Environment
  readonly url: string
}

/** Starts `run --services <name>`. The channel to it lets it end by itself when the launcher is killed. */
async function startServiceProcess(name: ServiceName, options: ServiceProcess): Promise<RunningProcess> {
  const log = openSync(options.logFile, 'a', logFileMode)
  const child = spawn(process.execPath, [...process.execArgv, process.argv[1] ?? '', 'run', '--services', name], {
    env: options.environment,
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
  })
  closeSync(log)
  let ended = false
  const exited = new Promise<ProcessExit>((resolve) => {
    child.once('exit', (code, signal) => {
      ended = true
      resolve({ code, signal })
    })
  })
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', reject)
  })
  const signal = (wanted: NodeJS.Signals): void => {
    if (!ended) child.kill(wanted)
  }
  return {
    url: options.url,
    port: Number(new URL(options.url).port),
    pid: child.pid ?? 0,
    exited,
    signal,
    async stop() {
      signal('SIGTERM')
      if (!(await settledWithin(exited, stopLimitMs))) signal('SIGKILL')
      await exited
    },
  }
}
