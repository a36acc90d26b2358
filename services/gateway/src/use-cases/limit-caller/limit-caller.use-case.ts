/** Counts a request of a user, or of an address without a valid token. Called before a route is answered. Must never count alerts. */
import { Injectable } from '@nestjs/common'
import { InjectConfig } from '@tradewire/nest-kit/tokens'
import type { GatewayConfig } from '#config'
import type { RateDecision } from '#domain/rate-limit'
import { RateLimiter } from '#ports/rate-limiter.port'

@Injectable()
export class LimitCaller {
  constructor(
    @InjectConfig() private readonly config: GatewayConfig,
    private readonly limiter: RateLimiter,
  ) {}

  /** Undefined when limits are switched off. */
  async execute(who: {
    readonly userId: string | undefined
    readonly address: string
  }): Promise<RateDecision | undefined> {
    if (!this.config.rateLimit) return undefined
    return who.userId === undefined
      ? this.limiter.take(`address:${who.address}`, { limit: this.config.rateAnonymousPerMinute })
      : this.limiter.take(`user:${who.userId}`, { limit: this.config.rateAuthenticatedPerMinute })
  }
}
