/** Answers questions about what strategies cost. Called over the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import { listStrategyPrices, setStrategyPrices } from '@tradewire/contracts/rpc/billing/prices'
import { ListStrategyPrices } from '../../use-cases/list-strategy-prices/list-strategy-prices.use-case.ts'
import { SetStrategyPrices } from '../../use-cases/set-strategy-prices/set-strategy-prices.use-case.ts'

@Controller()
export class PricesController {
  constructor(
    private readonly listStrategyPrices: ListStrategyPrices,
    private readonly setStrategyPrices: SetStrategyPrices,
  ) {}

  @Answer(listStrategyPrices)
  listPrices(request: RequestOf<typeof listStrategyPrices>) {
    return this.listStrategyPrices.execute(request)
  }

  @Answer(setStrategyPrices)
  setPrices(request: RequestOf<typeof setStrategyPrices>) {
    return this.setStrategyPrices.execute(request)
  }
}
