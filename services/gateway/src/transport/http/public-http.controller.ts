/** Puts all that the gateway serves onto its server. Called once by the service definition. Must never hold a rule. */
import { Injectable } from '@nestjs/common'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import type { FastifyInstance } from 'fastify'
import { LiveStream } from '#transport/http/live-stream.controller'
import { Pages } from '#transport/http/pages.controller'
import { PassedOnRoutes } from '#transport/http/passed-on-routes.controller'
import { PublicRoutes } from '#transport/http/public-routes.controller'

@Injectable()
export class PublicHttp {
  constructor(
    private readonly routes: PublicRoutes,
    private readonly passedOn: PassedOnRoutes,
    private readonly stream: LiveStream,
    private readonly pages: Pages,
    @InjectLogger() private readonly logger: Logger,
  ) {}

  async register(fastify: FastifyInstance): Promise<void> {
    await this.pages.register(fastify)
    await this.passedOn.register(fastify)
    await this.stream.register(fastify, this.logger)
    await this.routes.register(fastify)
  }
}
