/** Reminds those whose payment is missing, at the named days, by notices. Called by the job. Must never say a step twice, however many processes run, nor hold all up for one. */
import { Injectable } from '@nestjs/common'
import { noticeRaised } from '@tradewire/contracts/events/notices'
import { Database } from '@tradewire/database/database'
import { InjectConfig, InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import { reminderRulesOf, type BillingConfig } from '../../config.ts'
import { reminderOf, type Debt } from '../../domain/subscriptions/reminder.ts'
import { Reminders } from '../../ports/reminders.port.ts'

const batchRows = 100

@Injectable()
export class RemindDebtors {
  constructor(
    @InjectConfig() private readonly config: BillingConfig,
    private readonly database: Database,
    private readonly reminders: Reminders,
    @InjectLogger() private readonly logger: Logger,
  ) {}

  /** Answers how many were seen to; called again until none are. */
  async execute(now: Date): Promise<number> {
    const due = await this.reminders.due(now, batchRows)
    let done = 0
    for (const debt of due) if (await this.isSeenTo(debt, now)) done += 1
    return done
  }

  private async isSeenTo(debt: Debt, now: Date): Promise<boolean> {
    try {
      await this.remind(debt, now)
      return true
    } catch (error) {
      this.logger.warn({ err: error, debt: debt.object }, 'a debt could not be reminded of; it is tried again')
      return false
    }
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
