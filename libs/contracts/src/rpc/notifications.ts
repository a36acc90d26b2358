/**
 * Which notices are sent, and to which chats: questions and commands that `webhooks` answers.
 * Called by the gateway. Must never carry the token of a bot.
 */
import { z } from 'zod'
import { caller } from '../caller.ts'
import { timestamp } from '../common.ts'
import { defineRpc } from '../define-rpc.ts'

const switches = {
  nearMaxBalanceToUser: z
    .boolean()
    .meta({ description: 'A user is told when an account of theirs comes near what their plan allows' }),
  nearMaxBalanceToOperators: z.boolean().meta({ description: 'The operators are told of it' }),
  weeklyReport: z.boolean().meta({ description: 'Users are sent what the week came to' }),
  monthlyReport: z.boolean().meta({ description: 'Users are sent what the month came to' }),
}

export const notificationSettings = z
  .strictObject({ ...switches, createdAt: timestamp, updatedAt: timestamp })
  .meta({ id: 'NotificationSettings' })
export const notificationChanges = z.strictObject(switches).partial()

export const getNotificationSettings = defineRpc({
  name: 'webhooks.notifications.get',
  description: 'Which notices the platform sends.',
  request: z.strictObject({ caller }),
  reply: notificationSettings,
})

export const changeNotificationSettings = defineRpc({
  name: 'webhooks.notifications.change',
  description: 'Switches notices on or off for everyone; what is under way already is still sent.',
  request: z.strictObject({ caller, changes: notificationChanges }),
  reply: notificationSettings,
})

export const telegramChatId = z
  .string()
  .regex(/^-?\d{1,19}$/, { error: "must be the number of a Telegram chat, such as '123456789'" })
  .meta({ description: 'As Telegram writes it; groups have a minus', examples: ['123456789'] })

export const telegramLink = z
  .strictObject({
    chatId: z.string().nullable().meta({ description: 'Null when no chat is linked' }),
    active: z.boolean().meta({ description: 'False when the chat does not exist any more, or has blocked the bot' }),
    linkedAt: timestamp.nullable(),
  })
  .meta({ id: 'TelegramLink' })

export const getTelegramLink = defineRpc({
  name: 'webhooks.telegram.get',
  description: "The chat that the caller's notices are sent to.",
  request: z.strictObject({ caller }),
  reply: telegramLink,
})

export const linkTelegram = defineRpc({
  name: 'webhooks.telegram.link',
  description: "Sends the caller's notices to a chat from now on, instead of the one before, and says so there.",
  request: z.strictObject({ caller, chatId: telegramChatId }),
  reply: telegramLink,
})

export const unlinkTelegram = defineRpc({
  name: 'webhooks.telegram.unlink',
  description: 'Forgets the chat of a user and what was not sent to it yet; their own, or for operators anybody’s.',
  request: z.strictObject({ caller, userId: z.uuid() }),
  reply: telegramLink,
})
