/** Tells users and operators of accounts that come near what their plans allow. Called by the job every few minutes. Must never tell it again before the account was clear of it. */
import { Injectable } from '@nestjs/common'
import { noticeRaised } from '@tradewire/contracts/events/notices'
import { Database } from '@tradewire/database/database'
import { isNear, nearNotice } from '../../domain/subscriptions/near-limit.ts'
import { AccountTotals, Limits } from '../../ports/limits.port.ts'

const batchRows = 1_000
/** Balances are told minutes apart, and a notice of them may be as late. */
const lookAgainMs = 300_000

@Injectable()
export class WatchLimits {
  private lookedAtMs = 0

  constructor(
    private readonly database: Database,
    private readonly limits: Limits,
    private readonly totals: AccountTotals,
  ) {}

  async execute(now: Date): Promise<void> {
    if (now.getTime() - this.lookedAtMs < lookAgainMs) return
    this.lookedAtMs = now.getTime()
    let after: string | undefined
    for (;;) {
      const accounts = await this.limits.accounts(after, batchRows)
      if (accounts.length === 0) return
      const totals = await this.totals.of(accounts.map(({ accountId }) => accountId))
      // What cannot be asked now is asked at the next look.
      if (!totals.ok) return
      const known = new Map(totals.value.map((total) => [total.accountId, total]))
      await this.database.transact(async (tx) => {
        for (const account of accounts) {
          const total = known.get(account.accountId)
          if (total === undefined || isNear(account, total.total) === account.wasNear) continue
          const isNews = await this.limits.remember(tx, account, !account.wasNear)
          if (isNews && !account.wasNear) tx.append(noticeRaised, nearNotice(account, total, now))
        }
      })
      after = accounts.at(-1)?.accountId
    }
  }
}
