/** Answers questions about days and worth. Called over the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import * as rpc from '@tradewire/contracts/rpc/reporting'
import { FindBalances } from '../../use-cases/find-balances/find-balances.use-case.ts'
import { GetUserWorth } from '../../use-cases/get-user-worth/get-user-worth.use-case.ts'
import { ListAccountTotals } from '../../use-cases/list-account-totals/list-account-totals.use-case.ts'
import { ListBalanceDays } from '../../use-cases/list-balance-days/list-balance-days.use-case.ts'
import { ListTradingDays } from '../../use-cases/list-trading-days/list-trading-days.use-case.ts'

@Controller()
export class WorthController {
  constructor(
    private readonly tradingDays: ListTradingDays,
    private readonly balanceDays: ListBalanceDays,
    private readonly balances: FindBalances,
    private readonly userWorth: GetUserWorth,
    private readonly accountTotals: ListAccountTotals,
  ) {}

  @Answer(rpc.listTradingDays)
  listTradingDays(request: RequestOf<typeof rpc.listTradingDays>) {
    return this.tradingDays.execute(request)
  }

  @Answer(rpc.listBalanceDays)
  listBalanceDays(request: RequestOf<typeof rpc.listBalanceDays>) {
    return this.balanceDays.execute(request)
  }

  @Answer(rpc.findBalances)
  findBalances(request: RequestOf<typeof rpc.findBalances>) {
    return this.balances.execute(request)
  }

  @Answer(rpc.getUserWorth)
  getUserWorth(request: RequestOf<typeof rpc.getUserWorth>) {
    return this.userWorth.execute(request)
  }

  @Answer(rpc.listAccountTotals)
  listAccountTotals(request: RequestOf<typeof rpc.listAccountTotals>) {
    return this.accountTotals.execute(request)
  }
}
