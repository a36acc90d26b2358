/**
 * Secrets at rest (rule R21): AES-256-GCM, one data key per owner, wrapped by a versioned master key.
 * Called by the stores that keep credentials of others. Must never return, log or throw a plain value with its error.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto'
import type { Randomness } from './randomness.ts'

const algorithm = 'aes-256-gcm'
const keyBytes = 32
const nonceBytes = 12
const tagBytes = 16
/** The form of the sealed fields; part of what is authenticated. */
const sealVersion = 1

export interface WrappedKey {
  readonly masterVersion: number
  /** The data key, sealed by the master key of that version. */
  readonly dataKey: Buffer
}

export interface SealedSecrets extends WrappedKey {
  /** Base64 of each sealed field. */
  readonly fields: Readonly<Record<string, string>>
}

/** Whose the secrets are: part of what is authenticated, so that nothing sealed can be moved to another owner. */
export interface SealOwner {
  readonly userId: string
  /** Id of the account, or another name of what the user has the secrets for. */
  readonly subject: string
}

export class SealError extends Error {
  override readonly name = 'SealError'
}

/** The master keys of an installation: old ones open, the highest version seals. */
export class MasterKeys {
  private constructor(private readonly keys: ReadonlyMap<number, Buffer>) {}

  /** Text of `v<number>:<base64 of 32 bytes>`, separated by line ends or commas. Throws SealError without quoting it. */
  static parse(text: string): MasterKeys {
    const keys = new Map<number, Buffer>()
    for (const part of text.split(/[\s,]+/).filter((each) => each !== '')) {
      const match = /^v(\d{1,6}):([A-Za-z0-9+/]{43}=)$/.exec(part)
      const key = Buffer.from(match?.[2] ?? '', 'base64')
      if (match === null || key.length !== keyBytes)
        throw new SealError('a master key must be v<number>:<32 bytes in base64>')
      keys.set(Number.parseInt(match[1] ?? '', 10), key)
    }
    if (keys.size === 0) throw new SealError('there is no master key')
    return new MasterKeys(keys)
  }

  get newest(): number {
    return Math.max(...this.keys.keys())
  }

  keyOf(version: number): Buffer {
    const key = this.keys.get(version)
    if (key === undefined) throw new SealError(`the master key v${version} is not configured`)
    return key
  }
}

export class Sealer {
  constructor(
    private readonly masters: MasterKeys,
    private readonly randomness: Randomness,
  ) {}

  get newestVersion(): number {
    return this.masters.newest
  }

  seal(owner: SealOwner, secrets: Readonly<Record<string, string>>): SealedSecrets {
    const dataKey = newDataKey(this.randomness)
    const fields = sealFields(this.randomness, dataKey, owner, secrets)
    const wrapped = this.wrap(owner, dataKey)
    dataKey.fill(0)
    return { ...wrapped, fields }
  }

  /** Throws SealError when the sealed text belongs to another owner or field, or was changed. */
  open(owner: SealOwner, sealed: SealedSecrets): Record<string, string> {
    const dataKey = this.unwrap(owner, sealed)
    const fields = openFields(dataKey, owner, sealed.fields)
    dataKey.fill(0)
    return fields
  }

  /** A data key under the newest master key. */
  wrap(owner: SealOwner, dataKey: Buffer): WrappedKey {
    const masterVersion = this.masters.newest
    const master = this.masters.keyOf(masterVersion)
    return { masterVersion, dataKey: encrypt(this.randomness, master, dataKey, keyContext(owner, masterVersion)) }
  }

  /** Throws SealError when the data key is another owner's, or was changed. */
  unwrap(owner: SealOwner, { masterVersion, dataKey }: WrappedKey): Buffer {
    return decrypt(this.masters.keyOf(masterVersion), dataKey, keyContext(owner, masterVersion))
  }
}

export function newDataKey(randomness: Randomness): Buffer {
  return randomness.bytes(keyBytes)
}

/** Each field under the data key, bound to its owner and name. */
export function sealFields(
  randomness: Randomness,
  dataKey: Buffer,
  owner: SealOwner,
  secrets: Readonly<Record<string, string>>,
): Record<string, string> {
  const fields = Object.entries(secrets).map(([field, value]) => {
    const sealed = encrypt(randomness, dataKey, Buffer.from(value), fieldContext(owner, field))
    return [field, sealed.toString('base64')]
  })
  return Object.fromEntries(fields) as Record<string, string>
}

/** Throws SealError when a sealed text belongs to another owner or field, or was changed. */
export function openFields(
  dataKey: Buffer,
  owner: SealOwner,
  sealed: Readonly<Record<string, string>>,
): Record<string, string> {
  const fields = Object.entries(sealed).map(([field, text]) => {
    const plain = decrypt(dataKey, Buffer.from(text, 'base64'), fieldContext(owner, field))
    return [field, plain.toString()]
  })
  return Object.fromEntries(fields) as Record<string, string>
}

function encrypt(randomness: Randomness, key: Buffer, plain: Buffer, context: string): Buffer {
  const nonce = randomness.bytes(nonceBytes)
  const cipher = createCipheriv(algorithm, key, nonce)
  cipher.setAAD(Buffer.from(context))
  const body = Buffer.concat([cipher.update(plain), cipher.final()])
  return Buffer.concat([nonce, body, cipher.getAuthTag()])
}

function decrypt(key: Buffer, sealed: Buffer, context: string): Buffer {
  try {
    const decipher = createDecipheriv(algorithm, key, sealed.subarray(0, nonceBytes))
    decipher.setAAD(Buffer.from(context))
    decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes))
    return Buffer.concat([decipher.update(sealed.subarray(nonceBytes, sealed.length - tagBytes)), decipher.final()])
  } catch {
    throw new SealError('the sealed value cannot be opened: wrong key, wrong owner or changed')
  }
}

function fieldContext(owner: SealOwner, field: string): string {
  return `${owner.userId}|${owner.subject}|${field}|${sealVersion}`
}

function keyContext(owner: SealOwner, masterVersion: number): string {
  return `${owner.userId}|${owner.subject}|data-key|${masterVersion}`
}
