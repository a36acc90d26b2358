/** Whose an API key is and what it may do. Called by the API keys controller. Must never tell an ended key from an unknown one. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf } from '@tradewire/contracts/define-rpc'
import type { checkApiKey } from '@tradewire/contracts/rpc/api-keys'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { identityErrors } from '#identity.errors'
import { ApiKeys } from '#ports/api-keys.port'

@Injectable()
export class CheckApiKey {
  constructor(private readonly keys: ApiKeys) {}

  /** Fails with API_KEY_INVALID. */
  async execute(hash: string): Promise<Result<ReplyOf<typeof checkApiKey>, CodedError>> {
    const key = await this.keys.use(Buffer.from(hash, 'base64url'))
    if (key === null) return err(identityErrors.of('API_KEY_INVALID'))
    const { id, userId, roles, scopes, addresses, expiresAt } = key
    return ok({
      apiKeyId: id,
      userId,
      roles: [...roles],
      scopes: [...scopes],
      addresses: [...addresses],
      expiresAt: expiresAt?.toISOString() ?? null,
    })
  }
}
