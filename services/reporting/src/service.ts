/** `reporting` as data. Called by main, the launcher, the testkit and the generators. Must never start anything. */
import { defineService } from '@tradewire/nest-kit/define-service'
import { AppModule } from './app.module.ts'
import { reportingConfig } from './config.ts'
import { reportingErrors } from './reporting.errors.ts'
import { createReporting } from './store/migrations/001-reporting.migration.ts'

export const reportingService = defineService({
  name: 'reporting',
  config: reportingConfig,
  module: AppModule,
  errors: reportingErrors,
  database: { schema: 'reporting', migrations: [createReporting] },
  bus: true,
})
