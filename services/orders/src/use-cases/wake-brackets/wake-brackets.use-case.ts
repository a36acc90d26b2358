/**
 * Looks again at brackets that asked for it: refused closes, resting limit entries, fees under way. Closes what was left
 * to end with its strategy once that has turned: its signals plan nothing for who has left.
 * Called by the wake job. Must never guess at orders without an answer: brokers' evidence moves those; nor let one that
 * cannot be moved hold up the others.
 */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import { Clock } from '@tradewire/kernel/clock'
import type { BracketNews } from '../../domain/bracket/bracket.ts'
import { Brackets } from '../../ports/brackets.port.ts'
import { AdvanceBatch, type AdvancedBatch } from '../advance-batch/advance-batch.use-case.ts'

/** Brackets woken in one transaction. */
const batchRows = 200
/** After this a bracket that could not be moved is looked at again. */
const failedWaitMs = 60_000

@Injectable()
export class WakeBrackets {
  /** Where the next look at what has turned goes on: those that cannot be moved keep no others from their turn. */
  private turnedAfter: string | null = null

  constructor(
    private readonly database: Database,
    private readonly brackets: Brackets,
    private readonly clock: Clock,
    private readonly advanceBatch: AdvanceBatch,
  ) {}

  /** Answers whether more may be due. */
  async execute(): Promise<boolean> {
    const now = this.clock.now()
    const ids = await this.brackets.dueIds(now, batchRows)
    await this.postpone(await this.tell(ids, { kind: 'wake' }), now)
    const turned = await this.brackets.turnedIds({ after: this.turnedAfter, limit: batchRows })
    this.turnedAfter = turned.length === batchRows ? (turned.at(-1) ?? null) : null
    const { failed } = await this.tell(turned, { kind: 'close', cause: 'reversal', sparesKept: true })
    if (failed.length > 0)
      throw new AggregateError(
        failed.map(({ error }) => error),
        'not all that has turned is closed',
      )
    return ids.length === batchRows || turned.length === batchRows
  }

  private tell(ids: readonly string[], news: BracketNews): Promise<AdvancedBatch> {
    return this.advanceBatch.execute(new Map(ids.map((id) => [id, { news: [news], trace: null }])))
  }

  /** Left as they are they would be the first ones due at each turn, and many of them all that a turn takes. */
  private async postpone({ failed }: AdvancedBatch, now: Date): Promise<void> {
    if (failed.length === 0) return
    const ids = failed.map(({ bracketId }) => bracketId)
    const until = new Date(now.getTime() + failedWaitMs)
    await this.database.transact((tx) => this.brackets.wakeLater(tx, ids, { now, until }), { urgent: true })
  }
}
