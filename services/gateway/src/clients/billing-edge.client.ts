/** Hands deliveries of payment providers and pages of payers on to billing. Implements the PaymentEdge port. Must never retry: providers do. */
import { Injectable, type OnModuleDestroy } from '@nestjs/common'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { InjectConfig, InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import { HttpRelay } from '#clients/http-relay.client'
import type { GatewayConfig } from '#config'
import { gatewayErrors } from '#gateway.errors'
import { PaymentEdge, type RawPaymentReply, type RawPaymentRequest } from '#ports/payment-edge.port'

/** Providers count a delivery as failed after five seconds or more. */
const answerWithinMs = 4_500
const passedHeaders = ['content-type', 'content-security-policy', 'retry-after']

@Injectable()
export class BillingEdge extends PaymentEdge implements OnModuleDestroy {
  private readonly relay: HttpRelay

  constructor(
    @InjectConfig() config: GatewayConfig,
    @InjectLogger() private readonly logger: Logger,
  ) {
    super()
    this.relay = new HttpRelay({ url: config.billingUrl, answerWithinMs, passedHeaders })
  }

  async pass(request: RawPaymentRequest): Promise<Result<RawPaymentReply, CodedError>> {
    try {
      return ok(await this.relay.pass(request))
    } catch (error) {
      this.logger.warn({ error }, 'a request about a payment could not be handed to billing')
      return err(gatewayErrors.of('PAYMENTS_UNAVAILABLE'))
    }
  }

  async onModuleDestroy(): Promise<void> {
    await this.relay.close()
  }
}
