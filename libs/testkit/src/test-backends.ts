/**
 * Real servers for one spec file: its own database in the run's PostgreSQL and its own nats-server.
 * Called once at the top of an integration spec: `const backends = testBackends()`.
 * Must never leave a process, a database or a folder behind.
 */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startNats } from '@tradewire/backends/start-nats'
import { type RunningPostgres, startPostgres } from '@tradewire/backends/start-postgres'
import { Client, Pool } from 'pg'
import { afterAll, beforeAll, inject } from 'vitest'
import { leash } from './leash.ts'
import type { SharedBackends } from './vitest-global-setup.ts'

export interface TestBackendsOptions {
  /** A nats-server of its own; true when not given. */
  readonly nats?: boolean
  /** A PostgreSQL of its own, for tests that stop or kill it. */
  readonly ownPostgres?: boolean
}

export interface NatsRestart {
  readonly empty?: boolean
  readonly password?: string
}

type RunningNats = Awaited<ReturnType<typeof startNats>>

export interface TestBackends {
  /** The superuser's url of this file's database: for migrations and for looking. */
  readonly adminUrl: string
  /** The name of this file's database; roles carry it, because roles belong to the whole server. */
  readonly databaseName: string
  readonly natsUrl: string
  /** The file's own nats-server, to be signalled. */
  readonly nats: RunningNats
  /** The file's own PostgreSQL; throws unless asked for with ownPostgres. */
  readonly postgres: RunningPostgres
  /** An empty folder, removed at the end. */
  readonly directory: string
  /**
   * Starts nats-server again on the same port, on the same store or, with `empty`, on a new one. With a `password` it
   * lets in that login only, and natsUrl bears it; otherwise everybody.
   */
  restartNats(options?: NatsRestart): Promise<void>
  /** One statement as superuser in this file's database. */
  query<Row = Record<string, unknown>>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>
  /** Runs before the servers are stopped, last added first. */
  onStop(work: () => Promise<void>): void
}

/** Registers the start before and the stop after all tests of the file. */
export function testBackends(options: TestBackendsOptions = {}): TestBackends {
  const backends = new SpecBackends(options)
  beforeAll(() => backends.start())
  afterAll(() => backends.stop())
  return backends
}

class SpecBackends implements TestBackends {
  private readonly options: TestBackendsOptions
  private readonly works: (() => Promise<void>)[] = []
  private shared: SharedBackends | undefined
  private folder: string | undefined
  private ownPostgres: RunningPostgres | undefined
  private ownNats: RunningNats | undefined
  private natsLeash: (() => void) | undefined
  private administrator: Pool | undefined
  readonly databaseName = `test_${process.pid}_${randomBytes(4).toString('hex')}`

  constructor(options: TestBackendsOptions) {
    this.options = options
  }

  get adminUrl(): string {
    const url = new URL(this.serverUrl)
    url.pathname = `/${this.databaseName}`
    return url.toString()
  }

  get natsUrl(): string {
    return this.nats.url
  }

  get nats(): RunningNats {
    return present(this.ownNats, 'nats-server (testBackends was called with nats: false, or before beforeAll)')
  }

  get postgres(): RunningPostgres {
    return present(this.ownPostgres, 'own PostgreSQL (ask for it with testBackends({ ownPostgres: true }))')
  }

  get directory(): string {
    return present(this.folder, 'folder before beforeAll')
  }

  private get serverUrl(): string {
    return this.ownPostgres?.url ?? present(this.shared, 'PostgreSQL before beforeAll').postgresUrl
  }

  onStop(work: () => Promise<void>): void {
    this.works.push(work)
  }

  async start(): Promise<void> {
    this.shared = present(
      inject('sharedBackends') as SharedBackends | undefined,
      'backends: name the file *.int-spec.ts',
    )
    this.folder = await mkdtemp(join(tmpdir(), 'tradewire-spec-'))
    if (this.options.ownPostgres === true) await this.startOwnPostgres()
    if (this.options.nats !== false) await this.startOwnNats()
    await onServer(this.serverUrl, (client) => client.query(`create database ${this.databaseName}`))
  }

  async restartNats({ empty = false, password }: NatsRestart = {}): Promise<void> {
    const { port, storeDirectory } = this.nats
    this.natsLeash?.()
    await this.nats.stop()
    if (empty) await rm(storeDirectory, { recursive: true, force: true })
    await this.startOwnNats({ port, ...(password !== undefined && { password }) })
  }

  async query<Row = Record<string, unknown>>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    if (this.administrator === undefined) {
      this.administrator = new Pool({ connectionString: this.adminUrl, max: 1 })
      // A server that a test stops ends the connection; the next question opens another one.
      this.administrator.on('error', () => undefined)
    }
    return (await this.administrator.query(sql, [...parameters])).rows as Row[]
  }

  async stop(): Promise<void> {
    const failures: unknown[] = []
    const steps = [...this.works.toReversed(), ...this.ownSteps()]
    for (const step of steps) await step().catch((error: unknown) => failures.push(error))
    if (failures.length > 0) throw new AggregateError(failures, 'stopping the test backends failed')
  }

  private ownSteps(): (() => Promise<unknown>)[] {
    return [
      async () => this.administrator?.end(),
      async () => {
        this.natsLeash?.()
        await this.ownNats?.stop()
      },
      () => this.dropDatabase(),
      async () => this.ownPostgres?.stop(),
      async () => this.folder !== undefined && rm(this.folder, { recursive: true, force: true }),
    ]
  }

  private async startOwnPostgres(): Promise<void> {
    const postgres = await startPostgres({ directory: join(this.directory, 'postgres') })
    this.ownPostgres = postgres
    const unleash = leash(this.directory, postgres.pid)
    this.onStop(async () => unleash())
  }

  private async startOwnNats(given: { readonly port?: number; readonly password?: string } = {}): Promise<void> {
    const executable = present(this.shared, 'nats-server').natsExecutable
    // The name is unique, so that startNats can tell whether the server it reached is this one.
    const serverName = this.databaseName
    this.ownNats = await startNats({ directory: join(this.directory, 'nats'), executable, serverName, ...given })
    this.natsLeash = leash(this.directory, this.ownNats.pid)
  }

  /** Drops the database and the roles made for it. A server of this file's own goes as a whole. */
  private async dropDatabase(): Promise<void> {
    if (this.ownPostgres !== undefined || this.shared === undefined) return
    await onServer(this.serverUrl, async (client) => {
      await client.query(`drop database if exists ${this.databaseName} with (force)`)
      const roles = await client.query<{ name: string }>(
        `select rolname as name from pg_roles where right(rolname, length($1)) = $1`,
        [`_${this.databaseName}`],
      )
      for (const { name } of roles.rows) await client.query(`drop role "${name}"`)
    })
  }
}

async function onServer<Value>(url: string, work: (client: Client) => Promise<Value>): Promise<Value> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

function present<Value>(value: Value | undefined, what: string): Value {
  if (value === undefined) throw new Error(`there is no ${what}`)
  return value
}
