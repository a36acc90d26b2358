/** What opens the sealed boxes in which credentials arrive. Implemented in store/. Must never offer a private key. */
import type { BoxPublicKey, SealedBox } from '@tradewire/kernel/sealed-box'

export abstract class CredentialBoxes {
  /** Made at the first call; all processes of the service share it. */
  abstract publicKey(): Promise<BoxPublicKey>
  /** Null when the box is for another purpose, for a key that we do not have, or was changed. */
  abstract open(box: SealedBox, purpose: string): Promise<Record<string, string> | null>
}
