/** The caller's working API keys. Called by the API keys controller. Must never show a hash. */
import { Injectable } from '@nestjs/common'
import type { ApiKeyView } from '@tradewire/contracts/rpc/api-keys'
import type { UserId } from '@tradewire/kernel/ids'
import { ok, type Ok } from '@tradewire/kernel/result'
import { viewOf } from '#domain/credentials/api-key'
import { ApiKeys } from '#ports/api-keys.port'

@Injectable()
export class ListApiKeys {
  constructor(private readonly keys: ApiKeys) {}

  async execute(userId: UserId): Promise<Ok<{ items: ApiKeyView[] }>> {
    return ok({ items: (await this.keys.livingOf(userId)).map(viewOf) })
  }
}
