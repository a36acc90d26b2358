/**
 * A nats-server with JetStream whose acknowledgements mean "on disk". Called by the launcher, tests and benches.
 * Must never be reached beyond the loopback interface.
 */
import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Child, startChild } from './child-process.ts'
import { freePort } from './free-port.ts'
import type { RunningProcess } from './running-backend.ts'
import { tailOf } from './log-tail.ts'

export interface NatsOptions {
  /** Holds the generated configuration, the JetStream store and the pid. */
  readonly directory: string
  /** From findNatsServer. */
  readonly executable: string
  readonly logFile?: string
  readonly port?: number
  readonly serverName?: string
  /** Of the one login that is let in; absent: whoever reaches the port. */
  readonly password?: string
  /** Port of the server's own monitoring pages; absent: none. */
  readonly monitorPort?: number
  /** `always` fsyncs each write before the acknowledgement; anything else is for comparisons only. */
  readonly syncInterval?: string
}

const readyLimitMs = 10_000
const readyPollMs = 10
const stopLimitMs = 10_000

/** What a nats-server says of itself to every new connection. */
export interface NatsInfo {
  readonly server_name: string
  readonly version: string
  readonly jetstream: boolean
}

export async function startNats(options: NatsOptions): Promise<RunningProcess & { readonly storeDirectory: string }> {
  const directory = resolve(options.directory)
  await mkdir(dirname(directory), { recursive: true })
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const port = options.port ?? (await freePort())
  const serverName = options.serverName ?? nameFor(directory)
  const logFile = options.logFile ?? join(directory, 'nats.log')
  const configFile = join(directory, 'nats.conf')
  const storeDirectory = join(directory, 'store')
  await writeFile(configFile, natsConfig({ ...options, directory, port, serverName, storeDirectory }), { mode: 0o600 })
  const child = await startChild({ command: options.executable, args: ['--config', configFile], logFile })
  try {
    await waitUntilReady(child, { port, serverName, logFile })
  } catch (error) {
    await child.end('SIGKILL', stopLimitMs)
    throw error
  }
  return {
    url: `nats://${loginPart(options.password)}127.0.0.1:${port}`,
    port,
    pid: child.pid,
    storeDirectory,
    exited: child.exited,
    signal: (name) => child.signal(name),
    stop: () => child.end('SIGTERM', stopLimitMs),
  }
}

/** Unlike that of any server on other data, so that an answer on the port proves whose it is. */
function nameFor(directory: string): string {
  return `tradewire-${createHash('sha256').update(directory).digest('hex').slice(0, 12)}`
}

const user = 'tradewire'

function loginPart(password: string | undefined): string {
  return password === undefined ? '' : `${user}:${encodeURIComponent(password)}@`
}

interface ConfigInput {
  readonly port: number
  readonly serverName: string
  readonly storeDirectory: string
  readonly directory: string
  readonly password?: string
  readonly monitorPort?: number
  readonly syncInterval?: string
}

/** The server's configuration file. Paths are JSON strings, which the format accepts. */
export function natsConfig(input: ConfigInput): string {
  const lines = [
    `server_name: ${JSON.stringify(input.serverName)}`,
    `listen: "127.0.0.1:${input.port}"`,
    `pid_file: ${JSON.stringify(join(input.directory, 'nats.pid'))}`,
    ...(input.monitorPort === undefined ? [] : [`http: "127.0.0.1:${input.monitorPort}"`]),
    ...(input.password === undefined
      ? []
      : [`authorization { user: ${user}, password: ${JSON.stringify(input.password)} }`]),
    'max_payload: 4MB',
    'logtime_utc: true',
    'jetstream {',
    `  store_dir: ${JSON.stringify(input.storeDirectory)}`,
    `  sync_interval: ${input.syncInterval ?? 'always'}`,
    '}',
  ]
  return `${lines.join('\n')}\n`
}

/** Reads the greeting of the server on a port; undefined when nothing speaks NATS there. */
export function readNatsInfo(port: number, limitMs: number): Promise<NatsInfo | undefined> {
  return new Promise((settle) => {
    const socket = connect({ host: '127.0.0.1', port })
    let text = ''
    const finish = (info: NatsInfo | undefined): void => {
      socket.destroy()
      settle(info)
    }
    socket.setTimeout(limitMs, () => finish(undefined))
    socket.once('error', () => finish(undefined))
    socket.once('close', () => finish(undefined))
    socket.on('data', (chunk) => {
      text += chunk.toString('utf8')
      const end = text.indexOf('\r\n')
      if (end > 0 && text.startsWith('INFO ')) finish(JSON.parse(text.slice(5, end)) as NatsInfo)
    })
  })
}

interface Expected {
  readonly port: number
  readonly serverName: string
  readonly logFile: string
}

/** Ready means: the server that answers on the port is the one we started, and its JetStream is on. */
async function waitUntilReady(child: Child, expected: Expected): Promise<void> {
  const deadline = performance.now() + readyLimitMs
  for (;;) {
    if (child.exit() !== undefined) {
      throw new Error(`nats-server ended while starting; its log ends with:\n${await tailOf(expected.logFile)}`)
    }
    const info = await readNatsInfo(expected.port, readyPollMs * 20)
    if (info !== undefined && info.server_name !== expected.serverName) {
      throw new Error(`port ${expected.port} belongs to another nats-server (${info.server_name})`)
    }
    if (info?.jetstream === true) return
    if (performance.now() > deadline) {
      throw new Error(`nats-server was not ready in time; its log ends with:\n${await tailOf(expected.logFile)}`)
    }
    await delay(readyPollMs)
  }
}
