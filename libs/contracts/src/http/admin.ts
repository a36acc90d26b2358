/**
 * The operations of the admin surface, with the paths, fields and refusals of its document. Called by the list of all
 * routes. Must never hold an operation of its own.
 */
import type { RouteContract } from '../define-route.ts'
import { adminFollowerRoutes } from './admin/followers.ts'
import { adminKeyRoutes } from './admin/keys.ts'
import { adminNotificationRoutes } from './admin/notifications.ts'
import { adminOrderRoutes } from './admin/orders.ts'
import { adminReplies } from './admin/replies.ts'
import { adminSettingRoutes } from './admin/settings.ts'
import { adminStrategyRoutes } from './admin/strategies.ts'
import { adminUserRoutes } from './admin/users.ts'

const routes: readonly RouteContract[] = [
  ...adminUserRoutes,
  ...adminKeyRoutes,
  ...adminFollowerRoutes,
  ...adminOrderRoutes,
  ...adminStrategyRoutes,
  ...adminSettingRoutes,
  ...adminNotificationRoutes,
]

/** Each with the reply that the document shows, where it shows one. */
export const adminRoutes: readonly RouteContract[] = routes.map((route) => {
  const reply = adminReplies.example[route.operation]
  return reply === undefined ? route : { ...route, example: { ...route.example, reply } }
})
