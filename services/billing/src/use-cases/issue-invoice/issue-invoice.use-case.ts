/** Writes the invoice of what was paid or charged, once, with the next number of the year. Called in the transaction of that. */
import { Injectable } from '@nestjs/common'
import { invoiceIssued } from '@tradewire/contracts/events/billing'
import type { Transaction } from '@tradewire/database/transaction'
import { Clock } from '@tradewire/kernel/clock'
import { IdSource } from '@tradewire/kernel/ids'
import type { Invoice } from '../../domain/invoice.ts'
import { moneyText } from '../../domain/money.ts'
import { Books } from '../../ports/books.port.ts'

@Injectable()
export class IssueInvoice {
  constructor(
    private readonly books: Books,
    private readonly ids: IdSource,
    private readonly clock: Clock,
  ) {}

  async execute(tx: Transaction, billed: Omit<Invoice, 'id' | 'number' | 'issuedAt'>): Promise<void> {
    const issuedAt = this.clock.now()
    const { userId, paymentId, feeId, amount } = billed
    const invoice = await this.books.issueInvoice(tx, { ...billed, id: this.ids.next(), issuedAt })
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
}
