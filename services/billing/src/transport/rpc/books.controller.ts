/** Answers questions about the books. Called over the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import * as rpc from '@tradewire/contracts/rpc/billing'
import { listProviders } from '@tradewire/contracts/rpc/payment-providers'
import { ListBalances } from '../../use-cases/list-balances/list-balances.use-case.ts'
import { ListProviders } from '../../use-cases/list-providers/list-providers.use-case.ts'

@Controller()
export class BooksController {
  constructor(
    private readonly listBalances: ListBalances,
    private readonly listProviders: ListProviders,
  ) {}

  @Answer(rpc.listBalances)
  balances() {
    return this.listBalances.execute()
  }

  @Answer(listProviders)
  providers() {
    return this.listProviders.execute()
  }
}
