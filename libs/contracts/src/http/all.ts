/** Every public route of the system. Called by the gateway and the OpenAPI page. Must never be imported to name one route. */
import type { RouteContract } from '../define-route.ts'
import { adminRoutes } from './admin.ts'
import { apiKeyRoutes } from './api-keys.ts'
import { billingProfileRoutes } from './billing-profile.ts'
import { billingRoutes } from './billing.ts'
import { auditRoutes } from './audit.ts'
import { brokerRoutes } from './brokers.ts'
import { identityRoutes } from './identity.ts'
import { killSwitchRoutes } from './kill-switches.ts'
import { marketplaceRoutes } from './marketplace.ts'
import { notificationRoutes } from './notifications.ts'
import { oauthRoutes } from './oauth.ts'
import { organisationRoutes } from './organisation.ts'
import { orderRoutes } from './orders.ts'
import { passkeyRoutes } from './passkeys.ts'
import { registrationRoutes } from './registration.ts'
import { payoutRoutes } from './payouts.ts'
import { performanceFeeRoutes } from './performance-fees.ts'
import { reportingRoutes } from './reporting.ts'
import { signalRoutes } from './signals.ts'
import { subscriptionChangeRoutes } from './subscription-changes.ts'
import { webhookRoutes } from './webhooks.ts'

export const allRoutes: readonly RouteContract[] = [
  ...organisationRoutes,
  ...identityRoutes,
  ...registrationRoutes,
  ...passkeyRoutes,
  ...apiKeyRoutes,
  ...oauthRoutes,
  ...auditRoutes,
  ...brokerRoutes,
  ...signalRoutes,
  ...orderRoutes,
  ...killSwitchRoutes,
  ...reportingRoutes,
  ...webhookRoutes,
  ...notificationRoutes,
  ...adminRoutes,
  ...billingRoutes,
  ...subscriptionChangeRoutes,
  ...billingProfileRoutes,
  ...performanceFeeRoutes,
  ...payoutRoutes,
  ...marketplaceRoutes,
]
