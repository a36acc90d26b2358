/** Closes the periods of performance fees that are over, once the ledger is sure to have their trades. Called by the job. Must never hold all up for one. */
import { Injectable } from '@nestjs/common'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import type { DueAgreement } from '../../domain/fees/fee.ts'
import { Fees } from '../../ports/fees.port.ts'
import { RealisedLedger } from '../../ports/realised-ledger.port.ts'
import { TaxCalculator } from '../../ports/taxes.port.ts'
import { CloseFeePeriod } from '../close-fee-period/close-fee-period.use-case.ts'

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
    @InjectLogger() private readonly logger: Logger,
  ) {}

  /** Answers how many were looked at; called again until none are. */
  async execute(now: Date): Promise<number> {
    const due = await this.fees.due(new Date(now.getTime() - settleMs), now, batchRows)
    for (const one of due) {
      if (!(await this.isClosed(one))) await this.fees.putOff(one.agreement.id, new Date(now.getTime() + putOffMs))
    }
    return due.length
  }

  private async isClosed(due: Omit<DueAgreement, 'tax'>): Promise<boolean> {
    try {
      return await this.close(due)
    } catch (error) {
      this.logger.warn({ err: error, agreementId: due.agreement.id }, 'a period could not be closed; it is tried again')
      return false
    }
  }

  private async close(due: Omit<DueAgreement, 'tax'>): Promise<boolean> {
    const { userId, strategyId, agreedAt, periodStart, closesAt } = due.agreement
    const from = new Date(Math.max(agreedAt.getTime(), periodStart.getTime() - lateNewsMs))
    const realised = await this.ledger.of({ userId, strategyId, from, before: closesAt })
    if (!realised.ok) {
      this.logger.warn({ agreementId: due.agreement.id, code: realised.error.code }, 'the ledger could not be asked')
      return false
    }
    const closed = await this.closeFeePeriod.execute({ ...due, tax: await this.taxes.termsFor(userId) }, realised.value)
    if (!closed) this.logger.warn({ agreementId: due.agreement.id }, 'a currency has no rate: its fee waits')
    return closed
  }
}
