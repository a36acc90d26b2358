/**
 * Looks again at brackets that asked for it: refused closes, resting limit entries, fees under way. Closes what was left
 * to end with its strategy once that has turned: its signals plan nothing for who has left.
 * Called by the wake job. Must never guess at orders without an answer: brokers' evidence moves those.
 */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import { Clock } from '@tradewire/kernel/clock'
import type { BracketNews } from '../../domain/bracket/bracket.ts'
import { Brackets } from '../../ports/brackets.port.ts'
import { AdvanceBrackets } from '../advance-brackets/advance-brackets.use-case.ts'

/** Brackets woken in one transaction. */
const batchRows = 200

@Injectable()
export class WakeBrackets {
  constructor(
    private readonly database: Database,
    private readonly brackets: Brackets,
    private readonly clock: Clock,
    private readonly advanceBrackets: AdvanceBrackets,
  ) {}

  /** Answers whether more may be due. */
  async execute(): Promise<boolean> {
    const ids = await this.brackets.dueIds(this.clock.now(), batchRows)
    await this.tell(ids, { kind: 'wake' })
    const turned = await this.brackets.turnedIds(batchRows)
    await this.tell(turned, { kind: 'close', cause: 'reversal' })
    return ids.length === batchRows || turned.length === batchRows
  }

  private async tell(ids: readonly string[], news: BracketNews): Promise<void> {
    if (ids.length === 0) return
    const newsById = new Map(ids.map((id) => [id, { news: [news], trace: null }]))
    await this.database.transact((tx) => this.advanceBrackets.execute(tx, newsById), { urgent: true })
  }
}
