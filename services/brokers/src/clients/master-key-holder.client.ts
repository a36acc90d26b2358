/** Chooses who holds the master keys, as the settings say. Called at start. Must never fall back to another holder. */
import type { Randomness } from '@tradewire/kernel/randomness'
import { MasterKeys, Sealer } from '@tradewire/kernel/sealing'
import type { BrokersConfig } from '#config'
import type { MasterKeyHolder } from '#ports/master-keys.port'
import { ConfiguredKeys } from './configured-keys.client.ts'
import { VaultKeys } from './vault-keys.client.ts'

export function masterKeyHolderOf(config: BrokersConfig, randomness: Randomness): MasterKeyHolder {
  const { masterKey = '', vaultUrl = '', vaultToken = '', vaultKey } = config
  switch (config.keyProvider) {
    case 'environment':
      return new ConfiguredKeys(new Sealer(MasterKeys.parse(masterKey), randomness))
    case 'vault':
      return new VaultKeys({ url: vaultUrl, token: vaultToken, key: vaultKey })
  }
}
