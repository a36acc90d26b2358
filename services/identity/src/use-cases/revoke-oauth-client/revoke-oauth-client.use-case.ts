/** Ends an OAuth client and tells of it, so that its tokens end too. Called by the OAuth clients controller. Must never end one silently. */
import { Injectable } from '@nestjs/common'
import { oauthClientRevoked } from '@tradewire/contracts/events/identity'
import { Database } from '@tradewire/database/database'
import { Clock } from '@tradewire/kernel/clock'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import type { OauthClientId } from '#domain/credentials/oauth-client'
import { identityErrors } from '#identity.errors'
import { OauthClients } from '#ports/oauth-clients.port'

@Injectable()
export class RevokeOauthClient {
  constructor(
    private readonly database: Database,
    private readonly clients: OauthClients,
    private readonly clock: Clock,
  ) {}

  /** Fails with CLIENT_NOT_FOUND. */
  async execute(id: OauthClientId): Promise<Result<Record<string, never>, CodedError>> {
    return this.database.transact(async (tx) => {
      const client = await this.clients.lock(tx, id)
      if (client === null) return err(identityErrors.of('CLIENT_NOT_FOUND'))
      await this.clients.revoke(tx, id)
      const revokedAt = this.clock.now().toISOString()
      tx.append(oauthClientRevoked, { clientId: id, userId: client.userId, revokedAt })
      return ok({})
    })
  }
}
