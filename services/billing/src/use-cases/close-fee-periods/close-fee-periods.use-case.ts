/** Closes the periods of performance fees that are over, once the ledger is sure to have their trades. Called by the job. Must never hold all up for one. */
import { Injectable } from '@nestjs/common'
import type { DueAgreement } from '../../domain/fees/fee.ts'
import { Fees } from '../../ports/fees.port.ts'
import { RealisedLedger } from '../../ports/realised-ledger.port.ts'
import { TaxCalculator } from '../../ports/taxes.port.ts'
import { CloseFeePeriod } from '../close-fee-period/close-fee-period.use-case.ts'
import { DoEachAlone } from '../do-each-alone/do-each-alone.use-case.ts'

/** By then the news of the last trades has come, save in the worst outage; what comes later counts in the next period. */
const settleMs = 3_600_000
/** How far before the period trades are looked for that came too late for the one before. */
const lateNewsMs = 2_678_400_000
/** Until one that could not be closed is looked at again. */
const putOffMs = 600_000
const batchRows = 100

@Injectable()
export class CloseFeePeriods {
  constructor(
    private readonly fees: Fees,
    private readonly ledger: RealisedLedger,
    private readonly closeFeePeriod: CloseFeePeriod,
    private readonly taxes: TaxCalculator,
    private readonly doEachAlone: DoEachAlone,
  ) {}

  /** Answers how many were looked at; called again until none are. */
  async execute(now: Date): Promise<number> {
    const closedBefore = new Date(now.getTime() - settleMs)
    return this.doEachAlone.execute(await this.fees.due(closedBefore, now, batchRows), {
      work: (due) => this.close(due),
      putOff: ({ agreement }, until) => this.fees.putOff(agreement.id, until),
      putOffMs,
      failed: 'a period could not be closed',
      about: ({ agreement }) => ({ agreementId: agreement.id }),
    })
  }

  private async close(due: Omit<DueAgreement, 'tax'>): Promise<boolean | string> {
    const { userId, strategyId, agreedAt, periodStart, closesAt } = due.agreement
    const from = new Date(Math.max(agreedAt.getTime(), periodStart.getTime() - lateNewsMs))
    const realised = await this.ledger.of({ userId, strategyId, from, before: closesAt })
    if (!realised.ok) return realised.error.code
    const tax = await this.taxes.termsFor(userId)
    return (await this.closeFeePeriod.execute({ ...due, tax }, realised.value)) || 'CURRENCY_WITHOUT_RATE'
  }
}
