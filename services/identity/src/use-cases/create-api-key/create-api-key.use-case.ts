/** Creates an API key and shows it once. Called by the API keys controller. Must never store its text. */
import { createHash } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import { apiKeysMax, type createApiKey } from '@tradewire/contracts/rpc/api-keys'
import { Database } from '@tradewire/database/database'
import type { CodedError } from '@tradewire/kernel/errors'
import { IdSource, idOf } from '@tradewire/kernel/ids'
import { Randomness } from '@tradewire/kernel/randomness'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { newApiKey, viewOf } from '#domain/credentials/api-key'
import { identityErrors } from '#identity.errors'
import { ApiKeys } from '#ports/api-keys.port'

@Injectable()
export class CreateApiKey {
  constructor(
    private readonly database: Database,
    private readonly keys: ApiKeys,
    private readonly ids: IdSource,
    private readonly randomness: Randomness,
  ) {}

  /** Fails with TOO_MANY_API_KEYS. */
  async execute({
    caller,
    key,
  }: RequestOf<typeof createApiKey>): Promise<Result<ReplyOf<typeof createApiKey>, CodedError>> {
    const { text, prefix } = newApiKey(this.randomness)
    const hash = createHash('sha256').update(text).digest()
    const owned = { ...key, id: this.ids.next<'ApiKey'>(), userId: idOf<'User'>(caller.userId), prefix, hash }
    const stored = await this.database.transact((tx) => this.keys.add(tx, owned, apiKeysMax))
    return stored === null
      ? err(identityErrors.of('TOO_MANY_API_KEYS', { maximum: apiKeysMax }))
      : ok({ ...viewOf(stored), key: text })
  }
}
