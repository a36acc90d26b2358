/** Prints a credit note. Called over RPC. Must never show another user's. */
import { Injectable } from '@nestjs/common'
import { maySee, visibleTo } from '@tradewire/contracts/caller'
import type { FileReply } from '@tradewire/contracts/define-route'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import type { getCreditNoteFile } from '@tradewire/contracts/rpc/billing/credit-notes'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { billingErrors } from '../../billing.errors.ts'
import { creditDocumentOf } from '../../domain/bills/credit-document.ts'
import { CreditNotes } from '../../ports/credit-notes.port.ts'
import { InvoicePrinter } from '../../ports/invoice-printer.port.ts'

type Request = RequestOf<typeof getCreditNoteFile>

@Injectable()
export class GetCreditNoteFile {
  constructor(
    private readonly creditNotes: CreditNotes,
    private readonly printer: InvoicePrinter,
  ) {}

  async execute({ caller, creditNoteId }: Request): Promise<Result<FileReply, CodedError>> {
    const note = await this.creditNotes.find(creditNoteId, visibleTo(caller))
    if (note === undefined || !maySee(caller, note.userId)) {
      return err(billingErrors.of('CREDIT_NOTE_NOT_FOUND', { creditNoteId }))
    }
    const printed = await this.printer.print(creditDocumentOf(note))
    return ok({ name: `credit-note-${note.number}.pdf`, base64: printed.toString('base64') })
  }
}
