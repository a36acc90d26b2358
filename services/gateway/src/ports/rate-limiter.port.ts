/** Counts requests by key. Implemented by clients/. Must never fail: without Redis a local count decides, or nobody. */
import type { RateDecision, RateRule } from '#domain/rate-limit'

export abstract class RateLimiter {
  /** Without Redis this gateway counts its part alone. */
  abstract take(key: string, rule: RateRule): Promise<RateDecision>
  /** Undefined without Redis: it is not known how often it was asked elsewhere. */
  abstract takeTogether(key: string, rule: RateRule): Promise<RateDecision | undefined>
}
