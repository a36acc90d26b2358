/**
 * A text that one service alone can read, whoever carries it: X25519, HKDF-SHA-256, AES-256-GCM.
 * Called by the bus when a question declares a sealed field, and by the service that opens it.
 * Must never return, log or throw a plain value with its error.
 */
import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
} from 'node:crypto'
import { SealError } from './sealing.ts'

const algorithm = 'aes-256-gcm'
const keyBytes = 32
const nonceBytes = 12
const tagBytes = 16
const info = 'tradewire sealed box 1'

export interface BoxPublicKey {
  readonly keyId: string
  /** The 32 bytes of an X25519 key in base64url. */
  readonly publicKey: string
}

export interface SealedBox {
  readonly keyId: string
  /** Made for this box alone; its private half is gone once the box is sealed. */
  readonly ephemeralKey: string
  /** Base64 of the sealed text and its tag. */
  readonly sealed: string
}

/** A new key pair: the private half as text, for whoever seals it at rest. */
export function newBoxKey(): { readonly publicKey: string; readonly privateKey: string } {
  const { publicKey, privateKey } = generateKeyPairSync('x25519')
  return {
    publicKey: textOf(publicKey),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64'),
  }
}

/** `context` says what the box is for: it opens for nothing else. */
export function sealBox({ keyId, publicKey }: BoxPublicKey, text: string, context: string): SealedBox {
  const ephemeral = generateKeyPairSync('x25519')
  const ephemeralKey = textOf(ephemeral.publicKey)
  const shared = diffieHellman({ privateKey: ephemeral.privateKey, publicKey: keyOf(publicKey) })
  const { key, nonce } = secretsOf(shared, ephemeralKey, publicKey)
  const cipher = createCipheriv(algorithm, key, nonce)
  cipher.setAAD(Buffer.from(`${keyId}|${context}`))
  const body = Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()])
  return { keyId, ephemeralKey, sealed: body.toString('base64') }
}

/** Throws SealError when the box was made for another key or context, or was changed. */
export function openBox(privateText: string, box: SealedBox, context: string): string {
  try {
    const privateKey = createPrivateKey({ key: Buffer.from(privateText, 'base64'), type: 'pkcs8', format: 'der' })
    const shared = diffieHellman({ privateKey, publicKey: keyOf(box.ephemeralKey) })
    const { key, nonce } = secretsOf(shared, box.ephemeralKey, textOf(createPublicKey(privateKey)))
    const body = Buffer.from(box.sealed, 'base64')
    const decipher = createDecipheriv(algorithm, key, nonce)
    decipher.setAAD(Buffer.from(`${box.keyId}|${context}`))
    decipher.setAuthTag(body.subarray(body.length - tagBytes))
    return Buffer.concat([decipher.update(body.subarray(0, body.length - tagBytes)), decipher.final()]).toString()
  } catch {
    throw new SealError('the box cannot be opened: wrong key, wrong purpose or changed')
  }
}

/** The key of each box is used once, so that its nonce may come from it too. */
function secretsOf(shared: Buffer, ephemeralKey: string, recipient: string): { key: Buffer; nonce: Buffer } {
  const made = Buffer.from(hkdfSync('sha256', shared, `${ephemeralKey}|${recipient}`, info, keyBytes + nonceBytes))
  return { key: made.subarray(0, keyBytes), nonce: made.subarray(keyBytes) }
}

function keyOf(text: string): KeyObject {
  return createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x: text }, format: 'jwk' })
}

function textOf(key: KeyObject): string {
  return key.export({ format: 'jwk' }).x ?? ''
}
