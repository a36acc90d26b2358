/**
 * Gives entries that wait their turn: asks for the end of what they want out of their way, and plans them anew, with the
 * balance of then, once it is proven gone or their signal has expired. Called by the wake job.
 * Must never plan an entry by itself: it goes through the same checks as any other.
 */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import { Clock } from '@tradewire/kernel/clock'
import { runInTrace } from '@tradewire/observability/trace'
import { WaitingEntries } from '../../ports/waiting-entries.port.ts'
import { AdvanceBrackets } from '../advance-brackets/advance-brackets.use-case.ts'
import { PlanSignal } from '../plan-signal/plan-signal.use-case.ts'

/** Brackets closed, and entries planned, in one turn. */
const batchRows = 500

@Injectable()
export class PlanWaiting {
  constructor(
    private readonly database: Database,
    private readonly waiting: WaitingEntries,
    private readonly advanceBrackets: AdvanceBrackets,
    private readonly planSignal: PlanSignal,
    private readonly clock: Clock,
  ) {}

  /** Answers whether more may be due. */
  async execute(): Promise<boolean> {
    const closing = await this.waiting.toClose(batchRows)
    if (closing.length > 0) {
      const news = [{ kind: 'close' as const, cause: 'reversal' as const }]
      const newsById = new Map(closing.map(({ bracketId, trace }) => [bracketId, { news, trace }]))
      await this.database.transact((tx) => this.advanceBrackets.execute(tx, newsById), { urgent: true })
    }
    const due = await this.waiting.due(this.clock.now(), batchRows)
    for (const { data, trace, entries } of due) {
      await runInTrace(trace, 'plan waiting entries', () =>
        this.database.transact((tx) => this.planSignal.execute(data, tx, entries)),
      )
    }
    return closing.length === batchRows || due.length > 0
  }
}
