/** Writes the invoice of what was paid or charged, once, with the next number of the year. Called in the transaction of that. */
import { Injectable } from '@nestjs/common'
import { invoiceIssued } from '@tradewire/contracts/events/billing'
import type { Transaction } from '@tradewire/database/transaction'
import { Clock } from '@tradewire/kernel/clock'
import { IdSource } from '@tradewire/kernel/ids'
import type { InvoiceLine } from '../../domain/bill.ts'
import { listedText, purchaseLines, type Invoice } from '../../domain/invoice.ts'
import { moneyText } from '../../domain/money.ts'
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

  async execute(tx: Transaction, billed: Billed): Promise<void> {
    const issuedAt = this.clock.now()
    const { userId, paymentId, feeId, description, amount, tax } = billed
    const invoice = await this.books.issueInvoice(tx, {
      ...(await this.parties.of(tx, userId)),
      id: this.ids.next(),
      userId,
      paymentId,
      feeId,
      description,
      lines: await this.linesOf(tx, billed),
      amount,
      tax,
      issuedAt,
    })
    tx.append(invoiceIssued, {
      invoiceId: invoice.id,
      number: invoice.number,
      userId,
      paymentId,
      feeId,
      amount: moneyText(amount),
      currency: amount.currency,
      issuedAt: issuedAt.toISOString(),
    })
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
