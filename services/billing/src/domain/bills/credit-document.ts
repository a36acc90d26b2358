/** A credit note as it is printed, in the form of an invoice. Called by whatever prints it. Must never hold a figure that the note does not. */
import { money, moneyText } from '../money/money.ts'
import type { CreditNote, CreditReason } from './credit-note.ts'
import { amountColumns, dayOf, shownTotals, type InvoiceDocument } from './invoice-document.ts'

const said: Readonly<Record<CreditReason, string>> = {
  refund: 'Given back to you. Refund',
  dispute: 'Given back to you by your bank. Dispute',
  correction: 'Takes back what was credited, because it was not given back after all. Of',
}

export function creditDocumentOf(note: CreditNote): InvoiceDocument {
  const { number, invoiceNumber, issuedAt, seller, buyer, amount, tax, taxMinor, reason, reference, description } = note
  const shown = tax?.included === false ? amount.minor - taxMinor : amount.minor
  return {
    title: 'Credit note',
    number,
    issuedOn: dayOf(issuedAt),
    refersTo: `Of invoice ${invoiceNumber}`,
    issuedAt,
    seller,
    buyer,
    lines: {
      heading: '',
      columns: amountColumns(amount.currency),
      rows: [[description, '1', moneyText(money(shown, amount.currency))]],
    },
    totals: shownTotals({ amount, tax, taxMinor }),
    explanation: [],
    note: `${said[reason]} ${reference}`,
  }
}
