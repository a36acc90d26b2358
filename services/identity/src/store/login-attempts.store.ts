/** Log-in attempts in PostgreSQL. Implements the LoginAttempts port. Must never answer when the database does not. */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'
import { attemptWindowMs, type AttemptCount } from '#domain/limits/login-throttle'
import { LoginAttempts, type AttemptKey } from '#ports/login-attempts.port'

/** Old counts of other names that one attempt clears away, so that invented names cannot fill the table. */
const sweepRows = 5

/** One statement, so parallel attempts cannot share a number. */
const countSql = `
  with swept as (
    delete from login_attempt where ctid in (
      select ctid from login_attempt
      where window_started_at < now() - $3 * interval '1 ms' and (username, address) <> ($1, $2)
      order by window_started_at limit $4 for update skip locked)
  )
  insert into login_attempt as held (username, address, attempts, window_started_at) values ($1, $2, 1, now())
  on conflict (username, address) do update set
    attempts = case when held.window_started_at < now() - $3 * interval '1 ms' then 1 else held.attempts + 1 end,
    window_started_at = case when held.window_started_at < now() - $3 * interval '1 ms'
                             then now() else held.window_started_at end
  returning attempts, window_started_at, now() as now`

@Injectable()
export class SqlLoginAttempts extends LoginAttempts {
  constructor(private readonly database: Database) {
    super()
  }

  async count({ username, address }: AttemptKey): Promise<AttemptCount & { readonly now: Date }> {
    const [row] = await this.database.query<{ attempts: number; window_started_at: Date; now: Date }>(countSql, [
      username,
      address,
      attemptWindowMs,
      sweepRows,
    ])
    if (row === undefined) throw new Error('the attempt was not counted')
    return { attempts: row.attempts, windowStartedAt: row.window_started_at, now: row.now }
  }

  async refund({ username, address }: AttemptKey): Promise<void> {
    await this.database.query(
      'update login_attempt set attempts = greatest(attempts - 1, 0) where username = $1 and address = $2',
      [username, address],
    )
  }

  async forget(tx: Transaction, { username, address }: AttemptKey): Promise<void> {
    await tx.query('delete from login_attempt where username = $1 and address = $2', [username, address])
  }

  async forgetName(tx: Transaction, username: string): Promise<void> {
    await tx.query('delete from login_attempt where username = $1', [username])
  }
}
