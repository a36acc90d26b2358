/** Answers questions about the books. Called over the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import { listBalances } from '@tradewire/contracts/rpc/billing/books'
import { listProviders } from '@tradewire/contracts/rpc/billing/providers'
import { ListBalances } from '../../use-cases/list-balances/list-balances.use-case.ts'
import { ListProviders } from '../../use-cases/list-providers/list-providers.use-case.ts'

@Controller()
export class BooksController {
  constructor(
    private readonly listBalances: ListBalances,
    private readonly listProviders: ListProviders,
  ) {}

  @Answer(listBalances)
  balances() {
    return this.listBalances.execute()
  }

  @Answer(listProviders)
  providers() {
    return this.listProviders.execute()
  }
}
