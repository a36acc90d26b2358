/**
 * Which notices the platform sends, in the words of the admin surface. Called by the surface's list of routes.
 * Must never hold behaviour.
 */
import { z } from 'zod'
import { timestamp } from '../../common.ts'
import { defineRoute } from '../../define-route.ts'
import type { ReplyOf } from '../../define-rpc.ts'
import * as rpc from '../../rpc/notifications.ts'
import { adminPrefix, adminRoute } from './words.ts'

const path = `${adminPrefix}/setting/notification`

const switches = {
  notifyUserReachNearMaxBalance: z
    .boolean({ error: 'must be boolean' })
    .meta({ description: 'Users are told when their balance comes near what their plan allows' }),
  notifyAdminUserReachNearMaxBalance: z
    .boolean({ error: 'must be boolean' })
    .meta({ description: 'Operators are told when the balance of a user does' }),
  notifyWeeklyReport: z.boolean({ error: 'must be boolean' }).meta({ description: 'Users get a report each week' }),
  notifyMonthlyReport: z.boolean({ error: 'must be boolean' }).meta({ description: 'Users get a report each month' }),
}
const shown = z
  .strictObject({ ...switches, createdAt: timestamp, updatedAt: timestamp })
  .meta({ id: 'AdminNotificationSettings' })

function toShown(settings: ReplyOf<typeof rpc.getNotificationSettings>): z.output<typeof shown> {
  const { nearMaxBalanceToUser, nearMaxBalanceToOperators, weeklyReport, monthlyReport, ...times } = settings
  return {
    notifyUserReachNearMaxBalance: nearMaxBalanceToUser,
    notifyAdminUserReachNearMaxBalance: nearMaxBalanceToOperators,
    notifyWeeklyReport: weeklyReport,
    notifyMonthlyReport: monthlyReport,
    ...times,
  }
}

export const adminNotificationRoutes = [
  defineRoute({
    operation: 'adminGetNotification',
    ...adminRoute,
    method: 'GET',
    path,
    summary: 'Which notices the platform sends',
    rpc: rpc.getNotificationSettings,
    toRequest: ({ caller }) => ({ caller }),
    reply: shown,
    toReply: toShown,
  }),
  defineRoute({
    operation: 'adminUpdateNotification',
    ...adminRoute,
    method: 'PUT',
    path,
    summary: 'Switch notices on or off for everyone',
    body: z.strictObject(switches).partial().meta({ id: 'AdminNotificationChanges' }),
    example: { body: { notifyMonthlyReport: true } },
    rpc: rpc.changeNotificationSettings,
    toRequest: ({ caller, body }) => ({
      caller,
      changes: {
        nearMaxBalanceToUser: body.notifyUserReachNearMaxBalance,
        nearMaxBalanceToOperators: body.notifyAdminUserReachNearMaxBalance,
        weeklyReport: body.notifyWeeklyReport,
        monthlyReport: body.notifyMonthlyReport,
      },
    }),
    reply: shown,
    toReply: toShown,
  }),
] as const
