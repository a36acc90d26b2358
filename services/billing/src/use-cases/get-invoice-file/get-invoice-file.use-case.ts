/** Prints an invoice; that of a performance fee with every trade that was counted. Called over RPC. Must never show another user's. */
import { Injectable } from '@nestjs/common'
import { maySee, visibleTo } from '@tradewire/contracts/caller'
import type { FileReply } from '@tradewire/contracts/define-route'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import type { getInvoiceFile } from '@tradewire/contracts/rpc/billing/invoices'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { billingErrors } from '../../billing.errors.ts'
import { documentOf, type ExplainedFee } from '../../domain/bills/invoice-document.ts'
import { Books } from '../../ports/books.port.ts'
import { Fees } from '../../ports/fees.port.ts'
import { InvoicePrinter } from '../../ports/invoice-printer.port.ts'

@Injectable()
export class GetInvoiceFile {
  constructor(
    private readonly books: Books,
    private readonly fees: Fees,
    private readonly printer: InvoicePrinter,
  ) {}

  async execute({ caller, invoiceId }: RequestOf<typeof getInvoiceFile>): Promise<Result<FileReply, CodedError>> {
    const invoice = await this.books.findInvoice(invoiceId, visibleTo(caller))
    if (invoice === undefined || !maySee(caller, invoice.userId)) {
      return err(billingErrors.of('INVOICE_NOT_FOUND', { invoiceId }))
    }
    const explained = invoice.feeId === null ? null : await this.explained(invoice.feeId, visibleTo(caller))
    const printed = await this.printer.print(documentOf(invoice, explained))
    return ok({ name: `invoice-${invoice.number}.pdf`, base64: printed.toString('base64') })
  }

  private async explained(feeId: string, seenBy: string | undefined): Promise<ExplainedFee | null> {
    const fee = await this.fees.find(feeId, seenBy)
    return fee === undefined ? null : { fee, lines: await this.fees.lines(feeId, seenBy) }
  }
}
