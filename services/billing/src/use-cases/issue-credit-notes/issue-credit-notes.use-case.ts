/** Writes a credit note for each part of a payment that was given back, with the next numbers of the year. Called in the transaction of that, after its invoices. */
import { Injectable } from '@nestjs/common'
import { creditNoteIssued } from '@tradewire/contracts/events/credit-notes'
import type { Transaction } from '@tradewire/database/transaction'
import { Clock } from '@tradewire/kernel/clock'
import { IdSource } from '@tradewire/kernel/ids'
import { creditNoteOf, type Credit, type CreditNote } from '../../domain/bills/credit-note.ts'
import { moneyText } from '../../domain/money/money.ts'
import { Books } from '../../ports/books.port.ts'
import { CreditNotes } from '../../ports/credit-notes.port.ts'

export interface Credited {
  readonly paymentId: string
  readonly credits: readonly Credit[]
}

@Injectable()
export class IssueCreditNotes {
  constructor(
    private readonly books: Books,
    private readonly creditNotes: CreditNotes,
    private readonly ids: IdSource,
    private readonly clock: Clock,
  ) {}

  async execute(tx: Transaction, credited: readonly Credited[]): Promise<void> {
    if (credited.length === 0) return
    const issuedAt = this.clock.now()
    const paymentIds = credited.map(({ paymentId }) => paymentId)
    const invoices = await this.books.invoicesOf(tx, paymentIds)
    const drafts = credited.flatMap(({ paymentId, credits }) => {
      const invoice = invoices.get(paymentId)
      if (invoice === undefined) throw new RangeError(`the payment ${paymentId} has no invoice that could be credited`)
      return credits.map((credit) => ({ ...creditNoteOf(invoice, credit), paymentId, id: this.ids.next(), issuedAt }))
    })
    tx.append(creditNoteIssued, (await this.creditNotes.issue(tx, drafts, issuedAt)).map(newsOf))
  }
}

function newsOf({ id, number, userId, invoiceId, invoiceNumber, paymentId, reason, amount, issuedAt }: CreditNote) {
  const { currency } = amount
  const which = { creditNoteId: id, number, userId, invoiceId, invoiceNumber, paymentId, reason }
  return { ...which, amount: moneyText(amount), currency, issuedAt: issuedAt.toISOString() }
}
