/**
 * Master keys that stay in AWS KMS, by version. Called by the sealing of credentials.
 * Must never let a key of AWS or a data key into a message of an error.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from '@tradewire/kernel/clock'
import { SealError, type SealOwner, type WrappedKey } from '@tradewire/kernel/sealing'
import { z } from 'zod'
import {
  MasterKeyHolder,
  MasterKeysUnavailable,
  type OwnedDataKey,
  type OwnedWrappedKey,
} from '#ports/master-keys.port'
import { amzDateOf, awsAuthorization, type AwsKey } from './aws-signature.client.ts'
import { dataKeyOf, jsonOrNull } from './key-service.client.ts'
import { VenueHttp } from './venue-http.client.ts'

export interface KmsOptions extends AwsKey {
  readonly url: string
  readonly region: string
  readonly sessionToken: string | undefined
  /** As the setting has them: `v<number>:<id, ARN or alias of a key>`, by lines or commas. */
  readonly keys: string
  readonly clock: Clock
}

const answerWithinMs = 5_000
/** KMS takes one data key a request; a thousand accounts are read within seconds, far below its quota. */
const requestsAtOnceMax = 32
/** Encryption and decryption may be repeated. */
const busyPausesMs = [200, 800]
const okStatus = 200
const failureStatusFrom = 500

/** What is sealed does not fit: another owner's, changed, or by another key. */
const notOpened = new Set(['InvalidCiphertextException', 'IncorrectKeyException'])
const busy = new Set(['ThrottlingException', 'LimitExceededException'])

const encrypted = z.object({ CiphertextBlob: z.base64().min(1) })
const decrypted = z.object({ Plaintext: z.string() })
const refusal = z.object({ __type: z.string().max(200) })

interface Told {
  readonly status: number
  readonly body: unknown
  /** Of an error, such as ThrottlingException; empty where none is told. */
  readonly type: string
}

export class KmsKeys extends MasterKeyHolder {
  private readonly http: VenueHttp
  private readonly host: string
  private readonly keys: ReadonlyMap<number, string>
  private readonly newest: number

  constructor(private readonly options: KmsOptions) {
    super()
    const { origin, host } = new URL(options.url)
    this.host = host
    this.http = new VenueHttp({ origin, connectionsMax: requestsAtOnceMax, requestTimeoutMs: answerWithinMs })
    this.keys = keysOf(options.keys)
    this.newest = Math.max(...this.keys.keys())
  }

  newestVersion(): Promise<number> {
    return Promise.resolve(this.newest)
  }

  wrap(keys: readonly OwnedDataKey[]): Promise<readonly WrappedKey[]> {
    const masterVersion = this.newest
    return atOnce(keys, async ({ owner, dataKey }) => {
      const told = await this.ask('Encrypt', {
        KeyId: this.keys.get(masterVersion),
        Plaintext: dataKey.toString('base64'),
        EncryptionContext: boundTo(owner),
      })
      const sealed = encrypted.safeParse(told.body)
      if (told.status !== okStatus || !sealed.success) throw unavailable(told)
      return { masterVersion, dataKey: Buffer.from(sealed.data.CiphertextBlob, 'base64') }
    })
  }

  unwrap(keys: readonly OwnedWrappedKey[]): Promise<readonly (Buffer | null)[]> {
    return atOnce(keys, async ({ owner, masterVersion, dataKey }) => {
      const keyId = this.keys.get(masterVersion)
      if (keyId === undefined) return null
      const told = await this.ask('Decrypt', {
        KeyId: keyId,
        CiphertextBlob: dataKey.toString('base64'),
        EncryptionContext: boundTo(owner),
      })
      if (notOpened.has(told.type)) return null
      const opened = decrypted.safeParse(told.body)
      if (told.status !== okStatus || !opened.success) throw unavailable(told)
      return dataKeyOf(opened.data.Plaintext)
    })
  }

  async close(): Promise<void> {
    await this.http.close()
  }

  private async ask(operation: 'Encrypt' | 'Decrypt', content: object): Promise<Told> {
    let told = await this.once(operation, content)
    for (const pauseMs of busyPausesMs) {
      if (told.status < failureStatusFrom && !busy.has(told.type)) break
      await delay(pauseMs)
      told = await this.once(operation, content)
    }
    return told
  }

  private async once(operation: string, content: object): Promise<Told> {
    const { region, sessionToken, clock } = this.options
    const body = JSON.stringify(content)
    const signed = {
      'content-type': 'application/x-amz-json-1.1',
      host: this.host,
      'x-amz-date': amzDateOf(clock.now()),
      'x-amz-target': `TrentService.${operation}`,
      ...(sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken }),
    }
    const request = { method: 'POST', path: '/', headers: signed, body } as const
    const authorization = awsAuthorization(request, this.options, { region, service: 'kms' })
    const reply = await this.http.send({ ...request, headers: { ...signed, authorization } })
    if (!reply.ok) throw new MasterKeysUnavailable(`KMS gave no answer: ${reply.error.message}`)
    const { status, text } = reply.value
    const told = jsonOrNull(text)
    const [type = ''] = /[A-Za-z]{1,60}$/.exec(refusal.safeParse(told).data?.__type ?? '') ?? []
    return { status, body: told, type: status === okStatus ? '' : type }
  }
}

/** Throws SealError without quoting the text. */
export function keysOf(text: string): ReadonlyMap<number, string> {
  const keys = new Map<number, string>()
  for (const part of text.split(/[\s,]+/).filter((each) => each !== '')) {
    const [, version, keyId] = /^v(\d{1,6}):([\w:/-]{1,2048})$/.exec(part) ?? []
    if (version === undefined || keyId === undefined)
      throw new SealError('a key of KMS must be v<number>:<id, ARN or alias of the key>')
    keys.set(Number.parseInt(version, 10), keyId)
  }
  if (keys.size === 0) throw new SealError('there is no key of KMS')
  return keys
}

/** KMS keeps it with what it seals and opens nothing without it; it stands in AWS's own log of calls. */
function boundTo({ userId, subject }: SealOwner): Readonly<Record<string, string>> {
  return { user: userId, subject, what: 'data-key' }
}

function unavailable({ status, type }: Told): MasterKeysUnavailable {
  return new MasterKeysUnavailable(`KMS answers ${status} ${type}`.trim())
}

/** In order; after a failure nothing more is asked. */
async function atOnce<From, To>(all: readonly From[], work: (one: From) => Promise<To>): Promise<readonly To[]> {
  const done: To[] = []
  const queue = [...all.entries()]
  let failed = false
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined && !failed; next = queue.shift()) {
      const [index, one] = next
      try {
        done[index] = await work(one)
      } catch (error) {
        failed = true
        throw error
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(requestsAtOnceMax, all.length) }, worker))
  return done
}
