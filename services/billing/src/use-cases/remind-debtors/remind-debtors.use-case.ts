/** Reminds those whose payment is missing, at the named days, by notices. Called by the job. Must never say a step twice, however many processes run, nor hold all up for one. */
import { Injectable } from '@nestjs/common'
import { noticeRaised } from '@tradewire/contracts/events/notices'
import { Database } from '@tradewire/database/database'
import { InjectConfig } from '@tradewire/nest-kit/tokens'
import { reminderRulesOf, type BillingConfig } from '../../config.ts'
import { reminderOf, type Debt } from '../../domain/subscriptions/reminder.ts'
import { Reminders } from '../../ports/reminders.port.ts'
import { DoEachAlone } from '../do-each-alone/do-each-alone.use-case.ts'

const batchRows = 100

@Injectable()
export class RemindDebtors {
  constructor(
    @InjectConfig() private readonly config: BillingConfig,
    private readonly database: Database,
    private readonly reminders: Reminders,
    private readonly doEachAlone: DoEachAlone,
  ) {}

  /** Answers how many were looked at; called again until none are. */
  async execute(now: Date): Promise<number> {
    return this.doEachAlone.execute(await this.reminders.due(now, batchRows), {
      work: (debt) => this.remind(debt, now).then(() => true),
      putOff: (debt, until) => this.reminders.putOff(debt, until),
      failed: 'a debt could not be reminded of',
      about: ({ object }) => ({ debt: object }),
    })
  }

  private remind(debt: Debt, now: Date): Promise<void> {
    const reminder = reminderOf(debt, now, reminderRulesOf(this.config))
    return this.database.transact(async (tx) => {
      const isOurs = await this.reminders.take(tx, debt, reminder)
      if (!isOurs || reminder.notice === null) return
      const { userId } = debt
      const about = { userId, audience: ['user' as const], accountId: null, raisedAt: now.toISOString() }
      tx.append(noticeRaised, { ...about, ...reminder.notice })
    })
  }
}
