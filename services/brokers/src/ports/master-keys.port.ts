/** Who holds the master keys over data keys: this process, or a key service. Implemented in clients/. Must never offer a master key. */
import type { SealOwner, WrappedKey } from '@tradewire/kernel/sealing'

export interface OwnedDataKey {
  readonly owner: SealOwner
  readonly dataKey: Buffer
}

export interface OwnedWrappedKey extends WrappedKey {
  readonly owner: SealOwner
}

/** The holder could not be asked or refuses every question: nothing is lost, and it may be asked again. */
export class MasterKeysUnavailable extends Error {
  override readonly name = 'MasterKeysUnavailable'
}

/** Every question throws MasterKeysUnavailable where the holder gives no answer. */
export abstract class MasterKeyHolder {
  /** The version that seals from now on. */
  abstract newestVersion(): Promise<number>
  /** In order, all under one master key. */
  abstract wrap(keys: readonly OwnedDataKey[]): Promise<readonly WrappedKey[]>
  /** In order; null stands for what cannot be opened: it is another owner's, was changed, or its version is gone. */
  abstract unwrap(keys: readonly OwnedWrappedKey[]): Promise<readonly (Buffer | null)[]>
}
