/**
 * An embedded PostgreSQL whose process is ours: we own its pid, its log and its end. Called by the launcher and tests.
 * Must never run without fsync, and never serve anything but the loopback interface.
 */
import { execFile } from 'node:child_process'
import { chown, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises'
import { totalmem } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { SystemRandomness } from '@tradewire/kernel/randomness'
import { Client } from 'pg'
import { type Child, startChild } from './child-process.ts'
import { freePort } from './free-port.ts'
import { tailOf } from './log-tail.ts'
import {
  type PostgresBinaries,
  type SystemUser,
  findPostgresBinaries,
  postgresUser,
  reachableBinaries,
  reachableDirectory,
  repairLinks,
} from './postgres-binaries.ts'
import { commandLineOf, isAlive, workingDirectoryOf } from './process-identity.ts'
import type { RunningProcess } from './running-backend.ts'

export interface PostgresOptions {
  /** Holds data-<major>/ and the superuser's password. As root it must be reachable for another user, or is moved. */
  readonly directory: string
  readonly port?: number
  readonly logFile?: string
  /** Created when missing. Default: postgres. */
  readonly database?: string
  /** Extra settings, such as { max_connections: '50' }; they win over ours. */
  readonly settings?: Readonly<Record<string, string>>
  readonly onProgress?: (line: string) => void
}

export interface RunningPostgres extends RunningProcess {
  readonly dataDirectory: string
  /** Stops without a checkpoint, as a crash would (SIGQUIT), and waits. */
  stopImmediately(): Promise<void>
}

const superuser = 'tradewire'
const passwordBytes = 24
const readyLimitMs = 60_000
const readyPollMs = 10
const stopLimitMs = 20_000
const crashStopLimitMs = 5_000
const roomyMemoryBytes = 2 * 1024 ** 3

/** Starts PostgreSQL; creates the data directory the first time. The url is that of the superuser. */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const user = postgresUser()
  const found = findPostgresBinaries()
  await repairLinks(found)
  const binaries = await reachableBinaries(found, user)
  const directory = await reachableDirectory(resolve(options.directory), user)
  const dataDirectory = join(directory, `data-${binaries.major}`)
  const password = await initialise({ binaries, directory, dataDirectory, user, onProgress: options.onProgress })
  await clearLeftover(await realpath(dataDirectory), options.onProgress)
  const port = options.port ?? (await freePort())
  const logFile = options.logFile ?? join(resolve(options.directory), 'postgres.log')
  const child = await startChild({
    command: binaries.postgres,
    args: ['-D', dataDirectory, ...settingsOf(port, options.settings)],
    logFile,
    cwd: directory,
    user,
  })
  const urlOf = (database: string): string => `postgres://${superuser}:${password}@127.0.0.1:${port}/${database}`
  try {
    await waitUntilReady(child, { url: urlOf('postgres'), dataDirectory, logFile })
    await createDatabase(urlOf('postgres'), options.database ?? 'postgres')
  } catch (error) {
    await child.end('SIGINT', crashStopLimitMs)
    throw error
  }
  return {
    url: urlOf(options.database ?? 'postgres'),
    port,
    pid: child.pid,
    dataDirectory,
    exited: child.exited,
    signal: (name) => child.signal(name),
    // SIGINT is PostgreSQL's fast shutdown: it ends sessions, writes a checkpoint and goes.
    stop: () => child.end('SIGINT', stopLimitMs),
    stopImmediately: () => child.end('SIGQUIT', crashStopLimitMs),
  }
}

interface Initialisation {
  readonly binaries: PostgresBinaries
  readonly directory: string
  readonly dataDirectory: string
  readonly user: SystemUser | undefined
  readonly onProgress: ((line: string) => void) | undefined
}

