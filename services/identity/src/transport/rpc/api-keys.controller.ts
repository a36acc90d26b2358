/** Answers for API keys over the bus. Called by the gateway. Must never hold a rule. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import * as rpc from '@tradewire/contracts/rpc/api-keys'
import type { CodedError } from '@tradewire/kernel/errors'
import { idOf } from '@tradewire/kernel/ids'
import type { Result } from '@tradewire/kernel/result'
import { CheckApiKey } from '#use-cases/check-api-key/check-api-key.use-case'
import { CreateApiKey } from '#use-cases/create-api-key/create-api-key.use-case'
import { ListApiKeys } from '#use-cases/list-api-keys/list-api-keys.use-case'
import { RevokeApiKey } from '#use-cases/revoke-api-key/revoke-api-key.use-case'

@Controller()
export class ApiKeysController {
  constructor(
    private readonly creating: CreateApiKey,
    private readonly listing: ListApiKeys,
    private readonly revoking: RevokeApiKey,
    private readonly checking: CheckApiKey,
  ) {}

  @Answer(rpc.createApiKey)
  create(request: RequestOf<typeof rpc.createApiKey>): Promise<Result<ReplyOf<typeof rpc.createApiKey>, CodedError>> {
    return this.creating.execute(request)
  }

  @Answer(rpc.listApiKeys)
  list({ caller }: RequestOf<typeof rpc.listApiKeys>): Promise<Result<ReplyOf<typeof rpc.listApiKeys>, CodedError>> {
    return this.listing.execute(idOf<'User'>(caller.userId))
  }

  @Answer(rpc.revokeApiKey)
  revoke({
    caller,
    apiKeyId,
  }: RequestOf<typeof rpc.revokeApiKey>): Promise<Result<ReplyOf<typeof rpc.revokeApiKey>, CodedError>> {
    return this.revoking.execute(idOf<'User'>(caller.userId), idOf<'ApiKey'>(apiKeyId.toLowerCase()))
  }

  @Answer(rpc.checkApiKey)
  check({ hash }: RequestOf<typeof rpc.checkApiKey>): Promise<Result<ReplyOf<typeof rpc.checkApiKey>, CodedError>> {
    return this.checking.execute(hash)
  }
}
