/** Debts and reminders in PostgreSQL. Called through the Reminders port. Must never decide when somebody is reminded. */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'
import type { Currency } from '../domain/money/currency.ts'
import { money } from '../domain/money/money.ts'
import type { Debt, Reminder } from '../domain/subscriptions/reminder.ts'
import { Reminders } from '../ports/reminders.port.ts'

const OPEN_LINK = (column: string) =>
  `(select payment_url from payment where payment.${column} and change_id is null and progress <> 'succeeded' order by id desc limit 1)`

/** Of fees those that were charged lately: later ones were reminded of for the last time long ago. */
const DUE = `
select debt.*, coalesce(reminder.taken, 0) as taken
from (
  select 'subscription' as kind, id as object, user_id, subject_name as what, minor, currency, paid_through as since,
    served_until as ends_at, ${OPEN_LINK('subscription_id = subscription.id')} as payment_url
  from subscription where standing = 'past-due' and paid_through is not null
  union all
  select 'fee', id, user_id, 'Performance fee for ' || strategy_name, charged_minor, currency, closed_at, null,
    ${OPEN_LINK('fee_id = performance_fee.id')}
  from performance_fee where charged_minor > 0 and closed_at > $1::timestamptz - interval '90 days' and not exists (
    select from payment where payment.fee_id = performance_fee.id and progress = 'succeeded')) as debt
  left join reminder on reminder.object = debt.object and reminder.since = debt.since
where reminder.object is null or reminder.next_at <= $1
order by reminder.next_at nulls first, debt.since limit $2`

interface DebtRow {
  readonly kind: Debt['kind']
  readonly object: string
  readonly user_id: string
  readonly what: string
  readonly minor: string
  readonly currency: Currency
  readonly since: Date
  readonly ends_at: Date | null
  readonly payment_url: string | null
  readonly taken: number
}

@Injectable()
export class SqlReminders extends Reminders {
  constructor(private readonly database: Database) {
    super()
  }

  async due(now: Date, limit: number): Promise<Debt[]> {
    const rows = await this.database.query<DebtRow>(DUE, [now, limit])
    return rows.map(({ kind, object, what, since, taken, ...row }) => ({
      kind,
      object,
      userId: row.user_id,
      what,
      amount: money(BigInt(row.minor), row.currency),
      since,
      endsAt: row.ends_at,
      paymentUrl: row.payment_url,
      taken,
    }))
  }

  async take(tx: Transaction, { object, since, taken: before }: Debt, { taken, nextAt }: Reminder): Promise<boolean> {
    const stored = await tx.query(
      `insert into reminder (object, since, taken, next_at) values ($1, $2, $3, $4)
       on conflict (object, since) do update set taken = excluded.taken, next_at = excluded.next_at
         where reminder.taken = $5 returning object`,
      [object, since, taken, nextAt, before],
    )
    return stored.length > 0
  }

  async putOff({ object, since, taken }: Debt, until: Date): Promise<void> {
    await this.database.query(
      `insert into reminder (object, since, taken, next_at) values ($1, $2, $3, $4)
       on conflict (object, since) do update set next_at = excluded.next_at where reminder.taken = excluded.taken`,
      [object, since, taken, until],
    )
  }
}
