/**
 * An authenticator made of node:crypto: real keys, real CBOR and COSE, as a browser hands its answers on.
 * Called by specs of passkeys. Must never skip a step that a real one takes: the count, the hash of the domain, the signature.
 */
import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'

export interface MakingOptions {
  readonly challenge: string
  readonly rp: { readonly id: string }
}

export interface ProvingOptions {
  readonly challenge: string
  readonly rpId: string
}

const algorithms = { ES256: -7, EdDSA: -8 } as const
export type Algorithm = keyof typeof algorithms

const userPresent = 0x01
const hasCredential = 0x40

export class SoftwareAuthenticator {
  /** How often it has signed; set back, it is a copy. */
  counter = 0
  readonly id = randomBytes(20)
  private readonly privateKey: KeyObject
  private readonly publicKey: KeyObject

  constructor(
    /** The page that it takes itself to be asked by. */
    public origin: string,
    private readonly algorithm: Algorithm = 'ES256',
  ) {
    const pair =
      algorithm === 'ES256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519')
    this.privateKey = pair.privateKey
    this.publicKey = pair.publicKey
  }

  /** `navigator.credentials.create()`, as `toJSON()` gives it. */
  make({ challenge, rp }: MakingOptions) {
    const idLength = Buffer.alloc(2)
    idLength.writeUInt16BE(this.id.length)
    const credential = Buffer.concat([Buffer.alloc(16), idLength, this.id, this.coseKey()])
    const authData = Buffer.concat([this.head(rp.id, userPresent | hasCredential), credential])
    const attestationObject = cbor(
      new Map<string, CborValue>([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', authData],
      ]),
    )
    return {
      ...this.credentialHead(),
      response: {
        clientDataJSON: text64(this.clientData('webauthn.create', challenge)),
        attestationObject: text64(attestationObject),
        transports: ['internal'],
      },
    }
  }

  /** `navigator.credentials.get()`, as `toJSON()` gives it. */
  prove({ challenge, rpId }: ProvingOptions) {
    this.counter += 1
    const clientData = this.clientData('webauthn.get', challenge)
    const authenticatorData = this.head(rpId, userPresent)
    const signed = Buffer.concat([authenticatorData, createHash('sha256').update(clientData).digest()])
    const signature = sign(this.algorithm === 'ES256' ? 'sha256' : null, signed, this.privateKey)
    return {
      ...this.credentialHead(),
      response: {
        clientDataJSON: text64(clientData),
        authenticatorData: text64(authenticatorData),
        signature: text64(signature),
      },
    }
  }

  private credentialHead() {
    return { id: text64(this.id), rawId: text64(this.id), type: 'public-key', clientExtensionResults: {} }
  }

  private clientData(type: string, challenge: string): Buffer {
    return Buffer.from(JSON.stringify({ type, challenge, origin: this.origin, crossOrigin: false }))
  }

  /** WebAuthn, 6.1: hash of the domain, flags, count. */
  private head(rpId: string, flags: number): Buffer {
    const rest = Buffer.alloc(5)
    rest.writeUInt8(flags)
    rest.writeUInt32BE(this.counter, 1)
    return Buffer.concat([createHash('sha256').update(rpId).digest(), rest])
  }

  /** RFC 9053: EC2 on P-256, or OKP on Ed25519. */
  private coseKey(): Buffer {
    const { x = '', y = '' } = this.publicKey.export({ format: 'jwk' })
    const at = (text: string): Buffer => Buffer.from(text, 'base64url')
    const fields: readonly (readonly [number, CborValue])[] =
      this.algorithm === 'ES256'
        ? [
            [1, 2],
            [3, algorithms.ES256],
            [-1, 1],
            [-2, at(x)],
            [-3, at(y)],
          ]
        : [
            [1, 1],
            [3, algorithms.EdDSA],
            [-1, 6],
            [-2, at(x)],
          ]
    return cbor(new Map(fields))
  }
}

type CborValue = number | string | Buffer | ReadonlyMap<number | string, CborValue>

const major = { unsigned: 0, negative: 1, bytes: 2, text: 3, map: 5 } as const
const oneByteMax = 23

/** RFC 8949, as much of it as an authenticator needs. */
function cbor(value: CborValue): Buffer {
  if (typeof value === 'number') return value < 0 ? head(major.negative, -1 - value) : head(major.unsigned, value)
  if (typeof value === 'string') return Buffer.concat([head(major.text, Buffer.byteLength(value)), Buffer.from(value)])
  if (Buffer.isBuffer(value)) return Buffer.concat([head(major.bytes, value.length), value])
  const entries = [...value].flatMap(([key, each]) => [cbor(key), cbor(each)])
  return Buffer.concat([head(major.map, value.size), ...entries])
}

function head(kind: number, count: number): Buffer {
  if (count <= oneByteMax) return Buffer.from([(kind << 5) | count])
  if (count <= 0xff) return Buffer.from([(kind << 5) | 24, count])
  return Buffer.from([(kind << 5) | 25, count >> 8, count & 0xff])
}

function text64(bytes: Buffer): string {
  return bytes.toString('base64url')
}
