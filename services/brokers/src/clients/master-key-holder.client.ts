/** Chooses who holds the master keys, as the settings say. Called at start. Must never fall back to another holder. */
import type { Clock } from '@tradewire/kernel/clock'
import type { Randomness } from '@tradewire/kernel/randomness'
import { MasterKeys, Sealer } from '@tradewire/kernel/sealing'
import type { BrokersConfig } from '#config'
import type { MasterKeyHolder } from '#ports/master-keys.port'
import { ConfiguredKeys } from './configured-keys.client.ts'
import { KmsKeys } from './kms-keys.client.ts'
import { VaultKeys } from './vault-keys.client.ts'

export function masterKeyHolderOf(config: BrokersConfig, randomness: Randomness, clock: Clock): MasterKeyHolder {
  const { masterKey = '', vaultUrl = '', vaultToken = '', vaultKey } = config
  switch (config.keyProvider) {
    case 'environment':
      return new ConfiguredKeys(new Sealer(MasterKeys.parse(masterKey), randomness))
    case 'vault':
      return new VaultKeys({ url: vaultUrl, token: vaultToken, key: vaultKey })
    case 'aws-kms':
      return kmsKeysOf(config, clock)
  }
}

function kmsKeysOf(config: BrokersConfig, clock: Clock): KmsKeys {
  const { kmsKeys: keys = '', kmsRegion: region = '', kmsAccessKeyId: accessKeyId = '' } = config
  const { kmsUrl, kmsSecretAccessKey: secretAccessKey = '', kmsSessionToken: sessionToken } = config
  const url = kmsUrl ?? `https://kms.${region}.amazonaws.com`
  return new KmsKeys({ url, region, keys, accessKeyId, secretAccessKey, sessionToken, clock })
}
