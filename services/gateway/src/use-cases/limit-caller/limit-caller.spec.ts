import { valueOf } from '@tradewire/testkit/value-of'
import { describe, expect, it } from 'vitest'
import type { GatewayConfig } from '#config'
import { type RateDecision, type RateRule, takeOne } from '#domain/rate-limit'
import { PremiumPlans } from '#ports/premium-plans.port'
import { RateLimiter } from '#ports/rate-limiter.port'
import { LimitCaller } from './limit-caller.use-case.ts'

class Limiter extends RateLimiter {
  private readonly used = new Map<string, number>()

  async take(key: string, rule: RateRule): Promise<RateDecision> {
    const { usedUntilMs, decision } = takeOne(this.used.get(key), rule, 0)
    this.used.set(key, usedUntilMs)
    return decision
  }

  takeTogether(key: string, rule: RateRule): Promise<RateDecision> {
    return this.take(key, rule)
  }
}

class NoPlans extends PremiumPlans {
  async covers(): Promise<boolean> {
    return false
  }
}

const config = { rateLimit: true, rateAnonymousPerMinute: 3 } as GatewayConfig

describe('callers without a credential', () => {
  it('are counted by their address, those of one IPv6 network together', async () => {
    const limiting = new LimitCaller(config, new Limiter(), new NoPlans())
    const pass = async (address: string) =>
      valueOf(await limiting.execute({ caller: undefined, address, counting: 'strict' }))?.allowed
    const rotated = ['2001:db8::1', '2001:db8::2', '2001:db8:0:0:a:b:c:d', '2001:db8::ffff:1', '2001:DB8::5']
    const answers: unknown[] = []
    for (const address of rotated) answers.push(await pass(address))
    expect(answers).toEqual([true, true, true, false, false])
    expect(await pass('2001:db8:0:1::1')).toBe(true)
    expect(await pass('192.0.2.1')).toBe(true)
  })
})
