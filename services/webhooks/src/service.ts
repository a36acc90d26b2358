/** `webhooks` as data. Called by main, the launcher, the testkit and the generators. Must never start anything. */
import { defineService } from '@tradewire/nest-kit/define-service'
import { AppModule } from './app.module.ts'
import { webhooksConfig } from './config.ts'
import { EndpointRow } from './store/endpoint.row.ts'
import { createWebhooks } from './store/migrations/001-webhooks.migration.ts'
import { webhooksErrors } from './webhooks.errors.ts'

export const webhooksService = defineService({
  name: 'webhooks',
  config: webhooksConfig,
  module: AppModule,
  errors: webhooksErrors,
  database: { schema: 'webhooks', rows: [EndpointRow], migrations: [createWebhooks] },
  bus: true,
})
