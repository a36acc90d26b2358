/**
 * Moves a batch of brackets on in a transaction of its own; where that fails, in halves, until the one that cannot be
 * moved stands alone and holds up no other. Called by the use cases that wake and close brackets.
 * Must never hide who could not be moved, nor take a database that is away for a bracket's failure.
 */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import { RetryableError } from '@tradewire/database/retryable-error'
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
  constructor(
    private readonly database: Database,
    private readonly advanceBrackets: AdvanceBrackets,
    @InjectLogger() private readonly logger: Logger,
  ) {}

  async execute(newsById: ReadonlyMap<string, NewsOfBracket>): Promise<AdvancedBatch> {
    const [bracketId] = newsById.keys()
    if (bracketId === undefined) return { moved: [], failed: [] }
    try {
      const moved = await this.database.transact((tx) => this.advanceBrackets.execute(tx, newsById), { urgent: true })
      return { moved, failed: [] }
    } catch (error) {
      if (error instanceof RetryableError) throw error
      if (newsById.size > 1) return this.inHalves([...newsById])
      this.logger.error({ err: error, bracketId }, 'a bracket cannot be moved on')
      return { moved: [], failed: [{ bracketId, error }] }
    }
  }

  private async inHalves(news: readonly (readonly [string, NewsOfBracket])[]): Promise<AdvancedBatch> {
    const middle = Math.ceil(news.length / 2)
    const first = await this.execute(new Map(news.slice(0, middle)))
    const second = await this.execute(new Map(news.slice(middle)))
    return { moved: [...first.moved, ...second.moved], failed: [...first.failed, ...second.failed] }
  }
}
