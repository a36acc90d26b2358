/** Hands alerts to signals over HTTP, byte for byte. Implements the AlertReceiver port. Must never retry: the sender does. */
import { Injectable, type OnModuleDestroy } from '@nestjs/common'
import { alertPath } from '@tradewire/contracts/http/gateway'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { InjectConfig, InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import { HttpRelay } from '#clients/http-relay.client'
import type { GatewayConfig } from '#config'
import { gatewayErrors } from '#gateway.errors'
import { AlertReceiver, type RawAlert, type RawReply } from '#ports/alert-receiver.port'

/** TradingView hangs up after three seconds. */
const answerWithinMs = 2_500
const passedHeaders = ['content-type', 'retry-after', 'tradewire-signal-id', 'tradewire-duplicate']

@Injectable()
export class SignalsAlerts extends AlertReceiver implements OnModuleDestroy {
  private readonly relay: HttpRelay

  constructor(
    @InjectConfig() config: GatewayConfig,
    @InjectLogger() private readonly logger: Logger,
  ) {
    super()
    this.relay = new HttpRelay({ url: config.signalsUrl, answerWithinMs, passedHeaders })
  }

  async receive(alert: RawAlert): Promise<Result<RawReply, CodedError>> {
    const headers = {
      ...(alert.contentType === undefined ? {} : { 'content-type': alert.contentType }),
      'x-forwarded-for': alert.clientAddress,
      'x-request-id': alert.requestId,
    }
    try {
      return ok(await this.relay.pass({ method: 'POST', path: alertPath, headers, body: alert.body }))
    } catch (error) {
      this.logger.warn({ error }, 'an alert could not be handed to signals')
      return err(gatewayErrors.of('ALERTS_UNAVAILABLE'))
    }
  }

  async onModuleDestroy(): Promise<void> {
    await this.relay.close()
  }
}
