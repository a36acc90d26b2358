/**
 * Whether an account can be used, told once per change: account.connected and account.disconnected.
 * Called by placement, balances and the account test. Must never tell the same outage twice.
 */
// tidy-allow ratchet-use-case-methods: three states of one account, told once each
import { Injectable } from '@nestjs/common'
import { accountConnected, accountDisconnected, authenticationFailed } from '@tradewire/contracts/events/brokers'
import { Database } from '@tradewire/database/database'
import { Clock } from '@tradewire/kernel/clock'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import type { AccountStatus } from '#domain/account/account'
import type { Reason } from '#domain/attempt/attempt'
import { Accounts } from '#ports/accounts.port'

@Injectable()
export class TrackHealth {
  /** The status that was set last, so that the usual case costs no statement. */
  private readonly known = new Map<string, AccountStatus>()

  constructor(
    private readonly database: Database,
    private readonly accounts: Accounts,
    private readonly clock: Clock,
    @InjectLogger() private readonly logger: Logger,
  ) {}

  authFailed(accountId: string, message: string): Promise<void> {
    return this.set(accountId, 'UNAUTHORIZED', { code: authenticationFailed, message })
  }

  unreachable(accountId: string, message: string): Promise<void> {
    return this.set(accountId, 'FAILED', { code: 'VENUE_UNREACHABLE', message })
  }

  /** `loaded` is the status that the account had when its session was made. */
  reachable(accountId: string, loaded?: AccountStatus): Promise<void> {
    if (loaded === 'AUTHORIZED' && !this.known.has(accountId)) this.known.set(accountId, loaded)
    return this.set(accountId, 'AUTHORIZED', null)
  }

  private async set(accountId: string, status: AccountStatus, reason: Reason | null): Promise<void> {
    // Other processes change it too: only the usual case is taken from memory.
    if (status === 'AUTHORIZED' && this.known.get(accountId) === status) return
    try {
      await this.database.transact(async (tx) => {
        const changed = await this.accounts.setStatus(tx, accountId, { status, reason })
        if (changed === null) return
        const { userId, venue, environment, label } = changed
        const at = this.clock.now().toISOString()
        const all = { accountId, userId, venue, environment, label }
        if (reason === null) tx.append(accountConnected, { ...all, connectedAt: at })
        else tx.append(accountDisconnected, { ...all, reason, disconnectedAt: at })
      })
      this.known.set(accountId, status)
    } catch (error) {
      this.logger.warn({ err: error, accountId }, 'the status of an account could not be stored')
    }
  }
}