/** Returns the superuser's password; makes it and the data directory the first time. */
async function initialise(input: Initialisation): Promise<string> {
  const passwordFile = join(input.directory, 'superuser-password')
  const known = await readFile(passwordFile, 'utf8').catch(() => undefined)
  const complete = await stat(join(input.dataDirectory, 'PG_VERSION')).then(
    () => true,
    () => false,
  )
  if (known !== undefined && complete) return known.trim()
  if (complete) throw new Error(`${passwordFile} is missing, so ${input.dataDirectory} cannot be opened`)
  input.onProgress?.(`creating the database files of PostgreSQL ${input.binaries.major}`)
  const password = new SystemRandomness().bytes(passwordBytes).toString('base64url')
  // initdb reads the password as its own user; the copy that we keep stays unreadable for that user.
  const handOver = join(input.directory, 'initdb-password')
  await writeFile(handOver, password, { mode: 0o600 })
  if (input.user !== undefined) await chown(handOver, input.user.uid, input.user.gid)
  const args = [
    `--pgdata=${input.dataDirectory}`,
    `--username=${superuser}`,
    `--pwfile=${handOver}`,
    '--auth=scram-sha-256',
  ]
  args.push('--encoding=UTF8', '--no-locale', '--locale-provider=builtin', '--builtin-locale=C.UTF-8')
  try {
    await promisify(execFile)(input.binaries.initdb, args, { cwd: input.directory, ...input.user })
  } catch (cause) {
    await rm(input.dataDirectory, { recursive: true, force: true })
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`the database files could not be created: ${reason}`, { cause })
  } finally {
    await rm(handOver, { force: true })
  }
  await writeFile(passwordFile, password, { mode: 0o600 })
  return password
}

/** Command line settings. fsync, full_page_writes and synchronous_commit keep their safe defaults. */
export function settingsOf(port: number, extra: Readonly<Record<string, string>> = {}): string[] {
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    shared_buffers: totalmem() >= roomyMemoryBytes ? '256MB' : '128MB',
    max_connections: '200',
    max_wal_size: '4GB',
    // Files of the log are kept for a burst: making a new one keeps everybody from committing for some 100 ms.
    min_wal_size: '1GB',
    checkpoint_timeout: '15min',
    jit: 'off',
    log_line_prefix: '%m [%p] %q%a ',
    log_timezone: 'UTC',
    timezone: 'UTC',
    ...extra,
  }
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

/** Ends a PostgreSQL that a killed starter left behind on the same data, and removes pid files that mean nothing. */
async function clearLeftover(dataDirectory: string, onProgress?: (line: string) => void): Promise<void> {
  const pidFile = join(dataDirectory, 'postmaster.pid')
  const text = await readFile(pidFile, 'utf8').catch(() => '')
  const pid = Number(text.split('\n')[0])
  if (!Number.isSafeInteger(pid) || pid <= 0) return
  const ours = workingDirectoryOf(pid) === dataDirectory || commandLineOf(pid).includes(dataDirectory)
  if (!isAlive(pid) || !ours) {
    await rm(pidFile, { force: true })
    return
  }
  onProgress?.(`stopping the PostgreSQL that an earlier run left behind (pid ${pid})`)
  process.kill(pid, 'SIGINT')
  const deadline = performance.now() + stopLimitMs
  while (isAlive(pid)) {
    if (performance.now() > deadline) throw new Error(`PostgreSQL ${pid} of an earlier run does not stop`)
    await delay(readyPollMs)
  }
}

interface Expected {
  readonly url: string
  readonly dataDirectory: string
  readonly logFile: string
}

/** Ready means: it answers, and what answers is the server of our data directory. */
async function waitUntilReady(child: Child, expected: Expected): Promise<void> {
  const deadline = performance.now() + readyLimitMs
  for (;;) {
    if (child.exit() !== undefined || performance.now() > deadline) {
      throw new Error(`PostgreSQL did not start; its log ends with:\n${await tailOf(expected.logFile)}`)
    }
    const shown = await ask(expected.url, 'show data_directory').catch(() => undefined)
    if (shown === expected.dataDirectory) return
    if (shown !== undefined) throw new Error(`the port belongs to another PostgreSQL (data in ${shown})`)
    await delay(readyPollMs)
  }
}

async function createDatabase(adminUrl: string, name: string): Promise<void> {
  const exists = await ask(adminUrl, `select 1 from pg_database where datname = '${name.replaceAll("'", "''")}'`)
  if (exists === undefined) await ask(adminUrl, `create database "${name.replaceAll('"', '""')}"`)
}

/** First column of the first row. */
async function ask(url: string, sql: string): Promise<string | undefined> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
  client.on('error', () => undefined)
  await client.connect()
  try {
    const { rows } = await client.query({ text: sql, rowMode: 'array' })
    return (rows[0] as readonly string[] | undefined)?.[0]
  } finally {
    await client.end()
  }
}
