/** Ends one session of the caller. Called by the sessions controller. Must never touch another user's. */
import { Injectable } from '@nestjs/common'
import { sessionRevoked } from '@tradewire/contracts/events/identity'
import { Database } from '@tradewire/database/database'
import { Clock } from '@tradewire/kernel/clock'
import type { CodedError } from '@tradewire/kernel/errors'
import type { UserId } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import type { SessionId } from '#domain/sessions/session'
import { identityErrors } from '#identity.errors'
import { Sessions } from '#ports/sessions.port'

@Injectable()
export class RevokeSession {
  constructor(
    private readonly database: Database,
    private readonly sessions: Sessions,
    private readonly clock: Clock,
  ) {}

  /** Fails with SESSION_NOT_FOUND, also for another user's session. */
  execute(userId: UserId, sessionId: SessionId): Promise<Result<Record<string, never>, CodedError>> {
    return this.database.transact(async (tx) => {
      if (!(await this.sessions.endOwn(tx, userId, sessionId))) return err(identityErrors.of('SESSION_NOT_FOUND'))
      const revokedAt = this.clock.now().toISOString()
      tx.append(sessionRevoked, { sessionId, userId, reason: 'logout', revokedAt })
      return ok({})
    })
  }
}
