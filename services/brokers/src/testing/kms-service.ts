/**
 * AWS KMS over real HTTP, as strict as it is: signatures, their age, and the context of what is sealed. Called by specs.
 * Must never take a request whose signature does not cover all that counts.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Clock } from '@tradewire/kernel/clock'
import { awsAuthorization, type AwsKey } from '#clients/aws-signature.client'

interface Question {
  readonly KeyId: string
  readonly Plaintext?: string
  readonly CiphertextBlob?: string
  readonly EncryptionContext?: Readonly<Record<string, string>>
}

interface Answer {
  readonly status: number
  readonly body: object
}

const nonceBytes = 12
const tagBytes = 16
const skewMs = 300_000
const region = 'eu-central-1'
const signedAlways = ['content-type', 'host', 'x-amz-date', 'x-amz-target']

const refused = (type: string, status = 400): Answer => ({ status, body: { __type: type, message: 'words' } })

export class KmsService {
  readonly region = region
  readonly key: AwsKey = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: randomBytes(30).toString('base64') }
  sessionToken: string | undefined
  /** What every call is answered with while it stands. */
  failure: Answer | undefined
  /** So many of the next calls are refused for their rate. */
  throttled = 0
  calls = 0
  private readonly keys = new Map<string, Buffer>()
  private readonly server: Server

  private constructor(private readonly clock: Clock) {
    this.server = createServer((request, response) => {
      void this.answer(request).then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body))
      })
    })
  }

  static async start(clock: Clock): Promise<KmsService> {
    const service = new KmsService(clock)
    await new Promise<void>((resolve) => service.server.listen(0, '127.0.0.1', resolve))
    return service
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  /** The ARN of a new symmetric key. */
  newKey(): string {
    const arn = `arn:aws:kms:${region}:111122223333:key/${randomBytes(8).toString('hex')}`
    this.keys.set(arn, randomBytes(32))
    return arn
  }

  stop(): void {
    this.server.close()
    this.server.closeAllConnections()
  }

  private async answer(request: IncomingMessage): Promise<Answer> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks).toString()
    this.calls += 1
    if (this.failure !== undefined) return this.failure
    if (this.throttled > 0) {
      this.throttled -= 1
      return refused('ThrottlingException')
    }
    const wrong = this.wrongSignature(request, body)
    if (wrong !== null) return refused(wrong)
    const question = JSON.parse(body) as Question
    const key = this.keys.get(question.KeyId)
    if (key === undefined) return refused('com.amazonaws.kms#NotFoundException')
    switch (request.headers['x-amz-target']) {
      case 'TrentService.Encrypt':
        return encrypt(key, question)
      case 'TrentService.Decrypt':
        return this.decrypt(question)
      default:
        return refused('UnknownOperationException')
    }
  }

  private wrongSignature({ headers, method = '', url = '' }: IncomingMessage, body: string): string | null {
    const told = headers.authorization ?? ''
    const names = /SignedHeaders=([a-z0-9;-]+)/.exec(told)?.[1]?.split(';') ?? []
    const needed = this.sessionToken === undefined ? signedAlways : [...signedAlways, 'x-amz-security-token']
    if (needed.some((name) => !names.includes(name))) return 'IncompleteSignatureException'
    if (headers['x-amz-security-token'] !== this.sessionToken) return 'UnrecognizedClientException'
    if (!told.includes(`Credential=${this.key.accessKeyId}/`)) return 'UnrecognizedClientException'
    const sent = Object.fromEntries(names.map((name) => [name, String(headers[name])]))
    const wanted = awsAuthorization({ method, path: url, headers: sent, body }, this.key, { region, service: 'kms' })
    if (told !== wanted) return 'InvalidSignatureException'
    const at = (sent['x-amz-date'] ?? '').replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5')
    return Math.abs(this.clock.now().getTime() - Date.parse(at)) < skewMs ? null : 'InvalidSignatureException'
  }

  private decrypt({ KeyId, CiphertextBlob = '', EncryptionContext: context }: Question): Answer {
    const blob = Buffer.from(CiphertextBlob, 'base64')
    const [arn = '', ...rest] = blob.toString('latin1').split('|')
    if (arn !== KeyId) return refused(this.keys.has(arn) ? 'IncorrectKeyException' : 'InvalidCiphertextException')
    const sealed = Buffer.from(rest.join('|'), 'latin1')
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.keys.get(arn) ?? '', sealed.subarray(0, nonceBytes))
      decipher.setAAD(boundBy(context)).setAuthTag(sealed.subarray(-tagBytes))
      const plain = Buffer.concat([decipher.update(sealed.subarray(nonceBytes, -tagBytes)), decipher.final()])
      return { status: 200, body: { KeyId, Plaintext: plain.toString('base64') } }
    } catch {
      return refused('InvalidCiphertextException')
    }
  }
}

function encrypt(key: Buffer, { KeyId, Plaintext = '', EncryptionContext: context }: Question): Answer {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(boundBy(context))
  const body = Buffer.concat([cipher.update(Buffer.from(Plaintext, 'base64')), cipher.final()])
  const blob = Buffer.concat([Buffer.from(`${KeyId}|`, 'latin1'), nonce, body, cipher.getAuthTag()])
  return { status: 200, body: { KeyId, CiphertextBlob: blob.toString('base64') } }
}

function boundBy(context: Question['EncryptionContext'] = {}): Buffer {
  return Buffer.from(JSON.stringify(Object.entries(context).toSorted(([one], [other]) => (one < other ? -1 : 1))))
}
