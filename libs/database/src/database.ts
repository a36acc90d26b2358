/**
 * A service's own schema in PostgreSQL, through one TypeORM data source and one pool.
 * Started by startService and injected; called by stores, the outbox relay and the consumer runner.
 * Must never run with a durability setting off (rule R9), and never reads another service's schema.
 */
import type { Clock } from '@tradewire/kernel/clock'
import type { IdSource } from '@tradewire/kernel/ids'
import type { Pool, PoolClient } from 'pg'
import { DataSource, type QueryRunner } from 'typeorm'
import type { EventContract } from '@tradewire/contracts/define-event'
import { OutboxBuffer, type OutboxRow } from './outbox-message.ts'
import { PermitRefusedError, Permits } from './permits.ts'
import { classifyDatabaseError, DatabaseUnavailableError } from './retryable-error.ts'
import { narrowSql, widenSql } from './own-rows.ts'
import { Session } from './session.ts'
import { StatementNames } from './statement-names.ts'
import type { Told, ToldInsert } from './told-insert.ts'
import { runStatement, Transaction } from './transaction.ts'

export interface DatabaseOptions {
  readonly url: string
  readonly schema: string
  /** TypeORM row classes, by list. */
  // eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- TypeORM's own type of an entity class
  readonly rows?: readonly Function[]
  readonly poolMax: number
  /** Of these, so many that only urgent transactions take; a pool of fewer than eight keeps none. */
  readonly urgentConnections?: number
  readonly applicationName: string
  readonly clock: Clock
  readonly ids: IdSource
  /** How long a caller waits for a connection before DatabaseUnavailableError; intake wants it short. */
  readonly connectionWaitMs?: number
  /** Tests only: accept a server with fsync, full_page_writes or synchronous_commit off. */
  readonly unsafeDurability?: boolean
}

export interface TransactOptions {
  /** Exits follow from it: it goes before all that waits for a connection, and has some of its own. */
  readonly urgent?: boolean
}

/**
 * PostgreSQL's own figure, 4, is of turning disks: it would gather the few rows that are asked for here in bitmaps first,
 * which costs more than to fetch them and leaves dead entries of an index to be read again until it is vacuumed.
 */
const randomPageCost = 1.1
const connectionWaitMsDefault = 5_000
/**
 * So many connections stay open through quiet hours, as many as one signal uses in a service: to open one and to plan on
 * it what it has never been asked takes longer than all that a signal needs otherwise.
 */
const keptConnections = 4
/** In a smaller pool work that needs two connections at once would be short of them. */
const reservingPoolMin = 8
const statementTimeoutMs = 15_000
const lockTimeoutMs = 5_000
/** A process that stalls inside a transaction blocks others by its inbox rows: its session ends after this. */
const idleInTransactionTimeoutMs = 15_000
/** The client's own limit, for a server that has stopped answering. */
const answerWaitMs = 20_000
/** How long a fresh outbox row belongs to the process that inserted it; then any relay may publish it. */
const outboxClaimMs = 1_500

/** JSON text never holds this character, so bodies travel as one text: quoting them as an array costs more than all else. */
const bodySeparator = '\u001f'

const insertOutboxSql = `insert into outbox (id, subject, body, event_count, split, trace, claimed_until)
select id, subject, body, event_count, split, trace, clock_timestamp() + $7::int * interval '1 millisecond'
from unnest($1::uuid[], $2::text[], string_to_array($3::text, chr(31)), $4::int[], $5::bool[], $6::text[])
  as m (id, subject, body, event_count, split, trace)`

export type CommittedListener = (rows: readonly OutboxRow[]) => void

export class Database {
  readonly dataSource: DataSource
  readonly schema: string
  private readonly clock: Clock
  private readonly ids: IdSource
  private readonly names = new StatementNames()
  private readonly permits: Permits
  private readonly listeners = new Set<CommittedListener>()

