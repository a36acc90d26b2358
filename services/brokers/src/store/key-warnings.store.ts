/**
 * When keys end and how far their owners were warned, in PostgreSQL. Called by warn-of-keys.
 * Must never change an account as others see it: sessions stay as they are.
 */
import { Injectable } from '@nestjs/common'
import type { Venue } from '@tradewire/contracts/common'
import { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'
import { type EndingKey, keyWarningDays } from '#domain/account/key-end'
import { KeyWarnings } from '#ports/key-warnings.port'

interface EndingRow {
  readonly id: string
  readonly user_id: string
  readonly venue: Venue
  readonly label: string
  readonly key_hint: string | null
  readonly key_expires_at: Date
  readonly days: number
}

const [firstDays, lastDays] = keyWarningDays
const days = `case when key_expires_at <= now() + interval '${lastDays} days' then ${lastDays} else ${firstDays} end`
const isDue = `id = any($1::uuid[]) and removed_at is null and key_expires_at > now()
  and key_expires_at <= now() + interval '${firstDays} days' and coalesce(key_warned_days, ${firstDays} + 1) > ${days}`

@Injectable()
export class KeyWarningStore extends KeyWarnings {
  constructor(private readonly database: Database) {
    super()
  }

  async due(accountIds: readonly string[]): Promise<readonly string[]> {
    const rows = await this.database.query<{ id: string }>(`select id from account where ${isDue}`, [accountIds])
    return rows.map(({ id }) => id)
  }

  async note(tx: Transaction, accountIds: readonly string[]): Promise<readonly EndingKey[]> {
    const rows = await tx.query<EndingRow>(
      `with due as (select id, ${days} as days from account where ${isDue} order by id for update)
       update account a set key_warned_days = due.days from due where a.id = due.id
       returning a.id, a.user_id, a.venue, a.label, a.key_hint, a.key_expires_at, due.days`,
      [accountIds],
    )
    return rows.map((row) => ({
      accountId: row.id,
      userId: row.user_id,
      venue: row.venue,
      label: row.label,
      keyHint: row.key_hint,
      expiresAt: row.key_expires_at,
      days: row.days,
    }))
  }
}
