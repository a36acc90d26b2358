/** Notification settings and linked chats as callers see them. Called by use cases. Must never show a secret. */
import type { ReplyOf } from '@tradewire/contracts/define-rpc'
import type { getNotificationSettings, getTelegramLink } from '@tradewire/contracts/rpc/notifications'
import { chatIdOf } from './chat.ts'
import type { Endpoint } from './endpoint.ts'
import type { NotificationSettings } from './notification-settings.ts'

export function viewSettings(settings: NotificationSettings): ReplyOf<typeof getNotificationSettings> {
  return {
    ...settings,
    createdAt: settings.createdAt.toISOString(),
    updatedAt: settings.updatedAt.toISOString(),
  }
}

export function viewLink(chat: Endpoint | undefined): ReplyOf<typeof getTelegramLink> {
  if (chat === undefined) return { chatId: null, active: false, linkedAt: null }
  return { chatId: chatIdOf(chat.url), active: chat.active, linkedAt: chat.createdAt.toISOString() }
}
