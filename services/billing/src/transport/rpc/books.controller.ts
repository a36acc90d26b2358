/** Answers questions about the books. Called over the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import * as rpc from '@tradewire/contracts/rpc/billing'
import { listProviders } from '@tradewire/contracts/rpc/payment-providers'
import * as invoicing from '@tradewire/contracts/rpc/invoices'
import { GetInvoiceFile } from '../../use-cases/get-invoice-file/get-invoice-file.use-case.ts'
import { ListBalances } from '../../use-cases/list-balances/list-balances.use-case.ts'
import { ListInvoices } from '../../use-cases/list-invoices/list-invoices.use-case.ts'
import { ListProviders } from '../../use-cases/list-providers/list-providers.use-case.ts'

@Controller()
export class BooksController {
  constructor(
    private readonly listInvoices: ListInvoices,
    private readonly getInvoiceFile: GetInvoiceFile,
    private readonly listBalances: ListBalances,
    private readonly listProviders: ListProviders,
  ) {}

  @Answer(invoicing.listInvoices)
  invoices(request: RequestOf<typeof invoicing.listInvoices>) {
    return this.listInvoices.execute(request)
  }

  @Answer(invoicing.getInvoiceFile)
  invoiceFile(request: RequestOf<typeof invoicing.getInvoiceFile>) {
    return this.getInvoiceFile.execute(request)
  }

  @Answer(rpc.listBalances)
  balances() {
    return this.listBalances.execute()
  }

  @Answer(listProviders)
  providers() {
    return this.listProviders.execute()
  }
}
