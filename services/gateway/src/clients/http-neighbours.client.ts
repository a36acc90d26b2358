/** Hands requests on to signals and billing over HTTP. Implements the Neighbours port. Must never retry: the sender does. */
import { Injectable, type OnModuleDestroy } from '@nestjs/common'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { InjectConfig, InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import { HttpRelay } from '#clients/http-relay.client'
import type { GatewayConfig } from '#config'
import { gatewayErrors } from '#gateway.errors'
import { type Neighbour, Neighbours, type RawReply, type RawRequest } from '#ports/neighbours.port'

const signals = {
  /** TradingView hangs up after three seconds. */
  answerWithinMs: 2_500,
  passedHeaders: ['content-type', 'retry-after', 'tradewire-signal-id', 'tradewire-duplicate'],
}
const billing = {
  /** Providers count a delivery as failed after five seconds or more. */
  answerWithinMs: 4_500,
  passedHeaders: ['content-type', 'content-security-policy', 'retry-after'],
}
const unavailable = { signals: 'ALERTS_UNAVAILABLE', billing: 'PAYMENTS_UNAVAILABLE' } as const

@Injectable()
export class HttpNeighbours extends Neighbours implements OnModuleDestroy {
  private readonly relays: Readonly<Record<Neighbour, HttpRelay>>

  constructor(
    @InjectConfig() config: GatewayConfig,
    @InjectLogger() private readonly logger: Logger,
  ) {
    super()
    this.relays = {
      signals: new HttpRelay({ url: config.signalsUrl, ...signals }),
      billing: new HttpRelay({ url: config.billingUrl, ...billing }),
    }
  }

  async pass(to: Neighbour, request: RawRequest): Promise<Result<RawReply, CodedError>> {
    try {
      return ok(await this.relays[to].pass(request))
    } catch (error) {
      this.logger.warn({ error, to }, 'a request could not be passed on')
      return err(gatewayErrors.of(unavailable[to]))
    }
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all([this.relays.signals.close(), this.relays.billing.close()])
  }
}
