/**
 * One unit of work: SQL and the events that tell of it, committed together (rule R1).
 * Handed out by Database.transact; called by stores and use cases. Must never outlive its transact call.
 */
import type { DataOf, EventContract } from '@tradewire/contracts/define-event'
import { injectTrace } from '@tradewire/observability/trace'
import type { PoolClient } from 'pg'
import type { EntityManager } from 'typeorm'
import type { OutboxBuffer } from './outbox-message.ts'
import { classifyDatabaseError } from './retryable-error.ts'
import type { StatementNames } from './statement-names.ts'

const transactionIsAborted = '25P02'

export interface AppendOptions {
  /** The traceparent that the events belong to; the active span's when not given. */
  readonly trace?: string | null
}

export class Transaction {
  /** TypeORM's manager inside this transaction: for tables that humans edit one row at a time. */
  readonly manager: EntityManager
  /** For Database: what was only sent. */
  readonly sent: Promise<unknown>[] = []
  private readonly client: PoolClient
  private readonly names: StatementNames
  private readonly outbox: OutboxBuffer
  private readonly followers: (() => void)[] = []
  private unanswered: Promise<unknown> = Promise.resolve()
  private ended = false

  constructor(manager: EntityManager, client: PoolClient, names: StatementNames, outbox: OutboxBuffer) {
    this.manager = manager
    this.client = client
    this.names = names
    this.outbox = outbox
  }

  /**
   * Runs one statement and answers its rows. Statements with parameters are prepared per connection, so keep
   * their texts constant and pass arrays through unnest. numeric and bigint come back as text. Statements that need
   * nothing of each other's answers cost one round trip when they are awaited together; they run in the order of the calls.
   */
  async query<Row = Record<string, unknown>>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    const answer = this.run<Row>(sql, parameters)
    this.unanswered = Promise.allSettled([this.unanswered, answer])
    return answer
  }

  /**
   * Runs one statement whose answer nobody needs before the commit, which saves its round trip: COMMIT waits for it and
   * fails as it does. `because` may say what its error means.
   */
  send(sql: string, parameters: readonly unknown[], because: (error: unknown) => unknown = (error) => error): void {
    const answer = this.run(sql, parameters).catch((error: unknown) => {
      throw because(error)
    })
    answer.catch(() => undefined)
    this.sent.push(answer)
  }

  /**
   * Waits for every other transaction of this service that holds the same name, and holds it until this one ends. For
   * what no row can be locked for; the reason stands where it is called.
   */
  async lockNamed(name: string): Promise<void> {
    await this.query(`select pg_advisory_xact_lock(hashtextextended(current_schema() || '|' || $1::text, 0))`, [name])
  }

  /** To be called once this has been committed: a hint for work in memory, which a process that ends here never gets. */
  afterCommit(follower: () => void): void {
    this.followers.push(follower)
  }

  /** For Database: it is committed. */
  committed(): void {
    for (const follower of this.followers) follower()
  }

  /** For Database: waits for statements under way; later ones are refused, as they would run outside. */
  async end(): Promise<void> {
    this.ended = true
    await this.unanswered
  }

  /** For Database: why work failed. A statement after one that was only sent and has failed says nothing but that. */
  async causeOf(error: unknown): Promise<unknown> {
    if ((error as { readonly code?: unknown } | null)?.code !== transactionIsAborted) return error
    const outcomes = await Promise.allSettled(this.sent)
    return outcomes.find((outcome) => outcome.status === 'rejected')?.reason ?? error
  }

  /**
   * Buffers events; they are packed into messages (batched contracts: up to 100 of one subject) and inserted into
   * `outbox` in one statement just before COMMIT. The partition comes from data.accountId.
   */
  append<Contract extends EventContract>(
    contract: Contract,
    data: DataOf<Contract> | readonly DataOf<Contract>[],
    options: AppendOptions = {},
  ): void {
    const all = (Array.isArray(data) ? data : [data]) as readonly DataOf<Contract>[]
    if (all.length === 0) return
    const trace = options.trace === undefined ? (injectTrace() ?? null) : options.trace
    this.outbox.append(contract, all, trace)
  }

  private run<Row>(sql: string, parameters: readonly unknown[]): Promise<Row[]> {
    if (this.ended) throw new Error('this transaction has ended: await every statement inside transact')
    return runStatement<Row>(this.client, this.names, sql, parameters)
  }
}

export interface Queryable {
  query(config: { name?: string; text: string; values?: unknown[] }): Promise<{ rows: unknown[] }>
}

/** One statement on one connection or pool; driver errors come out classified. */
export async function runStatement<Row>(
  client: Queryable,
  names: StatementNames,
  sql: string,
  parameters: readonly unknown[],
): Promise<Row[]> {
  const name = parameters.length > 0 ? names.nameOf(sql) : undefined
  const config = {
    text: sql,
    ...(parameters.length > 0 ? { values: parameters as unknown[] } : {}),
    ...(name === undefined ? {} : { name }),
  }
  try {
    return (await client.query(config)).rows as Row[]
  } catch (error) {
    throw classifyDatabaseError(error)
  }
}
