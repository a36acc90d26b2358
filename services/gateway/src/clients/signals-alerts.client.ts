/** Hands alerts to signals over HTTP, byte for byte. Implements the AlertReceiver port. Must never retry: the sender does. */
import { Injectable, type OnModuleDestroy } from '@nestjs/common'
import { alertPath } from '@tradewire/contracts/http/gateway'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { InjectConfig, InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import { Pool } from 'undici'
import type { IncomingHttpHeaders } from 'node:http'
import type { GatewayConfig } from '#config'
import { gatewayErrors } from '#gateway.errors'
import { AlertReceiver, type RawAlert, type RawReply } from '#ports/alert-receiver.port'

/** TradingView hangs up after three seconds. */
const answerWithinMs = 2_500
const connectWithinMs = 500
const connectionsMax = 64
/** What of the answer's head the sender gets to see. */
const passedHeaders = ['content-type', 'retry-after', 'tradewire-signal-id', 'tradewire-duplicate']

@Injectable()
export class SignalsAlerts extends AlertReceiver implements OnModuleDestroy {
  private readonly pool: Pool
  private readonly path: string

  constructor(
    @InjectConfig() config: GatewayConfig,
    @InjectLogger() private readonly logger: Logger,
  ) {
    super()
    const url = new URL(config.signalsUrl)
    this.path = url.pathname.replace(/\/$/, '') + alertPath
    this.pool = new Pool(url.origin, { connections: connectionsMax, connectTimeout: connectWithinMs })
  }

  async receive(alert: RawAlert): Promise<Result<RawReply, CodedError>> {
    try {
      const { statusCode, headers, body } = await this.pool.request({
        method: 'POST',
        path: this.path,
        headers: {
          ...(alert.contentType === undefined ? {} : { 'content-type': alert.contentType }),
          'x-forwarded-for': alert.clientAddress,
          'x-request-id': alert.requestId,
        },
        body: alert.body,
        signal: AbortSignal.timeout(answerWithinMs),
      })
      const bytes = Buffer.from(await body.arrayBuffer())
      return ok({ status: statusCode, headers: passedOn(headers), body: bytes })
    } catch (error) {
      this.logger.warn({ error }, 'an alert could not be handed to signals')
      return err(gatewayErrors.of('ALERTS_UNAVAILABLE'))
    }
  }

  async onModuleDestroy(): Promise<void> {
    await this.pool.close()
  }
}

function passedOn(headers: IncomingHttpHeaders): Record<string, string> {
  const named = passedHeaders.map((name) => [name, headers[name]] as const)
  return Object.fromEntries(named.filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}
