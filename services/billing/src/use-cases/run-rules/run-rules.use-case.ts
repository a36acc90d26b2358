/** What rules make of time: fees of periods that are over, reminders of what is owed, limits that are near. Called by the job with everything else that time moves. Must never wait. */
import { Injectable } from '@nestjs/common'
import { Clock } from '@tradewire/kernel/clock'
import { CloseFeePeriods } from '../close-fee-periods/close-fee-periods.use-case.ts'
import { RemindDebtors } from '../remind-debtors/remind-debtors.use-case.ts'
import { TellProviders } from '../tell-providers/tell-providers.use-case.ts'
import { WatchLimits } from '../watch-limits/watch-limits.use-case.ts'

@Injectable()
export class RunRules {
  constructor(
    private readonly closeFeePeriods: CloseFeePeriods,
    private readonly remindDebtors: RemindDebtors,
    private readonly watchLimits: WatchLimits,
    private readonly tellProviders: TellProviders,
    private readonly clock: Clock,
  ) {}

  async execute(): Promise<void> {
    const now = this.clock.now()
    while ((await this.closeFeePeriods.execute(now)) > 0);
    while ((await this.remindDebtors.execute(now)) > 0);
    await this.watchLimits.execute(now)
    await this.tellProviders.execute(now)
  }
}
