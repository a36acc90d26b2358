/**
 * Moves a batch of brackets on in a transaction of its own; where that fails, in halves, until the one that cannot be
 * moved stands alone and holds up no other. Called by the use cases that wake and close brackets, and that watch prices.
 * Must never hide who could not be moved, nor take a database that is away for a bracket's failure.
 */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import { inHalves } from '@tradewire/database/in-halves'
import { Clock } from '@tradewire/kernel/clock'
import { SparseLog } from '@tradewire/nest-kit/sparse-log'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import type { Bracket } from '../../domain/bracket/bracket.ts'
import { AdvanceBrackets, type NewsOfBracket } from '../advance-brackets/advance-brackets.use-case.ts'

export interface AdvancedBatch {
  /** As they are now. */
  readonly moved: readonly Bracket[]
  readonly failed: readonly FailedBracket[]
}

export interface FailedBracket {
  readonly bracketId: string
  readonly error: unknown
}

@Injectable()
export class AdvanceBatch {
  private readonly log: SparseLog

  constructor(
    private readonly database: Database,
    private readonly advanceBrackets: AdvanceBrackets,
    clock: Clock,
    @InjectLogger() logger: Logger,
  ) {
    this.log = new SparseLog(logger, clock)
  }

  async execute(newsById: ReadonlyMap<string, NewsOfBracket>): Promise<AdvancedBatch> {
    const { values, failed } = await inHalves([...newsById], (some) =>
      this.database.transact((tx) => this.advanceBrackets.execute(tx, new Map(some)), { urgent: true }),
    )
    const notMoved = failed.map(({ item: [bracketId], error }) => ({ bracketId, error }))
    for (const { bracketId, error } of notMoved) this.log.error(error, 'a bracket cannot be moved on', { bracketId })
    return { moved: values.flat(), failed: notMoved }
  }
}
