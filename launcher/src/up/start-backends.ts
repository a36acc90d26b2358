/**
 * Starts the servers that the services stand on, or takes those that the settings name.
 * Called by `up`. Must never stop a server that it did not start.
 */
import type { Environment } from '@tradewire/config/environment'
import { findNatsServer } from '@tradewire/backends/find-nats-server'
import { readNatsInfo, startNats } from '@tradewire/backends/start-nats'
import { startPostgres } from '@tradewire/backends/start-postgres'
import { startRedis } from '@tradewire/backends/start-redis'
import type { RunningProcess } from '@tradewire/backends/running-backend'
import type { Logger } from '@tradewire/observability/logger'
import { timestamp } from '../terminal/timestamp.ts'
import { type Home, logFileOf, toolsDirectory } from '../home/home.ts'
import { ensureSecrets } from '../home/secrets.ts'
import { type RunPart, markOf } from '../home/run-record.ts'
import type { Ports } from '../services/ports.ts'
import { parseLogLine } from '../logs/log-lines.ts'
import { LauncherError, messageOf } from '../terminal/launcher-error.ts'
import { type ProgressSink, runStep } from '../terminal/progress.ts'
import { Supervisor } from './supervisor.ts'

export interface BackendsInput {
  readonly home: Home
  readonly ports: Ports
  readonly inherited: Environment
  readonly progress: ProgressSink
  readonly logger: Logger
  readonly onRestart: () => void
}

export interface Backends {
  /** The administrator's URL: services never see it. */
  readonly databaseUrl: string
  readonly natsUrl: string
  readonly redisUrl: string
  /** Those that we started, as they are at this moment. */
  parts(): RunPart[]
  stop(): Promise<void>
}

interface Started {
  readonly name: string
  readonly url: string
  readonly part: () => RunPart | undefined
  readonly stop: () => Promise<void>
}

const embeddedDatabase = 'tradewire'

export async function startBackends(input: BackendsInput): Promise<Backends> {
  const started: Started[] = []
  const stop = async (): Promise<void> => {
    for (const backend of started.toReversed()) await backend.stop()
  }
  try {
    for (const start of [postgres, nats, redis]) started.push(await start(input))
  } catch (error) {
    await stop()
    throw error
  }
  const urlOf = (name: string): string => started.find((backend) => backend.name === name)?.url ?? ''
  return {
    databaseUrl: urlOf('postgres'),
    natsUrl: urlOf('nats'),
    redisUrl: urlOf('redis'),
    parts: () => started.map((backend) => backend.part()).filter((part) => part !== undefined),
    stop,
  }
}

/** A URL for people and logs: without its password. */
export function withoutPassword(url: string): string {
  return url.replace(/(\/\/[^:@/]*):[^@]*@/, '$1@')
}

function external(name: string, url: string): Started {
  return { name, url, part: () => undefined, stop: async () => undefined }
}

function postgres(input: BackendsInput): Promise<Started> {
  return runStep(input.progress, 'PostgreSQL', async (step) => {
    const url = input.inherited['DATABASE_URL']
    if (url) return { value: external('postgres', url), detail: `yours, ${withoutPassword(url)}` }
    const logFile = logFileOf(input.home, 'postgres')
    const start = () =>
      startPostgres({
        directory: input.home.postgres,
        port: input.ports.postgres,
        logFile,
        database: embeddedDatabase,
        onProgress: (line) => step.note(line),
      })
    const value = await supervised('postgres', logFile, input, start)
    return { value, detail: `ready at 127.0.0.1:${input.ports.postgres}` }
  })
}

function nats(input: BackendsInput): Promise<Started> {
  return runStep(input.progress, 'NATS', async (step) => {
    const url = input.inherited['NATS_URL']
    if (url) return { value: external('nats', url), detail: `yours, ${withoutPassword(url)}` }
    const binary = await findNatsServer({ toolsDirectory, onProgress: (line) => step.note(line) })
    const logFile = logFileOf(input.home, 'nats')
    const { natsPassword: password } = await ensureSecrets(input.home, [])
    const options = { directory: input.home.nats, executable: binary.path, port: input.ports.nats, logFile, password }
    const value = await supervised('nats', logFile, input, () => startNats(options))
    const version = (await readNatsInfo(input.ports.nats, 1_000))?.version ?? binary.version
    return { value, detail: `${version} with JetStream at 127.0.0.1:${input.ports.nats}` }
  })
}

async function redis(input: BackendsInput): Promise<Started> {
  return runStep(input.progress, 'Redis', async () => {
    const url = input.inherited['REDIS_URL']
    if (url) return { value: external('redis', url), detail: `yours, ${withoutPassword(url)}` }
    const running = await startRedis({ port: input.ports.redis })
    const part = partOf({
      name: 'redis',
      url: running.url,
      pid: process.pid,
      logFile: logFileOf(input.home, 'launcher'),
    })
    const value: Started = { name: 'redis', url: running.url, part: () => part, stop: () => running.stop() }
    return { value, detail: `in this process at 127.0.0.1:${running.port}` }
  })
}

async function supervised(
  name: string,
  logFile: string,
  input: BackendsInput,
  start: () => Promise<RunningProcess>,
): Promise<Started> {
  let part: RunPart | undefined
  const supervisor = new Supervisor({
    name,
    logger: input.logger,
    onRestart: input.onRestart,
    start: async () => {
      const running = await start()
      part = partOf({ name, url: running.url, pid: running.pid, logFile })
      return running
    },
  })
  const { url } = await supervisor.start().catch((cause: unknown) => {
    throw new LauncherError(`${name} did not start: ${causeIn(name, messageOf(cause))}`, `read its log: ${logFile}`)
  })
  return { name, url, part: () => part, stop: () => supervisor.stop() }
}

const TELLING = /could not|FATAL|ERROR|\[FTL\]|\[ERR\]/

/** The first line of the server's log that tells what was wrong; the whole message where none does. */
export function causeIn(name: string, message: string): string {
  const telling = message
    .split('\n')
    .slice(1)
    .find((line) => TELLING.test(line))
  return telling === undefined ? message : parseLogLine(name, telling, '').text
}

function partOf(input: { name: string; url: string; pid: number; logFile: string }): RunPart {
  const { name, url, pid, logFile } = input
  return { name, kind: 'backend', url: withoutPassword(url), ...markOf(pid), startedAt: timestamp(), logFile }
}
