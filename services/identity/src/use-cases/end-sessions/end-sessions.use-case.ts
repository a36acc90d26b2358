/** Ends all sessions of a user inside the caller's transaction and tells of each. Called by use cases. Must never end one silently. */
import { Injectable } from '@nestjs/common'
import { sessionRevoked } from '@tradewire/contracts/events/identity'
import type { Transaction } from '@tradewire/database/transaction'
import { Clock } from '@tradewire/kernel/clock'
import type { UserId } from '@tradewire/kernel/ids'
import type { SessionEnd } from '#domain/sessions/session'
import { Sessions } from '#ports/sessions.port'

@Injectable()
export class EndSessions {
  constructor(
    private readonly sessions: Sessions,
    private readonly clock: Clock,
  ) {}

  async execute(tx: Transaction, userId: UserId, reason: SessionEnd): Promise<void> {
    const revokedAt = this.clock.now().toISOString()
    const ended = await this.sessions.endAllOf(tx, userId, reason)
    tx.append(
      sessionRevoked,
      ended.map((sessionId) => ({ sessionId, userId, reason, revokedAt })),
    )
  }
}