  private constructor(dataSource: DataSource, options: DatabaseOptions) {
    this.dataSource = dataSource
    this.schema = options.schema
    this.clock = options.clock
    this.ids = options.ids
    this.permits = new Permits({
      all: options.poolMax,
      urgent: options.poolMax < reservingPoolMin ? 0 : (options.urgentConnections ?? 0),
      waitMs: options.connectionWaitMs ?? connectionWaitMsDefault,
    })
  }

  /** Throws DatabaseUnavailableError when the server is away and UnsafeDurabilityError by rule R9. */
  static async connect(options: DatabaseOptions): Promise<Database> {
    const dataSource = new DataSource(dataSourceOptions(options))
    try {
      await dataSource.initialize()
    } catch (error) {
      throw classifyDatabaseError(error)
    }
    const database = new Database(dataSource, options)
    try {
      if (options.unsafeDurability !== true) await database.refuseUnsafeDurability()
    } catch (error) {
      await database.close()
      throw error
    }
    return database
  }

  /** One statement in its own transaction. See Transaction.query. */
  async query<Row = Record<string, unknown>>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    await this.permit(false)
    try {
      return await runStatement<Row>(this.pool(), this.names, sql, parameters)
    } finally {
      this.permits.release()
    }
  }

  /** One read for one user, as `transactOwn`. */
  async queryOwn<Row = Record<string, unknown>>(
    owner: string | null | undefined,
    sql: string,
    parameters: readonly unknown[] = [],
  ): Promise<Row[]> {
    if (owner === null || owner === undefined) return this.query(sql, parameters)
    return this.transactOwn(owner, (tx) => tx.query<Row>(sql, parameters))
  }

  /**
   * As `transact`, for one user: row-level security hides every row that is not theirs and lets none be changed, also if
   * a statement forgets to ask. Only tables that `ownRows` has granted can be used. Null or undefined for who sees all.
   */
  transactOwn<Value>(owner: string | null | undefined, work: (tx: Transaction) => Promise<Value>): Promise<Value> {
    return this.run(work, { urgent: false, owner: owner ?? null })
  }

  /**
   * BEGIN, work, one INSERT of all events appended, COMMIT. Read committed. Work that throws is rolled back and its
   * error thrown on; conflicts and outages surface as RetryableError. Nothing is retried here.
   */
  transact<Value>(work: (tx: Transaction) => Promise<Value>, { urgent = false }: TransactOptions = {}): Promise<Value> {
    return this.run(work, { urgent, owner: null })
  }

  private async run<Value>(
    work: (tx: Transaction) => Promise<Value>,
    { urgent, owner }: { readonly urgent: boolean; readonly owner: string | null },
  ): Promise<Value> {
    await this.permit(urgent)
    const runner = this.dataSource.createQueryRunner('master')
    const outbox = new OutboxBuffer(this.clock, this.ids)
    try {
      const session = new Session((await runner.connect()) as PoolClient, runner)
      const tx = new Transaction(runner.manager, session.client, this.names, outbox)
      try {
        // What one user asks for are lists mostly: how many rows are wanted decides how they are read best.
        session.begin(owner === null ? 'once' : 'by-values')
        if (owner !== null) await tx.query(narrowSql, [owner])
        const value = await work(tx)
        await tx.end()
        const rows = outbox.take()
        if (owner !== null && rows.length > 0) await runStatement(session.client, this.names, widenSql, [])
        if (rows.length > 0) tx.sent.push(this.insertOutbox(session.client, rows))
        await session.commit(tx.sent)
        if (rows.length > 0) for (const listener of this.listeners) listener(rows)
        tx.committed()
        return value
      } catch (error) {
        await tx.end()
        await session.undo()
        throw await tx.causeOf(error)
      }
    } catch (error) {
      throw classifyDatabaseError(unwrap(error))
    } finally {
      await release(runner)
      this.permits.release()
    }
  }

  /**
   * Runs such an INSERT in its own transaction, without BEGIN and COMMIT. Answers the ids of what was inserted; of these,
   * and of no others, their events are told.
   */
  async insertTold<Contract extends EventContract>(
    insert: ToldInsert<Contract>,
    parameters: readonly unknown[],
    all: readonly Told<Contract>[],
  ): Promise<ReadonlySet<string>> {
    const packed = insert.pack(new OutboxBuffer(this.clock, this.ids), all)
    const told = insert.parametersOf(all, packed, this.claimMs())
    const answer = await this.query<{ id: string }>(insert.sql, [...parameters, ...told])
    const inserted = new Set(answer.map(({ id }) => id))
    const rows = insert.written(all, packed, inserted)
    if (rows.length > 0) for (const listener of this.listeners) listener(rows)
    return inserted
  }

  /** Hands every committed outbox row to the listener, at once after its commit. Returns the way to stop. */
  onCommitted(listener: CommittedListener): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  async close(): Promise<void> {
    if (this.dataSource.isInitialized) await this.dataSource.destroy()
  }

  private async insertOutbox(client: PoolClient, rows: readonly OutboxRow[]): Promise<void> {
    await runStatement(client, this.names, insertOutboxSql, [
      rows.map(({ id }) => id),
      rows.map(({ subject }) => subject),
      rows.map(({ body }) => body).join(bodySeparator),
      rows.map(({ eventCount }) => eventCount),
      rows.map(({ split }) => split),
      rows.map(({ trace }) => trace),
      this.claimMs(),
    ])
  }

  /** Fresh rows belong to this process while it listens for them. */
  private claimMs(): number {
    return this.listeners.size > 0 ? outboxClaimMs : 0
  }

  private async permit(urgent: boolean): Promise<void> {
    try {
      await this.permits.acquire(urgent)
    } catch (error) {
      throw error instanceof PermitRefusedError ? new DatabaseUnavailableError(error) : error
    }
  }

  private pool(): Pool {
    if (!this.dataSource.isInitialized) throw new DatabaseUnavailableError(new Error('the database is closed'))
    return (this.dataSource.driver as unknown as { readonly master: Pool }).master
  }

  private async refuseUnsafeDurability(): Promise<void> {
    const off = await this.query<{ name: string }>(
      `select name from pg_settings
       where name in ('fsync', 'full_page_writes', 'synchronous_commit') and setting = 'off' order by name`,
    )
    if (off.length > 0) throw new UnsafeDurabilityError(off.map(({ name }) => name))
  }
}

