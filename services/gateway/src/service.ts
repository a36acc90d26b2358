/** What the gateway is, as data. Called by its main, the launcher, tests and generators. Must never start anything. */
import { defineService } from '@tradewire/nest-kit/define-service'
import { CONFIG } from '@tradewire/nest-kit/tokens'
import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import { AppModule } from '#app.module'
import { gatewayConfig, type GatewayConfig } from '#config'
import { gatewayErrors } from '#gateway.errors'
import { PublicHttp } from '#transport/http/public-http.controller'

/** How long a browser may remember what another origin may do. */
const preflightCacheSeconds = 600

export const gatewayService = defineService({
  name: 'gateway',
  config: gatewayConfig,
  module: AppModule,
  errors: gatewayErrors,
  bus: true,
  async configureHttp(fastify, app) {
    const { corsOrigins } = app.get<GatewayConfig>(CONFIG)
    // The context that startService hands over is the whole application.
    if (corsOrigins.length > 0)
      (app as NestFastifyApplication).enableCors({ origin: corsOrigins, maxAge: preflightCacheSeconds })
    await app.get(PublicHttp).register(fastify)
  },
})
