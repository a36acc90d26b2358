/** Counts requests by key. Implemented by clients/. Must never fail: without Redis a local count decides. */
import type { RateDecision, RateRule } from '#domain/rate-limit'

export abstract class RateLimiter {
  abstract take(key: string, rule: RateRule): Promise<RateDecision>
}
