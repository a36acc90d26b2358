/** Takes one of a user's own passkeys away. Called by the passkeys controller. Must never touch another's. */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import type { CodedError } from '@tradewire/kernel/errors'
import type { UserId } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import type { PasskeyId } from '#domain/credentials/passkey'
import { identityErrors } from '#identity.errors'
import { Passkeys } from '#ports/passkeys.port'

@Injectable()
export class RemovePasskey {
  constructor(
    private readonly database: Database,
    private readonly passkeys: Passkeys,
  ) {}

  /** Fails with PASSKEY_NOT_FOUND. */
  async execute(userId: UserId, id: PasskeyId): Promise<Result<Record<string, never>, CodedError>> {
    const removed = await this.database.transact((tx) => this.passkeys.remove(tx, userId, id))
    return removed ? ok({}) : err(identityErrors.of('PASSKEY_NOT_FOUND'))
  }
}
