/** Every service and every error table of the system. Called by the documentation. Add a new service here. */
import { billingService } from '@tradewire/billing/service'
import { brokersService } from '@tradewire/brokers/service'
import { busErrors } from '@tradewire/bus/bus.errors'
import { databaseErrors } from '@tradewire/database/database.errors'
import { gatewayService } from '@tradewire/gateway/service'
import { identityService } from '@tradewire/identity/service'
import type { ErrorTable } from '@tradewire/kernel/errors'
import type { AnyServiceDefinition } from '@tradewire/nest-kit/define-service'
import { ordersService } from '@tradewire/orders/service'
import { paperService } from '@tradewire/paper/service'
import { reportingService } from '@tradewire/reporting/service'
import { signalsService } from '@tradewire/signals/service'
import { webhooksService } from '@tradewire/webhooks/service'

/** In the order in which a reader meets them. */
export const services: readonly AnyServiceDefinition[] = [
  gatewayService,
  identityService,
  signalsService,
  ordersService,
  brokersService,
  reportingService,
  webhooksService,
  billingService,
  paperService,
]

/** Errors that any service may answer with. */
export const sharedErrors: readonly ErrorTable[] = [databaseErrors, busErrors]
