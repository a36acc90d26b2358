/** Public routes about notices and the chats they go to. Called by the gateway and the OpenAPI page. Must never hold behaviour. */
import { everyone } from '../caller.ts'
import { defineRoute, type RouteContract } from '../define-route.ts'
import * as rpc from '../rpc/notifications.ts'

const tag = 'Notices'
const settings = '/v1/notification-settings'
const telegram = '/v1/telegram-link'
const operators = ['operator'] as const

export const notificationRoutes: readonly RouteContract[] = [
  defineRoute({
    operation: 'getNotificationSettings',
    tag,
    method: 'GET',
    path: settings,
    summary: 'Get which notices the platform sends',
    access: operators,
    rpc: rpc.getNotificationSettings,
    toRequest: ({ caller }) => ({ caller }),
  }),
  defineRoute({
    operation: 'changeNotificationSettings',
    tag,
    method: 'PATCH',
    path: settings,
    summary: 'Switch notices on or off for everyone',
    access: operators,
    body: rpc.notificationChanges,
    rpc: rpc.changeNotificationSettings,
    toRequest: ({ caller, body }) => ({ caller, changes: body }),
  }),
  defineRoute({
    operation: 'getTelegramLink',
    tag,
    method: 'GET',
    path: telegram,
    summary: 'Get the Telegram chat that your notices are sent to',
    access: everyone,
    rpc: rpc.getTelegramLink,
    toRequest: ({ caller }) => ({ caller }),
  }),
  defineRoute({
    operation: 'linkTelegram',
    tag,
    method: 'PUT',
    path: telegram,
    summary: 'Have your notices sent to a Telegram chat',
    description: 'Begin a chat with the bot of this installation first: a bot may write only to who has written to it.',
    access: everyone,
    proof: 'session',
    errors: ['refused'],
    body: rpc.linkTelegram.request.pick({ chatId: true }),
    rpc: rpc.linkTelegram,
    toRequest: ({ caller, body }) => ({ caller, ...body }),
  }),
  defineRoute({
    operation: 'unlinkTelegram',
    tag,
    method: 'DELETE',
    path: telegram,
    summary: 'Forget the Telegram chat that your notices are sent to',
    access: everyone,
    rpc: rpc.unlinkTelegram,
    toRequest: ({ caller }) => ({ caller, userId: caller.userId }),
  }),
]
