/** `orders` as data. Called by main, the launcher, the testkit and the generators. Must never start anything. */
import { defineService } from '@tradewire/nest-kit/define-service'
import { AppModule } from './app.module.ts'
import { ordersConfig } from './config.ts'
import { ordersErrors } from './orders.errors.ts'
import { createOrders } from './store/migrations/001-orders.migration.ts'

export const ordersService = defineService({
  name: 'orders',
  config: ordersConfig,
  module: AppModule,
  errors: ordersErrors,
  database: { schema: 'orders', migrations: [createOrders], urgentConnections: 2 },
  bus: true,
})
