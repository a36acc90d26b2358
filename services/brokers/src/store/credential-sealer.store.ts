/**
 * Seals and opens credentials with data keys that the holder of the master keys wraps. Called by the stores of what is sealed.
 * Must never keep a data key after its use.
 */
import { Injectable } from '@nestjs/common'
import { Randomness } from '@tradewire/kernel/randomness'
import {
  newDataKey,
  openFields,
  type SealedSecrets,
  SealError,
  sealFields,
  type SealOwner,
  type WrappedKey,
} from '@tradewire/kernel/sealing'
import { MasterKeyHolder, type OwnedWrappedKey } from '#ports/master-keys.port'

export interface OwnedSecrets {
  readonly owner: SealOwner
  readonly sealed: SealedSecrets
}

@Injectable()
export class CredentialSealer {
  constructor(
    private readonly holder: MasterKeyHolder,
    private readonly randomness: Randomness,
  ) {}

  newestVersion(): Promise<number> {
    return this.holder.newestVersion()
  }

  async seal(owner: SealOwner, secrets: Readonly<Record<string, string>>): Promise<SealedSecrets> {
    const dataKey = newDataKey(this.randomness)
    try {
      const [wrapped] = await this.holder.wrap([{ owner, dataKey }])
      if (wrapped === undefined) throw new SealError('the data key was not sealed')
      return { ...wrapped, fields: sealFields(this.randomness, dataKey, owner, secrets) }
    } finally {
      dataKey.fill(0)
    }
  }

  /** In order, with one question to the holder; null stands for what cannot be opened. */
  async openAll(all: readonly OwnedSecrets[]): Promise<readonly (Record<string, string> | null)[]> {
    if (all.length === 0) return []
    const dataKeys = await this.holder.unwrap(all.map(({ owner, sealed }) => ({ owner, ...sealed })))
    return all.map(({ owner, sealed }, index) => {
      const dataKey = dataKeys[index] ?? null
      if (dataKey === null) return null
      const fields = openedOrNull(dataKey, owner, sealed.fields)
      dataKey.fill(0)
      return fields
    })
  }

  /** The same data keys under the newest master key, in order. Throws SealError when one of them cannot be opened. */
  async rewrapAll(all: readonly OwnedWrappedKey[]): Promise<readonly WrappedKey[]> {
    const dataKeys = await this.holder.unwrap(all)
    const opened = all.map(({ owner }, index) => {
      const dataKey = dataKeys[index] ?? null
      if (dataKey === null) throw new SealError(`the data key of ${owner.subject} cannot be opened`)
      return { owner, dataKey }
    })
    try {
      return await this.holder.wrap(opened)
    } finally {
      for (const { dataKey } of opened) dataKey.fill(0)
    }
  }
}

function openedOrNull(
  dataKey: Buffer,
  owner: SealOwner,
  sealed: Readonly<Record<string, string>>,
): Record<string, string> | null {
  try {
    return openFields(dataKey, owner, sealed)
  } catch (error) {
    if (error instanceof SealError) return null
    throw error
  }
}
