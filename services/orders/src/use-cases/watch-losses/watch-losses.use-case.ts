/**
 * Balances just told, held against the loss limits of the follows on their accounts; a limit that is reached engages a
 * kill switch, in the same transaction. Called by the consumer of balances, before they are learnt.
 * Must never close anything itself: that is what switches demand.
 */
import { Injectable } from '@nestjs/common'
import { riskTripped } from '@tradewire/contracts/events/orders'
import type { Transaction } from '@tradewire/database/transaction'
import { Clock } from '@tradewire/kernel/clock'
import { IdSource } from '@tradewire/kernel/ids'
import { InjectConfig } from '@tradewire/nest-kit/tokens'
import type { OrdersConfig } from '../../config.ts'
import { type KillSwitch, trippedOf } from '../../domain/stopping/kill-switch.ts'
import { lossReason, type Trip, watchLosses } from '../../domain/stopping/loss-limit.ts'
import { venueCapabilities } from '../../domain/planning/venue-capabilities.ts'
import type { BalanceNews } from '../../ports/facts.port.ts'
import { KillSwitches } from '../../ports/kill-switches.port.ts'
import { LossWatches, type StoredBases, type WatchedFollow } from '../../ports/loss-watches.port.ts'

interface Tripped {
  readonly follow: WatchedFollow
  readonly trip: Trip
}

@Injectable()
export class WatchLosses {
  constructor(
    @InjectConfig() private readonly config: OrdersConfig,
    private readonly lossWatches: LossWatches,
    private readonly killSwitches: KillSwitches,
    private readonly clock: Clock,
    private readonly ids: IdSource,
  ) {}

  /** One statement, and two more only when a period begins or a limit is reached. */
  async execute(news: readonly BalanceNews[], tx: Transaction): Promise<void> {
    const now = this.clock.now()
    const changed = new Map<string, StoredBases>()
    const tripped: Tripped[] = []
    for (const follow of await this.lossWatches.watched(tx, newestOf(news))) {
      const { followId, venue, settings, told, known, revision } = follow
      // Without margin the equity is that of one coin: to buy another would look like a loss.
      if (venue !== null && !venueCapabilities[venue].margin) continue
      // A follow appears twice when its account holds two currencies: the other one is heard with the next news.
      if (changed.has(followId) || (known !== null && known.observedAt >= told.observedAt)) continue
      const recent = known !== null && now.getTime() - known.observedAt.getTime() <= this.config.balanceAgeMaxMs
      const { bases, trips } = watchLosses(
        { ...settings, bases: follow.bases },
        { told, before: recent ? known : null, now, nextId: () => this.ids.next() },
      )
      if (bases === follow.bases) continue
      changed.set(followId, { followId, bases, revision })
      tripped.push(...trips.map((trip) => ({ follow, trip })))
    }
    if (changed.size > 0) await this.act(tx, [...changed.values()], tripped)
  }

  private async act(tx: Transaction, changed: readonly StoredBases[], tripped: readonly Tripped[]): Promise<void> {
    await this.lossWatches.save(tx, changed)
    const switches = tripped.map((one) => this.switchOf(one))
    if (switches.length === 0) return
    await this.killSwitches.awaitPlannings(tx)
    await this.killSwitches.engage(tx, switches)
    tx.append(riskTripped, switches.map(trippedOf))
  }

  private switchOf({ follow, trip }: Tripped): KillSwitch {
    const { switchId, limit, mode, figures, endsAt } = trip
    return {
      id: switchId,
      scope: 'follow',
      scopeId: follow.followId,
      mode,
      cause: 'loss-limit',
      reason: lossReason(figures),
      loss: figures,
      // Only who has set the limit may take it back.
      engagedBy: limit.source === 'platform' ? null : limit.source === 'strategy' ? follow.ownerId : follow.userId,
      byOperator: limit.source === 'platform',
      engagedAt: this.clock.now(),
      endsAt,
      releasedAt: null,
      releasedBy: null,
    }
  }
}

/** One for each account and currency, as a statement may save a follow only once. */
function newestOf(news: readonly BalanceNews[]): BalanceNews[] {
  const newest = new Map<string, BalanceNews>()
  for (const one of news) {
    const key = `${one.accountId} ${one.currency}`
    const known = newest.get(key)
    if (known === undefined || one.observedAt > known.observedAt) newest.set(key, one)
  }
  return [...newest.values()]
}
