/** Counts a request of a user, or of a network without a valid token. Called before a route is answered. Must never count alerts. */
import { Injectable } from '@nestjs/common'
import type { Caller } from '@tradewire/contracts/caller'
import type { RouteCounting } from '@tradewire/contracts/define-route'
import { networkOf } from '@tradewire/kernel/client-network'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { InjectConfig } from '@tradewire/nest-kit/tokens'
import type { GatewayConfig } from '#config'
import type { RateDecision } from '#domain/rate-limit'
import { gatewayErrors } from '#gateway.errors'
import { PremiumPlans } from '#ports/premium-plans.port'
import { RateLimiter } from '#ports/rate-limiter.port'

interface Counted {
  readonly caller: Caller | undefined
  readonly address: string
  readonly counting: RouteCounting
}

@Injectable()
export class LimitCaller {
  constructor(
    @InjectConfig() private readonly config: GatewayConfig,
    private readonly limiter: RateLimiter,
    private readonly premium: PremiumPlans,
  ) {}

  /** Undefined when limits are switched off. Fails with COUNT_UNKNOWN where guessing is not to be risked. */
  async execute({ caller, address, counting }: Counted): Promise<Result<RateDecision | undefined, CodedError>> {
    if (!this.config.rateLimit) return ok(undefined)
    const key = caller === undefined ? `address:${networkOf(address)}` : `user:${caller.userId}`
    const rule = { limit: await this.limitOf(caller) }
    if (counting === 'usual') return ok(await this.limiter.take(key, rule))
    const decision = await this.limiter.takeTogether(key, rule)
    return decision === undefined ? err(gatewayErrors.of('COUNT_UNKNOWN')) : ok(decision)
  }

  private async limitOf(caller: Caller | undefined): Promise<number> {
    const { rateAnonymousPerMinute, ratePremiumPerMinute, rateAuthenticatedPerMinute } = this.config
    if (caller === undefined) return rateAnonymousPerMinute
    return (await this.premium.covers(caller)) ? ratePremiumPerMinute : rateAuthenticatedPerMinute
  }
}
