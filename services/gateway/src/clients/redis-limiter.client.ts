/**
 * Counts requests in Redis by one atomic script on the server's clock, and locally while Redis is away.
 * Implements the RateLimiter port. Must never hold up a request for long, nor fail one because Redis did.
 */
import { once } from 'node:events'
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common'
import { Clock } from '@tradewire/kernel/clock'
import { InjectConfig, InjectLogger, InjectSharedConfig } from '@tradewire/nest-kit/tokens'
import type { SharedConfig } from '@tradewire/config/shared'
import { NewestKept } from '@tradewire/kernel/newest-kept'
import type { Logger } from '@tradewire/observability/logger'
import { Redis } from 'ioredis'
import type { GatewayConfig } from '#config'
import { decisionOf, rateWindowMs, takeOne, type RateDecision, type RateRule } from '#domain/rate-limit'
import { RateLimiter } from '#ports/rate-limiter.port'

/** The same steps as takeOne of the domain. Answers {allowed, used milliseconds}. */
const script = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local window, step = tonumber(ARGV[1]), tonumber(ARGV[2])
local used = tonumber(redis.call('GET', KEYS[1]) or now)
if used < now then used = now end
local after = used + step
if after - now > window + 0.001 then return {0, math.ceil(used - now)} end
redis.call('SET', KEYS[1], string.format('%.3f', after), 'PX', math.ceil(after - now))
return {1, math.ceil(after - now)}
`
const keyPrefix = 'tradewire:rate:'
/** Where a local count can stand in, it does after this. */
const usualWaitMs = 150
/** Where none can, a slow answer is better than none. */
const commandTimeoutMs = 1_500
const reconnectMs = 1_000
/** So that the first requests are counted together already; a start never waits longer for Redis. */
const firstConnectWaitMs = 500

type LimiterRedis = Redis & {
  takeOne(key: string, windowMs: string, stepMs: string): Promise<readonly [number, number]>
}

@Injectable()
export class RedisLimiter extends RateLimiter implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly redis: LimiterRedis
  private readonly enabled: boolean
  private readonly replicas: number
  private readonly logger: Logger
  private readonly local = new NewestKept<number>()

  constructor(
    @InjectConfig() config: GatewayConfig,
    @InjectSharedConfig() shared: SharedConfig,
    @InjectLogger() logger: Logger,
    private readonly clock: Clock,
  ) {
    super()
    this.enabled = config.rateLimit
    this.replicas = config.replicas
    this.logger = logger
    this.redis = new Redis(shared.redisUrl, {
      lazyConnect: !config.rateLimit,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      commandTimeout: commandTimeoutMs,
      retryStrategy: () => reconnectMs,
    }) as LimiterRedis
    this.redis.defineCommand('takeOne', { numberOfKeys: 1, lua: script })
    let away = false
    this.redis.on('error', () => {
      if (!away) logger.warn('Redis is not reachable: requests are counted by this gateway alone')
      away = true
    })
    this.redis.on('ready', () => {
      if (away) logger.info('Redis is back: requests are counted together again')
      away = false
    })
  }

  async take(key: string, rule: RateRule): Promise<RateDecision> {
    const together = await within(usualWaitMs, this.takeTogether(key, rule))
    return together ?? this.takeLocally(key, { limit: Math.max(1, Math.ceil(rule.limit / this.replicas)) })
  }

  async takeTogether(key: string, rule: RateRule): Promise<RateDecision | undefined> {
    if (this.redis.status !== 'ready') return undefined
    try {
      const step = String(rateWindowMs / rule.limit)
      const [allowed, usedMs] = await this.redis.takeOne(keyPrefix + key, String(rateWindowMs), step)
      return decisionOf(allowed === 1, usedMs, rule.limit)
    } catch (error) {
      // Lost in the middle of a command.
      this.logger.debug({ error }, 'a request could not be counted in Redis')
      return undefined
    }
  }

  async onApplicationBootstrap(): Promise<void> {
    if (!this.enabled || this.redis.status === 'ready') return
    await once(this.redis, 'ready', { signal: AbortSignal.timeout(firstConnectWaitMs) }).catch(() => undefined)
  }

  onModuleDestroy(): void {
    this.redis.disconnect()
  }

  private takeLocally(key: string, rule: RateRule): RateDecision {
    const { usedUntilMs, decision } = takeOne(this.local.get(key), rule, this.clock.monotonicMs())
    this.local.keep(key, usedUntilMs)
    return decision
  }
}

/** Undefined when it takes longer; what comes later is left alone. */
async function within<Value>(limitMs: number, work: Promise<Value>): Promise<Value | undefined> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, limitMs, undefined)
  })
  try {
    return await Promise.race([work, limit])
  } finally {
    clearTimeout(timer)
  }
}
