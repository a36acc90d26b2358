/** Keeps a passkey that was made for our challenge. Called by the passkeys controller. Must never keep one of another user's challenge. */
import { Injectable } from '@nestjs/common'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import { type addPasskey, type PasskeyView, passkeysMax } from '@tradewire/contracts/rpc/passkeys'
import { Database } from '@tradewire/database/database'
import type { CodedError } from '@tradewire/kernel/errors'
import { IdSource, idOf, type UserId } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { challengeHashOf, challengeIn, viewOf } from '#domain/credentials/passkey'
import { identityErrors } from '#identity.errors'
import { PasskeyVerifier } from '#ports/passkey-verifier.port'
import { Passkeys } from '#ports/passkeys.port'
import { Users } from '#ports/users.port'

@Injectable()
export class AddPasskey {
  constructor(
    private readonly database: Database,
    private readonly users: Users,
    private readonly passkeys: Passkeys,
    private readonly verifier: PasskeyVerifier,
    private readonly ids: IdSource,
  ) {}

  /** Fails with PASSKEY_INVALID, PASSKEY_KNOWN or TOO_MANY_PASSKEYS. */
  async execute({
    caller,
    passkey: { name, credential },
  }: RequestOf<typeof addPasskey>): Promise<Result<PasskeyView, CodedError>> {
    const userId = idOf<'User'>(caller.userId)
    const challenge = challengeIn(credential)
    const fresh = challenge !== null && (await this.take(challenge, userId))
    const proven = fresh ? await this.verifier.made(credential, challenge) : null
    if (proven === null) return err(identityErrors.of('PASSKEY_INVALID'))
    return this.database.transact(async (tx) => {
      // Two that are added together see one another.
      await this.users.lock(tx, userId)
      if ((await this.passkeys.of(tx, userId)).length >= passkeysMax) {
        return err(identityErrors.of('TOO_MANY_PASSKEYS', { maximum: passkeysMax }))
      }
      const id = this.ids.next<'Passkey'>()
      const { transports } = credential.response
      const added = await this.passkeys.add(tx, { ...proven, id, userId, name, transports })
      return added === null ? err(identityErrors.of('PASSKEY_KNOWN')) : ok(viewOf(added))
    })
  }

  /** Committed at once: a challenge is used up also by an answer that does not check out. */
  private take(challenge: string, userId: UserId): Promise<boolean> {
    return this.database.transact((tx) => this.passkeys.takeChallenge(tx, challengeHashOf(challenge), userId))
  }
}
