/**
 * Signs for one Coinbase account: tokens of two minutes, by a P-256 key. Called through ccxt for each request, and by the stream.
 * Must never put the key into an error.
 */
import { createPrivateKey, type KeyObject, sign } from 'node:crypto'
import type { Randomness } from '@tradewire/kernel/randomness'

const lifeSeconds = 120
const nonceBytes = 16

/** By ccxt's name of the class that our error map knows. */
class AuthenticationError extends Error {}

export class CoinbaseKey {
  private readonly key: KeyObject | null

  constructor(
    private readonly name: string,
    pem: string,
    private readonly randomness: Randomness,
  ) {
    this.key = keyOf(pem)
  }

  /** `uri` is left out for websockets, whose tokens name none. */
  token(seconds: number, uri?: string): string {
    if (this.key === null) throw new AuthenticationError('the secret is no private key')
    const nonce = this.randomness.bytes(nonceBytes).toString('hex')
    const header = { alg: 'ES256', typ: 'JWT', kid: this.name, nonce }
    const claims = {
      iss: 'cdp',
      sub: this.name,
      nbf: seconds,
      exp: seconds + lifeSeconds,
      ...(uri === undefined ? {} : { uri }),
    }
    const text = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
    const signature = sign('sha256', Buffer.from(text), { key: this.key, dsaEncoding: 'ieee-p1363' })
    return `${text}.${signature.toString('base64url')}`
  }
}

/** People copy the key out of JSON, where its line ends are written out. */
function keyOf(pem: string): KeyObject | null {
  try {
    return createPrivateKey(pem.replaceAll('\\n', '\n'))
  } catch {
    return null
  }
}
