/** Makes a challenge for a passkey, whosever it will be. Called by the passkeys controller. Must never name a user's passkeys. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf } from '@tradewire/contracts/define-rpc'
import type { challengePasskey } from '@tradewire/contracts/rpc/passkeys'
import { Randomness } from '@tradewire/kernel/randomness'
import { InjectConfig } from '@tradewire/nest-kit/tokens'
import type { IdentityConfig } from '#config'
import { challengeHashOf, challengeLifetimeMs, newChallenge, partyOf } from '#domain/credentials/passkey'
import { Passkeys } from '#ports/passkeys.port'

@Injectable()
export class ChallengePasskey {
  constructor(
    private readonly passkeys: Passkeys,
    private readonly randomness: Randomness,
    @InjectConfig() private readonly config: IdentityConfig,
  ) {}

  async execute(): Promise<ReplyOf<typeof challengePasskey>> {
    const challenge = newChallenge(this.randomness)
    await this.passkeys.addChallenge(challengeHashOf(challenge), null, challengeLifetimeMs)
    const { id: rpId } = partyOf(this.config)
    return { challenge, rpId, timeout: challengeLifetimeMs, userVerification: 'preferred', allowCredentials: [] }
  }
}
