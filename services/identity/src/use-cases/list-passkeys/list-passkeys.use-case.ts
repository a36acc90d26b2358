/** Lists a user's own passkeys. Called by the passkeys controller. Must never show a key. */
import { Injectable } from '@nestjs/common'
import type { PasskeyView } from '@tradewire/contracts/rpc/passkeys'
import { Database } from '@tradewire/database/database'
import type { UserId } from '@tradewire/kernel/ids'
import { viewOf } from '#domain/credentials/passkey'
import { Passkeys } from '#ports/passkeys.port'

@Injectable()
export class ListPasskeys {
  constructor(
    private readonly database: Database,
    private readonly passkeys: Passkeys,
  ) {}

  async execute(userId: UserId): Promise<PasskeyView[]> {
    return (await this.database.transactOwn(userId, (tx) => this.passkeys.of(tx, userId))).map(viewOf)
  }
}
