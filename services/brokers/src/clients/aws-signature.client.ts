/**
 * Signature version 4 of AWS for one request, as its `authorization` header. Called by the client of KMS.
 * Must never take part in what is sent: it signs headers that the caller sends as they are.
 */
import { createHash, createHmac } from 'node:crypto'

export interface AwsKey {
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

export interface AwsScope {
  readonly region: string
  readonly service: string
}

export interface SignedRequest {
  readonly method: string
  /** As sent, without a query. */
  readonly path: string
  /** All that are to be signed, `host` and `x-amz-date` among them. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const algorithm = 'AWS4-HMAC-SHA256'
const dayCharacters = 8

/** 20150830T123600Z */
export function amzDateOf(at: Date): string {
  return at.toISOString().replaceAll(/[-:]|\.\d{3}/g, '')
}

export function awsAuthorization({ method, path, headers, body }: SignedRequest, key: AwsKey, scope: AwsScope): string {
  const signed = Object.entries(headers)
    .map(([name, value]) => [name.toLowerCase(), value.trim().replaceAll(/ +/g, ' ')] as const)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
  const names = signed.map(([name]) => name).join(';')
  const lines = signed.map(([name, value]) => `${name}:${value}\n`).join('')
  const request = [method, path, '', lines, names, sha256(body)].join('\n')
  const at = new Map(signed).get('x-amz-date') ?? ''
  const day = at.slice(0, dayCharacters)
  const within = `${day}/${scope.region}/${scope.service}/aws4_request`
  const text = [algorithm, at, within, sha256(request)].join('\n')
  const parts = [day, scope.region, scope.service, 'aws4_request']
  const signingKey = parts.reduce<string | Buffer>((from, part) => hmac(from, part), `AWS4${key.secretAccessKey}`)
  const signature = hmac(signingKey, text).toString('hex')
  return `${algorithm} Credential=${key.accessKeyId}/${within}, SignedHeaders=${names}, Signature=${signature}`
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
