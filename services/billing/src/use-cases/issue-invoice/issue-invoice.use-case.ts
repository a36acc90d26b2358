/** Writes the invoices of what was paid or charged, once each, with the next numbers of the year. Called in the transaction of that. */
import { Injectable } from '@nestjs/common'
import { invoiceIssued } from '@tradewire/contracts/events/billing'
import type { Transaction } from '@tradewire/database/transaction'
import { Clock } from '@tradewire/kernel/clock'
import { IdSource } from '@tradewire/kernel/ids'
import type { InvoiceLine } from '../../domain/bills/bill.ts'
import { listedText, purchaseLines, type Invoice } from '../../domain/bills/invoice.ts'
import { moneyText } from '../../domain/money/money.ts'
import { Bills } from '../../ports/bills.port.ts'
import { Books } from '../../ports/books.port.ts'
import { Parties } from '../../ports/parties.port.ts'

type Billed = Pick<Invoice, 'userId' | 'paymentId' | 'feeId' | 'description' | 'amount' | 'tax'> & {
  readonly purchaseId?: string | null
  readonly lines?: readonly InvoiceLine[] | null
}

@Injectable()
export class IssueInvoice {
  constructor(
    private readonly books: Books,
    private readonly bills: Bills,
    private readonly parties: Parties,
    private readonly ids: IdSource,
    private readonly clock: Clock,
  ) {}

  async execute(tx: Transaction, billed: readonly Billed[]): Promise<void> {
    if (billed.length === 0) return
    const issuedAt = this.clock.now()
    const userIds = billed.map(({ userId }) => userId)
    const buyers = await this.parties.buyers(tx, userIds)
    const drafts: Omit<Invoice, 'number'>[] = []
    for (const one of billed) {
      const { userId, paymentId, feeId, description, amount, tax } = one
      const parties = { seller: this.parties.seller(), buyer: buyers.get(userId)! }
      const lines = await this.linesOf(tx, one)
      const what = { userId, paymentId, feeId, description, lines, amount, tax }
      drafts.push({ ...parties, ...what, id: this.ids.next(), issuedAt })
    }
    const invoices = await this.books.issueInvoices(tx, drafts, issuedAt)
    tx.append(invoiceIssued, invoices.map(newsOf))
  }

  /** In the transaction's own connection: a second one for each that is under way might not be there. */
  private async linesOf(tx: Transaction, billed: Billed): Promise<readonly InvoiceLine[]> {
    const { purchaseId = null, lines = null, description, amount, tax } = billed
    if (lines !== null) return lines
    const purchase = purchaseId === null ? undefined : await this.bills.findPurchase(purchaseId, tx)
    return purchase === undefined
      ? [{ description, quantity: 1, amount: listedText(amount, tax) }]
      : purchaseLines(purchase)
  }
}

function newsOf({ id: invoiceId, number, userId, paymentId, feeId, amount, issuedAt }: Invoice) {
  const { currency } = amount
  const at = issuedAt.toISOString()
  return { invoiceId, number, userId, paymentId, feeId, amount: moneyText(amount), currency, issuedAt: at }
}
