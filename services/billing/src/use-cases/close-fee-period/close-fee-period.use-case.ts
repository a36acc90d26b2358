/**
 * Closes one period of one agreement: counts its trades, raises the mark, books the fee and writes its invoice, in one
 * transaction. Called with the ledger's answer. Must never count a trade twice, nor close a part of a period.
 */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'
import { chargedJournal, feeDescription, type DueAgreement } from '../../domain/fees/fee.ts'
import { FeeFactory, feeRateOf } from '../../domain/fees/fee-factory.ts'
import { closeAfter } from '../../domain/fees/fee-period.ts'
import { Books } from '../../ports/books.port.ts'
import { Fees } from '../../ports/fees.port.ts'
import type { Realised, RealisedTrade } from '../../ports/realised-ledger.port.ts'
import { IssueInvoice } from '../issue-invoice/issue-invoice.use-case.ts'

/** The rule that books fees. */
const rule = 'performance-fee'

@Injectable()
export class CloseFeePeriod {
  constructor(
    private readonly database: Database,
    private readonly fees: Fees,
    private readonly books: Books,
    private readonly issueInvoice: IssueInvoice,
    private readonly factory: FeeFactory,
  ) {}

  /** False when a currency of the trades has no rate yet: then nothing is closed. */
  execute(due: DueAgreement, { trades, dollarRates }: Realised): Promise<boolean> {
    return this.database.transact(async (tx) => {
      const agreement = await this.fees.lockAgreement(tx, due.agreement)
      if (agreement === undefined) return true
      const counted = await this.fees.counted(
        tx,
        trades.map(({ tradeId }) => tradeId),
      )
      const fresh = trades.filter(({ tradeId }) => !counted.has(tradeId))
      const byCurrency = Object.entries(Object.groupBy(fresh, ({ currency }) => currency))
      if (byCurrency.some(([currency]) => feeRateOf(currency, dollarRates) === undefined)) return false
      for (const [currency, lines = []] of byCurrency) {
        const rate = feeRateOf(currency, dollarRates)
        if (rate !== undefined) await this.charge(tx, { ...due, agreement }, { ledgerCurrency: currency, rate, lines })
      }
      const closesAt = closeAfter(agreement.closesAt, agreement.cycle)
      await this.fees.openPeriod(tx, { ...agreement, periodStart: agreement.closesAt, closesAt })
      return true
    })
  }

  private async charge(tx: Transaction, due: DueAgreement, { lines, ...counted }: Counted): Promise<void> {
    const mark = await this.fees.mark(tx, due.agreement.id, counted.ledgerCurrency)
    const results = lines.map(({ realizedPnl }) => realizedPnl)
    const fee = this.factory.close(due, mark, { ...counted, results })
    await this.fees.insertFee(tx, fee, lines)
    if (fee.fee.minor === 0n) return
    const { id: feeId, userId, closedAt } = fee
    if (!(await this.books.beginRule(tx, { id: feeId, rule, object: feeId, ranAt: closedAt }))) {
      throw new RangeError(`the fee ${feeId} was booked already`)
    }
    await this.books.write(tx, [{ journal: chargedJournal(fee), cause: { ruleRunId: feeId } }], closedAt)
    const { charged: amount, tax } = fee
    const description = feeDescription(fee)
    await this.issueInvoice.execute(tx, [{ paymentId: null, feeId, userId, description, amount, tax }])
  }
}

interface Counted {
  readonly ledgerCurrency: string
  readonly rate: NonNullable<ReturnType<typeof feeRateOf>>
  readonly lines: readonly RealisedTrade[]
}
