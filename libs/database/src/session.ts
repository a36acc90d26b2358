/**
 * One transaction on one pipelined connection: BEGIN and COMMIT without round trips of their own.
 * Called by Database.transact. Must never report a commit that the server did not confirm.
 */
import type { PoolClient } from 'pg'
import type { QueryRunner } from 'typeorm'

/** TypeORM must know of the transaction, so that its own nested ones become savepoints. */
interface RunnerState {
  isTransactionActive: boolean
  transactionDepth: number
}

/**
 * Statements of transactions are planned once for each connection, whatever their values are. PostgreSQL would plan the
 * first five times anew, and to plan what a signal reads takes longer than to read it for a few followers.
 */
const beginPlannedOnceSql = 'begin; set local plan_cache_mode = force_generic_plan'

export class Session {
  readonly client: PoolClient
  private readonly runner: RunnerState
  private begun: Promise<unknown> = Promise.resolve()
  private open = false

  constructor(client: PoolClient, runner: QueryRunner) {
    this.client = client
    this.runner = runner as unknown as RunnerState
  }

  /** Written at once, answered together with the first statement. */
  begin(plans: 'once' | 'by-values'): void {
    this.begun = this.client.query(plans === 'once' ? beginPlannedOnceSql : 'begin')
    this.begun.catch(() => undefined)
    this.setOpen(true)
  }

  /**
   * Commits after statements that are on their way already. If one of them or an earlier statement failed, the server
   * answers COMMIT with a rollback: then this rejects, also when the work has swallowed the statement's error.
   */
  async commit(sent: readonly Promise<unknown>[]): Promise<void> {
    const committed = this.client.query('commit')
    this.setOpen(false)
    const [end, ...before] = await Promise.allSettled([committed, this.begun, ...sent])
    for (const outcome of [...before, end]) if (outcome.status === 'rejected') throw outcome.reason
    if (end.status === 'fulfilled' && end.value.command !== 'COMMIT') throw new UndoneTransactionError()
  }

  /** After this the connection holds no transaction, or is broken and goes. */
  async undo(): Promise<void> {
    if (!this.open) return
    this.setOpen(false)
    await Promise.allSettled([this.begun, this.client.query('rollback')])
  }

  private setOpen(open: boolean): void {
    this.open = open
    this.runner.isTransactionActive = open
    this.runner.transactionDepth = open ? 1 : 0
  }
}

export class UndoneTransactionError extends Error {
  override readonly name = 'UndoneTransactionError'

  constructor() {
    super('a statement failed and its error was swallowed: PostgreSQL has undone the transaction')
  }
}
