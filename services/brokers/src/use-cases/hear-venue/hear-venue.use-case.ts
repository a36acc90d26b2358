/**
 * What a session tells by itself: orders, balances, streams that come and go. Called by the session registry.
 * Must never throw back into a socket.
 */
import { Injectable } from '@nestjs/common'
import type { SessionEvent, VenueOrder } from '@tradewire/broker-kit/broker-session'
import { unreachable } from '@tradewire/kernel/result'
import { ApplyEvidence } from '../apply-evidence/apply-evidence.use-case.ts'
import { HearLeverage } from '../hear-leverage/hear-leverage.use-case.ts'
import { KeepBalances } from '../keep-balances/keep-balances.use-case.ts'
import { TrackHealth } from '../track-health/track-health.use-case.ts'
import { WatchAccounts } from '../watch-accounts/watch-accounts.use-case.ts'

@Injectable()
export class HearVenue {
  constructor(
    private readonly evidence: ApplyEvidence,
    private readonly balances: KeepBalances,
    private readonly watch: WatchAccounts,
    private readonly health: TrackHealth,
    private readonly leverage: HearLeverage,
  ) {
    evidence.onFill((accountId) => balances.changed(accountId))
  }

  async execute(accountId: string, event: SessionEvent): Promise<void> {
    switch (event.kind) {
      case 'order':
        await this.order(accountId, event.order)
        return
      case 'other-fill':
        this.watch.othersTraded(accountId)
        return
      case 'balance':
        this.balances.told(accountId, event.balance)
        return
      case 'leverage':
        this.leverage.execute(accountId, event.symbol, event.leverage)
        return
      case 'stream-up':
        this.leverage.hearing(accountId, true)
        this.watch.streamUp(accountId)
        return
      case 'stream-down':
        this.leverage.hearing(accountId, false)
        this.watch.streamDown(accountId)
        return
      case 'auth-failed':
        await this.health.authFailed(accountId, event.message)
        return
      default:
        unreachable(event)
    }
  }

  /** Some venues tell only of ours; the others tell of every order. */
  private async order(accountId: string, order: VenueOrder): Promise<void> {
    const ours = await this.evidence.news(accountId, order)
    if (!ours && order.filledQuantity !== '0') this.watch.othersTraded(accountId)
  }
}
