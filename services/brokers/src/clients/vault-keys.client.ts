/**
 * Master keys that stay in the Transit engine of HashiCorp Vault. Called by the sealing of credentials.
 * Must never let the token or a data key into a message of an error.
 */
import type { SealOwner, WrappedKey } from '@tradewire/kernel/sealing'
import { z } from 'zod'
import {
  MasterKeyHolder,
  MasterKeysUnavailable,
  type OwnedDataKey,
  type OwnedWrappedKey,
} from '#ports/master-keys.port'
import { dataKeyOf, jsonOrNull } from './key-service.client.ts'
import { VenueHttp } from './venue-http.client.ts'

export interface VaultOptions {
  readonly url: string
  readonly token: string
  readonly key: string
}

const answerWithinMs = 5_000
const connectionsMax = 4
/** Far below what Vault takes in one request, and a thousand accounts are two questions. */
const itemsPerRequest = 500
const probeBytes = 32
const okStatus = 200
/** Vault answers so when some of a batch cannot be opened; what can be is beside it. */
const partlyRefusedStatus = 400

const batch = <Item extends z.ZodType>(item: Item) => z.object({ data: z.object({ batch_results: z.array(item) }) })
const encrypted = batch(z.object({ ciphertext: z.string().regex(/^vault:v\d{1,6}:/) }))
const decrypted = batch(z.object({ plaintext: z.string().optional() }))

export class VaultKeys extends MasterKeyHolder {
  private readonly http: VenueHttp
  private readonly basePath: string

  constructor(private readonly options: VaultOptions) {
    super()
    const { origin, pathname } = new URL(options.url)
    this.basePath = `${pathname.replace(/\/$/, '')}/v1/transit`
    this.http = new VenueHttp({ origin, connectionsMax, requestTimeoutMs: answerWithinMs })
  }

  /** Vault tells it with whatever it seals, so that the token needs no right to read the key's description. */
  async newestVersion(): Promise<number> {
    const owner = { userId: 'brokers', subject: 'newest-version' }
    const [probe] = await this.wrap([{ owner, dataKey: Buffer.alloc(probeBytes) }])
    if (probe === undefined) throw new MasterKeysUnavailable('Vault sealed nothing')
    return probe.masterVersion
  }

  async wrap(keys: readonly OwnedDataKey[]): Promise<readonly WrappedKey[]> {
    return inPieces(keys, async (piece) => {
      const items = piece.map(({ owner, dataKey }) => ({ ...boundTo(owner), plaintext: dataKey.toString('base64') }))
      const results = await this.ask('encrypt', items, encrypted)
      return results.map(({ ciphertext }) => ({
        masterVersion: Number.parseInt(ciphertext.slice('vault:v'.length), 10),
        dataKey: Buffer.from(ciphertext),
      }))
    })
  }

  async unwrap(keys: readonly OwnedWrappedKey[]): Promise<readonly (Buffer | null)[]> {
    return inPieces(keys, async (piece) => {
      const items = piece.map(({ owner, dataKey }) => ({ ...boundTo(owner), ciphertext: dataKey.toString() }))
      const results = await this.ask('decrypt', items, decrypted)
      return results.map(({ plaintext }) => dataKeyOf(plaintext))
    })
  }

  async close(): Promise<void> {
    await this.http.close()
  }

  private async ask<Item>(
    verb: 'encrypt' | 'decrypt',
    items: readonly object[],
    form: z.ZodType<{ data: { batch_results: Item[] } }>,
  ): Promise<readonly Item[]> {
    const reply = await this.http.send({
      method: 'POST',
      path: `${this.basePath}/${verb}/${encodeURIComponent(this.options.key)}`,
      headers: { 'content-type': 'application/json', 'x-vault-token': this.options.token },
      body: JSON.stringify({ batch_input: items }),
    })
    if (!reply.ok) throw new MasterKeysUnavailable(`Vault gave no answer: ${reply.error.message}`)
    const { status, text } = reply.value
    if (status !== okStatus && status !== partlyRefusedStatus)
      throw new MasterKeysUnavailable(`Vault answers ${status}`)
    const parsed = form.safeParse(jsonOrNull(text))
    if (!parsed.success || parsed.data.data.batch_results.length !== items.length) {
      throw new MasterKeysUnavailable(`Vault answers ${status} without a result for each key`)
    }
    return parsed.data.data.batch_results
  }
}

/** Keys of type AES-GCM and ChaCha20 bind to the associated data, derived keys to the context too. */
function boundTo({ userId, subject }: SealOwner): { readonly associated_data: string; readonly context: string } {
  const owner = Buffer.from(`${userId}|${subject}|data-key`).toString('base64')
  return { associated_data: owner, context: owner }
}

async function inPieces<From, To>(
  all: readonly From[],
  work: (piece: readonly From[]) => Promise<readonly To[]>,
): Promise<readonly To[]> {
  const done: To[] = []
  for (let from = 0; from < all.length; from += itemsPerRequest) {
    done.push(...(await work(all.slice(from, from + itemsPerRequest))))
  }
  return done
}
