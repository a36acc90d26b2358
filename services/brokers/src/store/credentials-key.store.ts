/**
 * The key pairs that credentials are sealed with on their way here. Called when accounts are connected.
 * Must never give a private key to anything but the opening of a box.
 */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import { IdSource } from '@tradewire/kernel/ids'
import { type BoxPublicKey, newBoxKey, openBox, type SealedBox } from '@tradewire/kernel/sealed-box'
import { SealError } from '@tradewire/kernel/sealing'
import { CredentialBoxes } from '#ports/credential-boxes.port'
import { CredentialSealer } from './credential-sealer.store.ts'

interface KeyRow {
  readonly id: string
  readonly public_key: string
  readonly master_version: number
  readonly data_key: Buffer
  readonly fields: Record<string, string>
}

@Injectable()
export class CredentialsKeyStore extends CredentialBoxes {
  private readonly opened = new Map<string, string>()
  private current: Promise<BoxPublicKey> | null = null

  constructor(
    private readonly database: Database,
    private readonly sealer: CredentialSealer,
    private readonly ids: IdSource,
  ) {
    super()
  }

  publicKey(): Promise<BoxPublicKey> {
    this.current ??= this.newestOrNew().catch((cause: unknown) => {
      this.current = null
      throw cause
    })
    return this.current
  }

  async open(box: SealedBox, purpose: string): Promise<Record<string, string> | null> {
    const privateKey = await this.privateKeyOf(box.keyId)
    if (privateKey === null) return null
    try {
      return JSON.parse(openBox(privateKey, box, purpose)) as Record<string, string>
    } catch (error) {
      if (error instanceof SealError) return null
      throw error
    }
  }

  /** Two processes that start together may both make one; each can open what the other's is used for. */
  private async newestOrNew(): Promise<BoxPublicKey> {
    const [known] = await this.database.query<KeyRow>('select * from credentials_key order by created_at desc limit 1')
    if (known !== undefined) return { keyId: known.id, publicKey: known.public_key }
    const keyId = this.ids.next()
    const { publicKey, privateKey } = newBoxKey()
    const { masterVersion, dataKey, fields } = await this.sealer.seal(sealOwnerOf(keyId), { privateKey })
    await this.database.query(
      'insert into credentials_key (id, public_key, master_version, data_key, fields) values ($1, $2, $3, $4, $5)',
      [keyId, publicKey, masterVersion, dataKey, JSON.stringify(fields)],
    )
    return { keyId, publicKey }
  }

  private async privateKeyOf(keyId: string): Promise<string | null> {
    const known = this.opened.get(keyId)
    if (known !== undefined) return known
    const [row] = await this.database.query<KeyRow>('select * from credentials_key where id = $1', [keyId])
    if (row === undefined) return null
    const sealed = { masterVersion: row.master_version, dataKey: row.data_key, fields: row.fields }
    const [opened] = await this.sealer.openAll([{ owner: sealOwnerOf(keyId), sealed }])
    const privateKey = opened?.['privateKey']
    if (privateKey === undefined) return null
    this.opened.set(keyId, privateKey)
    return privateKey
  }
}

/** It belongs to the service, not to a user. */
export function sealOwnerOf(keyId: string) {
  return { userId: 'brokers', subject: keyId }
}
