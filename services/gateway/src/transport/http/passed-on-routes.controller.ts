/** All that the gateway passes on byte for byte: alerts, deliveries of payment providers, pages of payers. Called by PublicHttp. Must never hold a rule. */
import { Injectable } from '@nestjs/common'
import type { FastifyInstance } from 'fastify'
import { AlertIntake } from '#transport/http/alert-intake.controller'
import { PaymentRoutes } from '#transport/http/payment-routes.controller'

@Injectable()
export class PassedOnRoutes {
  constructor(
    private readonly alerts: AlertIntake,
    private readonly payments: PaymentRoutes,
  ) {}

  async register(fastify: FastifyInstance): Promise<void> {
    await this.alerts.register(fastify)
    await this.payments.register(fastify)
  }
}
