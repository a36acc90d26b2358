/** Gives a user a secret for their authenticator app. Called by the second factor controller. Must never turn anything on. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf } from '@tradewire/contracts/define-rpc'
import type { offerSecondFactor } from '@tradewire/contracts/rpc/identity'
import { Database } from '@tradewire/database/database'
import type { CodedError } from '@tradewire/kernel/errors'
import type { UserId } from '@tradewire/kernel/ids'
import { Randomness } from '@tradewire/kernel/randomness'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { InjectConfig } from '@tradewire/nest-kit/tokens'
import type { IdentityConfig } from '#config'
import { newSecret, offerOf } from '#domain/credentials/second-factor'
import { identityErrors } from '#identity.errors'
import { SecondFactors } from '#ports/second-factors.port'
import { Users } from '#ports/users.port'

@Injectable()
export class OfferSecondFactor {
  constructor(
    private readonly database: Database,
    private readonly users: Users,
    private readonly factors: SecondFactors,
    private readonly randomness: Randomness,
    @InjectConfig() private readonly config: IdentityConfig,
  ) {}

  /** Fails with SECOND_FACTOR_ON or USER_NOT_FOUND. */
  async execute(userId: UserId): Promise<Result<ReplyOf<typeof offerSecondFactor>, CodedError>> {
    const user = await this.users.find(userId)
    if (user === null) return err(identityErrors.of('USER_NOT_FOUND'))
    const secret = newSecret(this.randomness)
    const offered = await this.database.transact((tx) => this.factors.offer(tx, userId, secret))
    return offered
      ? ok(offerOf(secret, user.username, this.config.organisationName))
      : err(identityErrors.of('SECOND_FACTOR_ON'))
  }
}
