/** Ends the session of a refresh token. Called by the auth controller. Must never tell whether the token was known. */
import { Injectable } from '@nestjs/common'
import { sessionRevoked } from '@tradewire/contracts/events/identity'
import { Database } from '@tradewire/database/database'
import { ok, type Ok } from '@tradewire/kernel/result'
import { hashOf } from '#domain/sessions/refresh-token'
import { Sessions } from '#ports/sessions.port'

@Injectable()
export class LogOut {
  constructor(
    private readonly database: Database,
    private readonly sessions: Sessions,
  ) {}

  async execute(refreshToken: string): Promise<Ok<Record<string, never>>> {
    await this.database.transact(async (tx) => {
      const found = await this.sessions.lockByToken(tx, hashOf(refreshToken))
      if (found === null || !(await this.sessions.end(tx, found.session.id, 'logout'))) return
      const { id: sessionId, userId } = found.session
      tx.append(sessionRevoked, { sessionId, userId, reason: 'logout', revokedAt: found.now.toISOString() })
    })
    return ok({})
  }
}
