/** The platform's one set of notification settings. Called by use cases. Must never be missing: the first are made with the tables. */
import type { Transaction } from '@tradewire/database/transaction'
import type { NotificationSettings } from '../domain/notification-settings.ts'

/** What is undefined stays. */
export type NotificationChanges = {
  readonly [Switch in Exclude<keyof NotificationSettings, 'createdAt' | 'updatedAt'>]?: boolean | undefined
}

export abstract class StoredNotificationSettings {
  abstract get(tx?: Transaction): Promise<NotificationSettings>
  abstract change(changes: NotificationChanges, now: Date): Promise<NotificationSettings>
}
