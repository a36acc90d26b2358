/**
 * Closes what is open of a strategy, a follow, an account or of all: entries end, also those that wait for their turn,
 * positions go by market.
 * Called by the use cases that have checked whose it is, and by kill switches. Must never count what was closing already.
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
import { AdvanceBrackets } from '../advance-brackets/advance-brackets.use-case.ts'

export interface CloseOptions {
  readonly entriesOnly?: boolean
  /** What its follower has kept is no concern of the strategy's any more; of kill switches it is. */
  readonly sparesKept?: boolean
}

/** Brackets closed in one transaction, so that the first closes leave at once. */
const batchRows = 500

@Injectable()
export class CloseOpenBrackets {
  constructor(
    private readonly database: Database,
    private readonly brackets: Brackets,
    private readonly waiting: WaitingEntries,
    private readonly advanceBrackets: AdvanceBrackets,
    private readonly clock: Clock,
  ) {}

  /**
   * Answers how many are closing now that were not before. What is open closes at once; what a planning that is under
   * way adds to it closes as soon as that has committed: a close is ordered after every signal that was being planned.
   */
  async execute(of: BracketScope, options: CloseOptions = {}): Promise<number> {
    const closing = await this.closeAll(of, options)
    await this.database.transact((tx) => this.brackets.awaitPlannings(tx), { urgent: true })
    return closing + (await this.closeAll(of, options))
  }

  private async closeAll(of: BracketScope, { entriesOnly = false, sparesKept = false }: CloseOptions): Promise<number> {
    const trace = injectTrace() ?? null
    await this.withdrawWaiting(of, trace)
    let closing = 0
    let after: string | null = null
    for (;;) {
      const ids: string[] = await this.brackets.openIds({ of, entriesOnly, sparesKept, after, limit: batchRows })
      if (ids.length > 0) {
        const newsById = new Map(ids.map((id) => [id, { news: [{ kind: 'close' as const }], trace }]))
        const moved = await this.database.transact((tx) => this.advanceBrackets.execute(tx, newsById), { urgent: true })
        closing += moved.filter((bracket) => bracket.closing?.cause === 'command').length
      }
      if (ids.length < batchRows) return closing
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
