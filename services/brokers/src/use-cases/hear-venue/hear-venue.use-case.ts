/**
 * What a session tells by itself: orders, balances, streams that come and go. Called by the session registry.
 * Must never throw back into a socket.
 */
import { Injectable } from '@nestjs/common'
import type { SessionEvent } from '@tradewire/broker-kit/broker-session'
import { unreachable } from '@tradewire/kernel/result'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import { ApplyEvidence } from '../apply-evidence/apply-evidence.use-case.ts'
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
    @InjectLogger() private readonly logger: Logger,
  ) {
    evidence.onFill((accountId) => balances.changed(accountId))
  }

  execute(accountId: string, event: SessionEvent): void {
    switch (event.kind) {
      case 'order':
        this.evidence.news(accountId, event.order).catch((error: unknown) => {
          this.logger.error({ err: error, accountId }, 'news of an order could not be taken; the timer will read it')
        })
        return
      case 'balance':
        this.balances.told(accountId, event.balance)
        return
      case 'stream-up':
        this.watch.streamUp(accountId)
        return
      case 'stream-down':
        this.watch.streamDown(accountId)
        this.logger.debug({ accountId, reason: event.message }, 'a stream of updates is down')
        return
      case 'auth-failed':
        void this.health.authFailed(accountId, event.message)
        return
      default:
        unreachable(event)
    }
  }
}
