/** Lists credit notes. Called over RPC. Must never show another user's. */
import { Injectable } from '@nestjs/common'
import { visibleTo } from '@tradewire/contracts/caller'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { listCreditNotes } from '@tradewire/contracts/rpc/billing/credit-notes'
import { pageById } from '@tradewire/database/page'
import type { CodedError } from '@tradewire/kernel/errors'
import type { Result } from '@tradewire/kernel/result'
import { viewCreditNote } from '../../domain/bills/credit-note.ts'
import { CreditNotes } from '../../ports/credit-notes.port.ts'

type Request = RequestOf<typeof listCreditNotes>

@Injectable()
export class ListCreditNotes {
  constructor(private readonly creditNotes: CreditNotes) {}

  execute({ caller, page }: Request): Promise<Result<ReplyOf<typeof listCreditNotes>, CodedError>> {
    const userId = visibleTo(caller)
    return pageById(page, (window) => this.creditNotes.list({ ...window, userId }), viewCreditNote)
  }
}
