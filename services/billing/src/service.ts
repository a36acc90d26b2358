/** `billing` as data. Called by main, the launcher, the testkit and the generators. Must never start anything. */
import { defineService } from '@tradewire/nest-kit/define-service'
import { AppModule } from './app.module.ts'
import { billingErrors } from './billing.errors.ts'
import { billingConfig } from './config.ts'
import { createBilling } from './store/migrations/001-billing.migration.ts'
import { serveDeliveries } from './transport/http/provider-deliveries.controller.ts'

export const billingService = defineService({
  name: 'billing',
  config: billingConfig,
  module: AppModule,
  errors: billingErrors,
  database: { schema: 'billing', migrations: [createBilling] },
  bus: true,
  // Deliveries of providers are stored without the bus; their events wait in the outbox.
  readyWithoutBus: true,
  configureHttp: serveDeliveries,
})
