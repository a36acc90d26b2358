/**
 * Compares the figures of strategies that have a link with what MyFxBook shows there. Called by its job.
 * Must never forget a verdict because nobody answers: it says when it was reached.
 */
import { Injectable } from '@nestjs/common'
import { Clock } from '@tradewire/kernel/clock'
import { InjectConfig } from '@tradewire/nest-kit/tokens'
import type { ReportingConfig } from '../../config.ts'
import { returnsOf } from '../../domain/returns.ts'
import { accountAt, judge } from '../../domain/verification.ts'
import { OutsideAccounts } from '../../ports/outside-accounts.port.ts'
import { StrategyReturns } from '../../ports/returns.port.ts'
import { Verifications } from '../../ports/verifications.port.ts'

/** MyFxBook asks its callers to keep answers. */
const askAgainAfterMs = 900_000

@Injectable()
export class VerifyStrategies {
  constructor(
    private readonly verifications: Verifications,
    private readonly outside: OutsideAccounts,
    private readonly returns: StrategyReturns,
    private readonly clock: Clock,
    @InjectConfig() private readonly config: ReportingConfig,
  ) {}

  /** The reason in words if MyFxBook could not be asked. */
  async execute(): Promise<string | null> {
    if (!this.outside.asked) return null
    const now = this.clock.now()
    const due = await this.verifications.claim(new Date(now.getTime() - askAgainAfterMs), now)
    if (due.length === 0) return null
    const accounts = await this.outside.list()
    if (!accounts.ok) return accounts.error
    for (const strategy of due) {
      const theirs = accountAt(strategy.url, accounts.value)?.figures
      const ours = returnsOf(await this.returns.ofStrategy(strategy.strategyId))
      const verdict = judge(ours, theirs, this.config.myfxbookTolerancePoints)
      await this.verifications.keep(strategy, { verdict, checkedAt: now.toISOString(), figures: theirs ?? null })
    }
    return null
  }
}
