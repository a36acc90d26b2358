/** The notification settings in PostgreSQL. Called through their port. Must never make a second row. */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'
import type { NotificationSettings } from '../domain/notification-settings.ts'
import { StoredNotificationSettings, type NotificationChanges } from '../ports/notification-settings.port.ts'

const COLUMNS = `near_max_balance_to_user as "nearMaxBalanceToUser",
  near_max_balance_to_operators as "nearMaxBalanceToOperators", weekly_report as "weeklyReport",
  monthly_report as "monthlyReport", created_at as "createdAt", updated_at as "updatedAt"`

const CHANGE = `
update notification_settings set near_max_balance_to_user = coalesce($1::boolean, near_max_balance_to_user),
  near_max_balance_to_operators = coalesce($2::boolean, near_max_balance_to_operators),
  weekly_report = coalesce($3::boolean, weekly_report), monthly_report = coalesce($4::boolean, monthly_report),
  updated_at = $5
returning ${COLUMNS}`

@Injectable()
export class SqlNotificationSettings extends StoredNotificationSettings {
  constructor(private readonly database: Database) {
    super()
  }

  async get(tx?: Transaction): Promise<NotificationSettings> {
    const [row] = await (tx ?? this.database).query<NotificationSettings>(
      `select ${COLUMNS} from notification_settings`,
    )
    return row!
  }

  async change(changes: NotificationChanges, now: Date): Promise<NotificationSettings> {
    const [row] = await this.database.query<NotificationSettings>(CHANGE, [
      changes.nearMaxBalanceToUser ?? null,
      changes.nearMaxBalanceToOperators ?? null,
      changes.weeklyReport ?? null,
      changes.monthlyReport ?? null,
      now,
    ])
    return row!
  }
}
