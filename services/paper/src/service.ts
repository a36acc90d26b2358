/** What the paper venue is, as data. Called by its main, the launcher, tests and generators. Must never start anything. */
import { defineService } from '@tradewire/nest-kit/define-service'
import { AppModule } from '#app.module'
import { paperConfig } from '#config'
import { paperErrors } from '#paper.errors'
import { serveVenues } from '#transport/http/venues.controller'

export const paperService = defineService({
  name: 'paper',
  config: paperConfig,
  module: AppModule,
  errors: paperErrors,
  bus: false,
  configureHttp: serveVenues,
})
