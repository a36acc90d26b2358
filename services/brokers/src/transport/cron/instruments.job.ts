/** Reads anew what the venues and servers in use list, now and then. Called by Nest. Must never decide anything. */
import { Injectable } from '@nestjs/common'
import { RegularJob } from '@tradewire/nest-kit/regular-job'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import { RefreshInstruments } from '../../use-cases/refresh-instruments/refresh-instruments.use-case.ts'

const lookEveryMs = 3_600_000

@Injectable()
export class InstrumentsJob extends RegularJob {
  constructor(instruments: RefreshInstruments, @InjectLogger() logger: Logger) {
    super(logger, {
      work: () => instruments.execute(),
      everyMs: lookEveryMs,
      failed: 'instruments could not be read anew; the next turn tries again',
    })
  }
}
