/** Draws an invoice. Called when its file is asked for. Must never draw the same invoice in two ways. */
import type { InvoiceDocument } from '../domain/bills/invoice-document.ts'

export abstract class InvoicePrinter {
  abstract print(document: InvoiceDocument): Promise<Buffer>
}
