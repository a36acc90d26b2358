/**
 * Gives entries that wait their turn: asks for the end of what they want out of their way, and has them planned anew once
 * it is proven gone or their signal has expired. Called by the wake job.
 * Must never plan an entry by itself, nor let one that cannot be closed or planned hold up the others.
 */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import { Clock } from '@tradewire/kernel/clock'
import { WaitingEntries } from '../../ports/waiting-entries.port.ts'
import { AdvanceBatch } from '../advance-batch/advance-batch.use-case.ts'
import { PlanDueEntries } from '../plan-due-entries/plan-due-entries.use-case.ts'

/** Brackets closed, and entries planned, in one turn. */
const batchRows = 500
/** After this a bracket that could not be closed is looked at again: its entry does not wait for long. */
const failedWaitMs = 5_000

@Injectable()
export class PlanWaiting {
  constructor(
    private readonly database: Database,
    private readonly waiting: WaitingEntries,
    private readonly advanceBatch: AdvanceBatch,
    private readonly planDueEntries: PlanDueEntries,
    private readonly clock: Clock,
  ) {}

  /** Answers whether more may be due. */
  async execute(): Promise<boolean> {
    const now = this.clock.now()
    const closing = await this.waiting.toClose(now, batchRows)
    await this.close(closing)
    const due = await this.waiting.due(now, batchRows)
    for (const signal of due) await this.planDueEntries.execute(signal)
    return closing.length === batchRows || due.length > 0
  }

  private async close(
    closing: readonly { readonly bracketId: string; readonly trace: string | null }[],
  ): Promise<void> {
    const news = [{ kind: 'close' as const, cause: 'reversal' as const }]
    const newsById = new Map(closing.map(({ bracketId, trace }) => [bracketId, { news, trace }]))
    const { failed } = await this.advanceBatch.execute(newsById)
    if (failed.length === 0) return
    const ids = failed.map(({ bracketId }) => bracketId)
    const until = new Date(this.clock.now().getTime() + failedWaitMs)
    await this.database.transact((tx) => this.waiting.putOff(tx, ids, until))
  }
}
