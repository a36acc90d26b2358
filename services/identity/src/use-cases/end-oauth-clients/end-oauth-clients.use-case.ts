/**
 * Ends every OAuth client that acts for a user, inside the caller's transaction, and says so once per client.
 * Called when a user gets the rights of staff: operators may have made clients for them before, and hold the secrets.
 */
import { Injectable } from '@nestjs/common'
import { oauthClientRevoked } from '@tradewire/contracts/events/identity'
import type { Transaction } from '@tradewire/database/transaction'
import { Clock } from '@tradewire/kernel/clock'
import type { UserId } from '@tradewire/kernel/ids'
import { OauthClients } from '#ports/oauth-clients.port'

@Injectable()
export class EndOauthClients {
  constructor(
    private readonly clients: OauthClients,
    private readonly clock: Clock,
  ) {}

  async execute(tx: Transaction, userId: UserId): Promise<void> {
    const revokedAt = this.clock.now().toISOString()
    const ended = await this.clients.revokeAllOf(tx, userId)
    tx.append(
      oauthClientRevoked,
      ended.map((clientId) => ({ clientId, userId, revokedAt })),
    )
  }
}
