/** What identity is, as data. Called by its main, the launcher, tests and generators. Must never start anything. */
import { defineService } from '@tradewire/nest-kit/define-service'
import { AppModule } from '#app.module'
import { identityConfig } from '#config'
import { identityErrors } from '#identity.errors'
import { createIdentity } from '#store/migrations/001-identity.migration'

export const identityService = defineService({
  name: 'identity',
  config: identityConfig,
  module: AppModule,
  errors: identityErrors,
  database: { schema: 'identity', migrations: [createIdentity] },
  bus: true,
})
