/** Master keys that this process was given as a setting. Called by the sealing of credentials. Must never write a key anywhere. */
import { SealError, type Sealer, type WrappedKey } from '@tradewire/kernel/sealing'
import { MasterKeyHolder, type OwnedDataKey, type OwnedWrappedKey } from '#ports/master-keys.port'

export class ConfiguredKeys extends MasterKeyHolder {
  private readonly sealer: Sealer

  constructor(sealer: Sealer) {
    super()
    this.sealer = sealer
  }

  newestVersion(): Promise<number> {
    return Promise.resolve(this.sealer.newestVersion)
  }

  wrap(keys: readonly OwnedDataKey[]): Promise<readonly WrappedKey[]> {
    return Promise.resolve(keys.map(({ owner, dataKey }) => this.sealer.wrap(owner, dataKey)))
  }

  unwrap(keys: readonly OwnedWrappedKey[]): Promise<readonly (Buffer | null)[]> {
    return Promise.resolve(keys.map((key) => this.opened(key)))
  }

  private opened({ owner, ...wrapped }: OwnedWrappedKey): Buffer | null {
    try {
      return this.sealer.unwrap(owner, wrapped)
    } catch (error) {
      if (error instanceof SealError) return null
      throw error
    }
  }
}
