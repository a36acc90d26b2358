/**
 * Checks WebAuthn answers with @simplewebauthn/server. Implements the PasskeyVerifier port.
 * Must never load the library before somebody uses a passkey: it takes 25 MB.
 */
import { Injectable } from '@nestjs/common'
import type { PasskeyProof } from '@tradewire/contracts/rpc/passkeys'
import { InjectConfig, InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import type { IdentityConfig } from '#config'
import { algorithms, partyOf, type Passkey, type RelyingParty } from '#domain/credentials/passkey'
import { PasskeyVerifier, type ProvenPasskey, type SentPasskey } from '#ports/passkey-verifier.port'

@Injectable()
export class SimpleWebauthn extends PasskeyVerifier {
  private readonly party: RelyingParty

  constructor(
    @InjectConfig() config: IdentityConfig,
    @InjectLogger() private readonly logger: Logger,
  ) {
    super()
    this.party = partyOf(config)
  }

  async made(sent: SentPasskey, challenge: string): Promise<ProvenPasskey | null> {
    const { verifyRegistrationResponse } = await import('@simplewebauthn/server')
    const { clientDataJSON, attestationObject } = sent.response
    return this.judged(async () => {
      const { verified, registrationInfo } = await verifyRegistrationResponse({
        response: { ...sent, response: { clientDataJSON, attestationObject }, clientExtensionResults: {} },
        ...this.expected(challenge),
        supportedAlgorithmIDs: [...algorithms],
      })
      if (!verified) return null
      const { credential, credentialBackedUp: backedUp } = registrationInfo
      const { id: credentialId, publicKey, counter } = credential
      return { credentialId, publicKey: Buffer.from(publicKey), counter, backedUp }
    })
  }

  async signed(proof: PasskeyProof, challenge: string, passkey: Passkey): Promise<number | null> {
    const { verifyAuthenticationResponse } = await import('@simplewebauthn/server')
    return this.judged(async () => {
      const { verified, authenticationInfo } = await verifyAuthenticationResponse({
        response: { ...proof, clientExtensionResults: {} },
        ...this.expected(challenge),
        credential: {
          id: passkey.credentialId,
          publicKey: new Uint8Array(passkey.publicKey),
          counter: passkey.counter,
        },
      })
      return verified ? authenticationInfo.newCounter : null
    })
  }

  /** The password is the other factor, so an authenticator without a PIN or a fingerprint will do. */
  private expected(challenge: string) {
    return {
      expectedChallenge: challenge,
      expectedOrigin: [...this.party.origins],
      expectedRPID: this.party.id,
      requireUserVerification: false,
    }
  }

  /** The library throws over what does not check out. */
  private async judged<Value>(check: () => Promise<Value | null>): Promise<Value | null> {
    try {
      return await check()
    } catch (error) {
      this.logger.info({ err: error }, 'a passkey was refused')
      return null
    }
  }
}
