/** Answers questions about invoices and credit notes. Called over the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import * as crediting from '@tradewire/contracts/rpc/billing/credit-notes'
import * as invoicing from '@tradewire/contracts/rpc/billing/invoices'
import { GetCreditNoteFile } from '../../use-cases/get-credit-note-file/get-credit-note-file.use-case.ts'
import { GetInvoiceFile } from '../../use-cases/get-invoice-file/get-invoice-file.use-case.ts'
import { ListCreditNotes } from '../../use-cases/list-credit-notes/list-credit-notes.use-case.ts'
import { ListInvoices } from '../../use-cases/list-invoices/list-invoices.use-case.ts'

@Controller()
export class DocumentsController {
  constructor(
    private readonly listInvoices: ListInvoices,
    private readonly getInvoiceFile: GetInvoiceFile,
    private readonly listCreditNotes: ListCreditNotes,
    private readonly getCreditNoteFile: GetCreditNoteFile,
  ) {}

  @Answer(invoicing.listInvoices)
  invoices(request: RequestOf<typeof invoicing.listInvoices>) {
    return this.listInvoices.execute(request)
  }

  @Answer(invoicing.getInvoiceFile)
  invoiceFile(request: RequestOf<typeof invoicing.getInvoiceFile>) {
    return this.getInvoiceFile.execute(request)
  }

  @Answer(crediting.listCreditNotes)
  creditNotes(request: RequestOf<typeof crediting.listCreditNotes>) {
    return this.listCreditNotes.execute(request)
  }

  @Answer(crediting.getCreditNoteFile)
  creditNoteFile(request: RequestOf<typeof crediting.getCreditNoteFile>) {
    return this.getCreditNoteFile.execute(request)
  }
}
