/** The marketplace surface: every route of it. Called by the gateway and the OpenAPI page. Must never hold a route of its own. */
import type { RouteContract } from '../define-route.ts'
import { accountRoutes } from './marketplace/accounts.ts'
import { personRoutes } from './marketplace/identity.ts'
import { paymentRoutes } from './marketplace/payments.ts'
import { sessionRoutes } from './marketplace/sessions.ts'
import { offerRoutes } from './marketplace/strategies.ts'
import { webhookRoutes } from './marketplace/webhooks.ts'

export const marketplaceRoutes: readonly RouteContract[] = [
  ...sessionRoutes,
  ...personRoutes,
  ...accountRoutes,
  ...offerRoutes,
  ...paymentRoutes,
  ...webhookRoutes,
]
