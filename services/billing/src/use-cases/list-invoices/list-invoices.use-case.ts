/** Lists invoices. Called over RPC. Must never show another user's. */
import { Injectable } from '@nestjs/common'
import { visibleTo } from '@tradewire/contracts/caller'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { listInvoices } from '@tradewire/contracts/rpc/billing/invoices'
import { pageById } from '@tradewire/database/page'
import type { CodedError } from '@tradewire/kernel/errors'
import type { Result } from '@tradewire/kernel/result'
import { viewInvoice } from '../../domain/bills/invoice.ts'
import { Books } from '../../ports/books.port.ts'

@Injectable()
export class ListInvoices {
  constructor(private readonly books: Books) {}

  execute({ caller, page }: RequestOf<typeof listInvoices>): Promise<Result<ReplyOf<typeof listInvoices>, CodedError>> {
    const userId = visibleTo(caller)
    return pageById(page, (window) => this.books.invoices({ ...window, userId }), viewInvoice)
  }
}
