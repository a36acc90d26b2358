/** Looks once a minute whose key is about to end. Called by Nest. Must never decide anything. */
import { Injectable } from '@nestjs/common'
import { RegularJob } from '@tradewire/nest-kit/regular-job'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import { WarnOfKeys } from '../../use-cases/warn-of-keys/warn-of-keys.use-case.ts'

const lookEveryMs = 60_000

@Injectable()
export class KeysJob extends RegularJob {
  constructor(keys: WarnOfKeys, @InjectLogger() logger: Logger) {
    super(logger, {
      work: () => keys.execute(),
      everyMs: lookEveryMs,
      failed: 'the ends of keys could not be looked at; the next turn tries again',
    })
  }
}