export class UnsafeDurabilityError extends Error {
  override readonly name = 'UnsafeDurabilityError'

  constructor(settings: readonly string[]) {
    super(`PostgreSQL runs with ${settings.join(', ')} off: accepted work could be lost. Turn it on and start again.`)
  }
}

function dataSourceOptions(options: DatabaseOptions): ConstructorParameters<typeof DataSource>[0] {
  return {
    type: 'postgres',
    url: options.url,
    schema: options.schema,
    // TypeORM's type wants a mutable list of its own function type.
    entities: [...(options.rows ?? [])] as never[],
    synchronize: false,
    logging: false,
    installExtensions: false,
    applicationName: options.applicationName,
    poolSize: options.poolMax,
    connectTimeoutMS: options.connectionWaitMs ?? connectionWaitMsDefault,
    // An idle connection that breaks is replaced at its next use: nothing to do and nothing to print.
    poolErrorHandler: () => undefined,
    extra: {
      options: `-c search_path=${options.schema} -c random_page_cost=${randomPageCost}`,
      statement_timeout: statementTimeoutMs,
      lock_timeout: lockTimeoutMs,
      idle_in_transaction_session_timeout: idleInTransactionTimeoutMs,
      query_timeout: answerWaitMs,
      keepAlive: true,
      min: keptConnections,
      // Statements are written without waiting for the answer before: BEGIN travels with the first one, and the
      // outbox rows with COMMIT, which saves two round trips of each transaction.
      pipeline: true,
    },
  }
}

async function release(runner: QueryRunner): Promise<void> {
  try {
    await runner.release()
  } catch {
    // A connection that broke was released by TypeORM already.
  }
}

/** TypeORM wraps driver errors of its own statements; the driver's error says what happened. */
function unwrap(error: unknown): unknown {
  const driverError = (error as { readonly driverError?: unknown } | null)?.driverError
  return driverError instanceof Error ? driverError : error
}
