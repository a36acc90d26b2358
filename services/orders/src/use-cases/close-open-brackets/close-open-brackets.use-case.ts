/**
 * Closes what is open of a strategy, a follow, an account or of all: entries end, also those that wait for their turn,
 * positions go by market.
 * Called by the use cases that have checked whose it is, and by kill switches. Must never count what was closing already,
 * nor let one that cannot be closed hold up the others.
 */
import { Injectable } from '@nestjs/common'
import { orderPlanned } from '@tradewire/contracts/events/orders'
import { Database } from '@tradewire/database/database'
import { Clock } from '@tradewire/kernel/clock'
import { injectTrace } from '@tradewire/observability/trace'
import { plannedOf } from '../../domain/bracket/commands.ts'
import { withdrawn } from '../../domain/gate/open-position.ts'
import { WaitingEntries } from '../../ports/waiting-entries.port.ts'
import { Brackets, type BracketScope } from '../../ports/brackets.port.ts'
import { AdvanceBatch, type FailedBracket } from '../advance-batch/advance-batch.use-case.ts'

export interface CloseOptions {
  readonly entriesOnly?: boolean
  /** What its follower has kept is no concern of the strategy's any more; of kill switches it is. */
  readonly sparesKept?: boolean
}

interface Closed {
  /** So many are closing now that were not before. */
  readonly closing: number
  readonly failed: readonly FailedBracket[]
}

/** Brackets closed in one transaction, so that the first closes leave at once. */
const batchRows = 500

@Injectable()
export class CloseOpenBrackets {
  constructor(
    private readonly database: Database,
    private readonly brackets: Brackets,
    private readonly waiting: WaitingEntries,
    private readonly advanceBatch: AdvanceBatch,
    private readonly clock: Clock,
  ) {}

  /**
   * Answers how many are closing now that were not before. What is open closes at once; what a planning that is under
   * way adds to it closes as soon as that has committed: a close is ordered after every signal that was being planned.
   * Throws for those that cannot be closed once all others are.
   */
  async execute(of: BracketScope, options: CloseOptions = {}): Promise<number> {
    const first = await this.closeAll(of, options)
    await this.database.transact((tx) => this.brackets.awaitPlannings(tx), { urgent: true })
    const second = await this.closeAll(of, options)
    const errors = second.failed.map(({ error }) => error)
    if (errors.length > 0) throw new AggregateError(errors, `${errors.length} brackets cannot be closed`)
    return first.closing + second.closing
  }

  private async closeAll(of: BracketScope, { entriesOnly = false, sparesKept = false }: CloseOptions): Promise<Closed> {
    const trace = injectTrace() ?? null
    await this.withdrawWaiting(of, trace)
    const failed: FailedBracket[] = []
    let closing = 0
    let after: string | null = null
    for (;;) {
      const ids: string[] = await this.brackets.openIds({ of, entriesOnly, sparesKept, after, limit: batchRows })
      const close = { kind: 'close' as const, sparesKept }
      const newsById = new Map(ids.map((id) => [id, { news: [close], trace }]))
      const batch = await this.advanceBatch.execute(newsById)
      closing += batch.moved.filter((bracket) => bracket.closing?.cause === 'command').length
      failed.push(...batch.failed)
      if (ids.length < batchRows) return { closing, failed }
      after = ids.at(-1)!
    }
  }

  /** First of all: the end of what they wait for would be their turn. */
  private async withdrawWaiting(of: BracketScope, trace: string | null): Promise<void> {
    await this.database.transact(async (tx) => {
      const denial = withdrawn(this.clock.now())
      const left = await this.waiting.withdraw(tx, of, denial)
      tx.append(
        orderPlanned,
        left.map((entry) => plannedOf(entry, { denial })),
        { trace },
      )
    })
  }
}
