/** What a browser needs to make a passkey for a user. Called by the passkeys controller. Must never change anything but the challenge. */
import { Injectable } from '@nestjs/common'
import type { PasskeyOffer } from '@tradewire/contracts/rpc/passkeys'
import { Database } from '@tradewire/database/database'
import type { CodedError } from '@tradewire/kernel/errors'
import type { UserId } from '@tradewire/kernel/ids'
import { Randomness } from '@tradewire/kernel/randomness'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { InjectConfig } from '@tradewire/nest-kit/tokens'
import type { IdentityConfig } from '#config'
import { challengeHashOf, challengeLifetimeMs, newChallenge, offerOf, partyOf } from '#domain/credentials/passkey'
import { identityErrors } from '#identity.errors'
import { Passkeys } from '#ports/passkeys.port'
import { Users } from '#ports/users.port'

@Injectable()
export class OfferPasskey {
  constructor(
    private readonly database: Database,
    private readonly users: Users,
    private readonly passkeys: Passkeys,
    private readonly randomness: Randomness,
    @InjectConfig() private readonly config: IdentityConfig,
  ) {}

  /** Fails with USER_NOT_FOUND. */
  async execute(userId: UserId): Promise<Result<PasskeyOffer, CodedError>> {
    const user = await this.users.find(userId)
    if (user === null) return err(identityErrors.of('USER_NOT_FOUND'))
    const known = await this.database.transact((tx) => this.passkeys.of(tx, userId))
    const challenge = newChallenge(this.randomness)
    await this.passkeys.addChallenge(challengeHashOf(challenge), userId, challengeLifetimeMs)
    return ok(offerOf(challenge, partyOf(this.config), { id: userId, username: user.username, known }))
  }
}
