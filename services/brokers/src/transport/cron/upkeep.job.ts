/** The small regular works: tend orders, publish and read balances, reconcile accounts. Called by Nest. Must never decide anything. */
import { Injectable } from '@nestjs/common'
import { RegularJob } from '@tradewire/nest-kit/regular-job'
import { InjectConfig, InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import type { BrokersConfig } from '#config'
import { KeepBalances } from '../../use-cases/keep-balances/keep-balances.use-case.ts'
import { TendOrders } from '../../use-cases/tend-orders/tend-orders.use-case.ts'
import { WatchAccounts } from '../../use-cases/watch-accounts/watch-accounts.use-case.ts'

const balancesEveryMs = 250
const upkeepEveryMs = 1_000

@Injectable()
export class UpkeepJob extends RegularJob {
  constructor(
    orders: TendOrders,
    balances: KeepBalances,
    watch: WatchAccounts,
    @InjectConfig() { balanceEveryMs, reconcileEveryMs }: BrokersConfig,
    @InjectLogger() logger: Logger,
  ) {
    const regular = (what: string, everyMs: number, work: () => Promise<void>) => {
      return { work, everyMs, failed: `${what} failed; the next turn tries again` }
    }
    super(
      logger,
      regular('publishing balances', balancesEveryMs, () => balances.publish()),
      regular('reading balances', balancesEveryMs, () => balances.execute(balanceEveryMs)),
      regular('reconciling accounts', upkeepEveryMs, () => watch.execute(reconcileEveryMs)),
      regular('tending orders', upkeepEveryMs, () => orders.execute()),
    )
  }
}
