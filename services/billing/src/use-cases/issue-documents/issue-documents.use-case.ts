/** Writes the invoices of what was paid and the credit notes of what was given back. Called last in the transaction of both: everybody waits for their counters, and whoever has one must not wait for a subscription. */
import { Injectable } from '@nestjs/common'
import type { Transaction } from '@tradewire/database/transaction'
import type { Payment } from '../../domain/bills/bill.ts'
import { IssueCreditNotes, type Credited } from '../issue-credit-notes/issue-credit-notes.use-case.ts'
import { IssueInvoice } from '../issue-invoice/issue-invoice.use-case.ts'

@Injectable()
export class IssueDocuments {
  constructor(
    private readonly issueInvoice: IssueInvoice,
    private readonly issueCreditNotes: IssueCreditNotes,
  ) {}

  async execute(tx: Transaction, paid: readonly Payment[], credited: readonly Credited[]): Promise<void> {
    await this.issueInvoice.execute(
      tx,
      paid.map((payment) => ({ ...payment, paymentId: payment.id })),
    )
    await this.issueCreditNotes.execute(tx, credited)
  }
}
