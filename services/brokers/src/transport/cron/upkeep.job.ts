/** The small regular works: tend orders, publish and read balances, reconcile accounts. Called by Nest. Must never overlap itself. */
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common'
import { InjectConfig, InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import type { BrokersConfig } from '#config'
import { KeepBalances } from '../../use-cases/keep-balances/keep-balances.use-case.ts'
import { TendOrders } from '../../use-cases/tend-orders/tend-orders.use-case.ts'
import { WatchAccounts } from '../../use-cases/watch-accounts/watch-accounts.use-case.ts'

const balancesEveryMs = 250
const upkeepEveryMs = 1_000

@Injectable()
export class UpkeepJob implements OnApplicationBootstrap, OnModuleDestroy {
  private timers: NodeJS.Timeout[] = []
  private readonly busy = new Set<string>()

  constructor(
    private readonly orders: TendOrders,
    private readonly balances: KeepBalances,
    private readonly watch: WatchAccounts,
    @InjectConfig() private readonly config: BrokersConfig,
    @InjectLogger() private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    const { balanceEveryMs, reconcileEveryMs } = this.config
    this.every(balancesEveryMs, 'publishing balances', () => this.balances.publish())
    this.every(balancesEveryMs, 'reading balances', () => this.balances.execute(balanceEveryMs))
    this.every(upkeepEveryMs, 'reconciling accounts', () => this.watch.execute(reconcileEveryMs))
    this.every(upkeepEveryMs, 'tending orders', () => this.orders.execute())
  }

  onModuleDestroy(): void {
    for (const timer of this.timers) clearInterval(timer)
    this.timers = []
  }

  private every(intervalMs: number, what: string, work: () => Promise<void>): void {
    const timer = setInterval(() => void this.once(what, work), intervalMs)
    timer.unref()
    this.timers.push(timer)
  }

  private async once(what: string, work: () => Promise<void>): Promise<void> {
    if (this.busy.has(what)) return
    this.busy.add(what)
    try {
      await work()
    } catch (error) {
      this.logger.warn({ err: error }, `${what} failed; the next turn tries again`)
    } finally {
      this.busy.delete(what)
    }
  }
}
