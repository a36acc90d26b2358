/** Writes the invoice of a payment that was made, once, with the next number of the year. Called in that payment's transaction. */
import { Injectable } from '@nestjs/common'
import { invoiceIssued } from '@tradewire/contracts/events/billing'
import type { Transaction } from '@tradewire/database/transaction'
import { Clock } from '@tradewire/kernel/clock'
import { IdSource } from '@tradewire/kernel/ids'
import type { Payment } from '../../domain/bill.ts'
import { moneyText } from '../../domain/money.ts'
import { Books } from '../../ports/books.port.ts'

@Injectable()
export class IssueInvoice {
  constructor(
    private readonly books: Books,
    private readonly ids: IdSource,
    private readonly clock: Clock,
  ) {}

  async execute(tx: Transaction, { id: paymentId, userId, description, amount }: Payment): Promise<void> {
    const issuedAt = this.clock.now()
    const invoice = await this.books.issueInvoice(tx, {
      id: this.ids.next(),
      userId,
      paymentId,
      description,
      amount,
      issuedAt,
    })
    tx.append(invoiceIssued, {
      invoiceId: invoice.id,
      number: invoice.number,
      userId,
      paymentId,
      amount: moneyText(amount),
      currency: amount.currency,
      issuedAt: issuedAt.toISOString(),
    })
  }
}
