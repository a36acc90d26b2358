/** Ends an API key of the caller and tells of it. Called by the API keys controller. Must never end another user's. */
import { Injectable } from '@nestjs/common'
import { apiKeyRevoked } from '@tradewire/contracts/events/identity'
import { Database } from '@tradewire/database/database'
import { Clock } from '@tradewire/kernel/clock'
import type { CodedError } from '@tradewire/kernel/errors'
import type { UserId } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import type { ApiKeyId } from '#domain/credentials/api-key'
import { identityErrors } from '#identity.errors'
import { ApiKeys } from '#ports/api-keys.port'

@Injectable()
export class RevokeApiKey {
  constructor(
    private readonly database: Database,
    private readonly keys: ApiKeys,
    private readonly clock: Clock,
  ) {}

  /** Fails with API_KEY_NOT_FOUND. */
  async execute(userId: UserId, apiKeyId: ApiKeyId): Promise<Result<Record<string, never>, CodedError>> {
    return this.database.transact(async (tx) => {
      if (!(await this.keys.revoke(tx, userId, apiKeyId))) return err(identityErrors.of('API_KEY_NOT_FOUND'))
      tx.append(apiKeyRevoked, { apiKeyId, userId, revokedAt: this.clock.now().toISOString() })
      return ok({})
    })
  }
}
