import { startRedis } from '@tradewire/backends/start-redis'
import { SystemClock } from '@tradewire/kernel/clock'
import { memoryLogger } from '@tradewire/testkit/memory-logger'
import { eventually } from '@tradewire/testkit/eventually'
import { expect, it } from 'vitest'
import type { GatewayConfig } from '#config'
import { rateWindowMs, type RateDecision } from '#domain/rate-limit'
import { RedisLimiter } from './redis-limiter.client.ts'

const gateways = 8
const rule = { limit: 100 }
const requestsEach = 125

/** As fast as one gateway gets answers, beside the others. */
async function ask(limiter: RedisLimiter): Promise<(RateDecision | undefined)[]> {
  const decisions: (RateDecision | undefined)[] = []
  while (decisions.length < requestsEach) decisions.push(await limiter.takeTogether('user:anna', rule))
  return decisions
}

it('eight gateways at ten times the limit admit exactly the limit together', async () => {
  const redis = await startRedis({})
  const config = { rateLimit: true, replicas: 1 } as GatewayConfig
  const shared = { redisUrl: redis.url } as ConstructorParameters<typeof RedisLimiter>[1]
  const { logger } = memoryLogger('gateway')
  const limiters = Array.from({ length: gateways }, () => new RedisLimiter(config, shared, logger, new SystemClock()))
  await eventually(async () =>
    (await Promise.all(limiters.map((each) => each.takeTogether('warm-up', rule)))).every((each) => each !== undefined),
  )
  const startedMs = performance.now()
  const decisions = (await Promise.all(limiters.map(ask))).flat()
  const elapsedMs = performance.now() - startedMs
  const admitted = decisions.filter((decision) => decision?.allowed === true).length
  const givenBack = Math.ceil(elapsedMs / (rateWindowMs / rule.limit))
  expect(decisions).toHaveLength(gateways * requestsEach)
  expect(admitted).toBeGreaterThanOrEqual(rule.limit)
  expect(admitted).toBeLessThanOrEqual(rule.limit + givenBack)
  for (const limiter of limiters) limiter.onModuleDestroy()
  await redis.stop()
})
