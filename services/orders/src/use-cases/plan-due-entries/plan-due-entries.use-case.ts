/**
 * Plans the waiting entries of one signal whose turn has come, with the balance of now; what fails is looked at again.
 * Called by the use case that gives them their turn. Must never let one hold up the others, nor plan one by itself: it
 * goes through the same checks as any other.
 */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import { inHalves } from '@tradewire/database/in-halves'
import { Clock } from '@tradewire/kernel/clock'
import { SparseLog } from '@tradewire/nest-kit/sparse-log'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import { runInTrace } from '@tradewire/observability/trace'
import { type DueEntry, type DueSignal, WaitingEntries } from '../../ports/waiting-entries.port.ts'
import { PlanSignal } from '../plan-signal/plan-signal.use-case.ts'

/** After this an entry that could not be planned is looked at again: it is worth something for as long as its signal. */
const failedWaitMs = 5_000

@Injectable()
export class PlanDueEntries {
  private readonly log: SparseLog

  constructor(
    private readonly database: Database,
    private readonly waiting: WaitingEntries,
    private readonly planSignal: PlanSignal,
    private readonly clock: Clock,
    @InjectLogger() logger: Logger,
  ) {
    this.log = new SparseLog(logger, clock)
  }

  async execute({ data, trace, entries }: DueSignal): Promise<void> {
    const plan = (some: readonly DueEntry[]) =>
      runInTrace(trace, 'plan waiting entries', () =>
        this.database.transact((tx) => this.planSignal.execute(data, tx, some)),
      )
    try {
      for (const { item, error } of (await inHalves(entries, plan)).failed) await this.putOff([item], error)
    } catch (error) {
      // A conflict, or a strategy that is not known yet; without a database this fails as well, and so ends the turn.
      await this.putOff(entries, error)
    }
  }

  private async putOff(entries: readonly DueEntry[], error: unknown): Promise<void> {
    const ids = entries.map(({ bracketId }) => bracketId)
    this.log.error(error, 'waiting entries cannot be planned', { bracketIds: ids })
    const until = new Date(this.clock.now().getTime() + failedWaitMs)
    await this.database.transact((tx) => this.waiting.putOff(tx, ids, until))
  }
}
