/** `billing` as data. Called by main, the launcher, the testkit and the generators. Must never start anything. */
import { defineService } from '@tradewire/nest-kit/define-service'
import { AppModule } from './app.module.ts'
import { billingConfig } from './config.ts'
import { billingErrors } from './billing.errors.ts'

export const billingService = defineService({
  name: 'billing',
  config: billingConfig,
  module: AppModule,
  errors: billingErrors,
  bus: false,
})
