/**
 * Judges what an authenticator signed, inside the caller's transaction and with the passkey locked.
 * Called by ProveSecondFactor only. Must never take a challenge twice, nor a count that goes back: that is a copy.
 */
import { Injectable } from '@nestjs/common'
import type { PasskeyProof } from '@tradewire/contracts/rpc/passkeys'
import type { Transaction } from '@tradewire/database/transaction'
import type { CodedError } from '@tradewire/kernel/errors'
import type { UserId } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { challengeHashOf, challengeIn } from '#domain/credentials/passkey'
import { identityErrors } from '#identity.errors'
import { PasskeyVerifier } from '#ports/passkey-verifier.port'
import { Passkeys } from '#ports/passkeys.port'

@Injectable()
export class CheckPasskey {
  constructor(
    private readonly passkeys: Passkeys,
    private readonly verifier: PasskeyVerifier,
  ) {}

  /** When it was proven. Fails with PASSKEY_INVALID. */
  async execute(tx: Transaction, userId: UserId, proof: PasskeyProof): Promise<Result<Date, CodedError>> {
    const challenge = challengeIn(proof)
    const fresh = challenge !== null && (await this.passkeys.takeChallenge(tx, challengeHashOf(challenge), null))
    const passkey = fresh ? await this.passkeys.lock(tx, userId, proof.id) : null
    const counter =
      passkey === null || challenge === null ? null : await this.verifier.signed(proof, challenge, passkey)
    if (passkey === null || counter === null) return err(identityErrors.of('PASSKEY_INVALID'))
    return ok(await this.passkeys.use(tx, passkey.id, counter))
  }
}
