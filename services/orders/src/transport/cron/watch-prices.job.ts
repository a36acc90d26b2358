/**
 * Looks at the prices that are watched for, again and again. Called by Nest.
 * Must never decide anything; several replicas may look at once, for each bracket is locked while it is moved.
 */
import { Injectable } from '@nestjs/common'
import { RegularJob } from '@tradewire/nest-kit/regular-job'
import { InjectConfig, InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import type { OrdersConfig } from '../../config.ts'
import { WatchPrices } from '../../use-cases/watch-prices/watch-prices.use-case.ts'

/** So many looks without a price: their owners are told. */
const blindLooks = 10

@Injectable()
export class WatchPricesJob extends RegularJob {
  constructor(prices: WatchPrices, @InjectConfig() { watchEveryMs }: OrdersConfig, @InjectLogger() logger: Logger) {
    super(logger, {
      work: () => prices.execute(blindLooks * watchEveryMs),
      everyMs: watchEveryMs,
      failed: 'watching prices failed',
    })
  }
}
