/** Reads and tells the rates of the venues in use, twice a minute. Called by Nest. Must never decide anything. */
import { Injectable } from '@nestjs/common'
import { RegularJob } from '@tradewire/nest-kit/regular-job'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import { AnnounceRates } from '../../use-cases/announce-rates/announce-rates.use-case.ts'

const ratesEveryMs = 30_000

@Injectable()
export class RatesJob extends RegularJob {
  constructor(rates: AnnounceRates, @InjectLogger() logger: Logger) {
    super(logger, {
      work: () => rates.execute(),
      everyMs: ratesEveryMs,
      failed: 'rates could not be told; the next turn tries again',
    })
  }
}
