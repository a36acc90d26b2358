/** `brokers` as data. Called by main, the launcher, the testkit and the generators. Must never start anything. */
import { defineService } from '@tradewire/nest-kit/define-service'
import { AppModule } from './app.module.ts'
import { brokersErrors } from './brokers.errors.ts'
import { brokersConfig } from './config.ts'
import { createBrokers } from './store/migrations/001-brokers.migration.ts'

export const brokersService = defineService({
  name: 'brokers',
  config: brokersConfig,
  module: AppModule,
  errors: brokersErrors,
  database: { schema: 'brokers', migrations: [createBrokers], urgentConnections: 2 },
  bus: true,
})
