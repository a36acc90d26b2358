/** Checks what authenticators answer. Implemented by clients/. Must never throw over an answer: what is wrong with it is null. */
import type { PasskeyProof, passkeyInput } from '@tradewire/contracts/rpc/passkeys'
import type { z } from 'zod'
import type { Passkey } from '#domain/credentials/passkey'

export type SentPasskey = z.output<typeof passkeyInput>['credential']
export type ProvenPasskey = Pick<Passkey, 'credentialId' | 'publicKey' | 'counter' | 'backedUp'>

export abstract class PasskeyVerifier {
  /** The passkey that was made for this challenge, or null. */
  abstract made(sent: SentPasskey, challenge: string): Promise<ProvenPasskey | null>
  /** What the authenticator has counted up to, if it has signed this challenge with this passkey; or null. */
  abstract signed(proof: PasskeyProof, challenge: string, passkey: Passkey): Promise<number | null>
}
