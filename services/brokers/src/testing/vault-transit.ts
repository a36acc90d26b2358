/** The Transit engine of Vault over real HTTP, as strict as it is. Called by specs. Must never take a question without its token. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

interface Item {
  readonly plaintext?: string
  readonly ciphertext?: string
  readonly associated_data?: string
}

const nonceBytes = 12
const tagBytes = 16

export class VaultTransit {
  readonly token = `hvs.${randomBytes(12).toString('hex')}`
  /** How many keys each request was about. */
  readonly batches: number[] = []
  sealed = false
  private readonly keys = [randomBytes(32)]
  private readonly server: Server

  private constructor() {
    this.server = createServer((request, response) => {
      void this.answer(request).then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
      })
    })
  }

  static async start(): Promise<VaultTransit> {
    const vault = new VaultTransit()
    await new Promise<void>((resolve) => vault.server.listen(0, '127.0.0.1', resolve))
    return vault
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  rotate(): void {
    this.keys.push(randomBytes(32))
  }

  stop(): void {
    this.server.close()
    this.server.closeAllConnections()
  }

  private async answer(request: IncomingMessage): Promise<{ status: number; body: unknown }> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    if (this.sealed) return { status: 503, body: { errors: ['Vault is sealed'] } }
    if (request.headers['x-vault-token'] !== this.token) return { status: 403, body: { errors: ['permission denied'] } }
    const verb = /^\/v1\/transit\/(encrypt|decrypt)\/accounts$/.exec(request.url ?? '')?.[1]
    if (request.method !== 'POST' || verb === undefined) return { status: 404, body: { errors: [] } }
    const { batch_input: items } = JSON.parse(Buffer.concat(chunks).toString()) as { batch_input: Item[] }
    this.batches.push(items.length)
    const results = items.map((item) => (verb === 'encrypt' ? this.encrypt(item) : this.decrypt(item)))
    const status = results.some((result) => 'error' in result) ? 400 : 200
    return { status, body: { data: { batch_results: results } } }
  }

  private encrypt({ plaintext = '', associated_data: bound = '' }: Item): object {
    const nonce = randomBytes(nonceBytes)
    const cipher = createCipheriv('aes-256-gcm', this.keys.at(-1) ?? '', nonce).setAAD(Buffer.from(bound, 'base64'))
    const body = Buffer.concat([cipher.update(Buffer.from(plaintext, 'base64')), cipher.final()])
    const text = Buffer.concat([nonce, body, cipher.getAuthTag()]).toString('base64')
    return { ciphertext: `vault:v${this.keys.length}:${text}`, key_version: this.keys.length }
  }

  private decrypt({ ciphertext = '', associated_data: bound = '' }: Item): object {
    const [, version, text = ''] = /^vault:v(\d+):(.+)$/.exec(ciphertext) ?? []
    const sealed = Buffer.from(text, 'base64')
    try {
      const key = this.keys[Number(version) - 1] ?? ''
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceBytes))
      decipher.setAAD(Buffer.from(bound, 'base64')).setAuthTag(sealed.subarray(-tagBytes))
      const plain = Buffer.concat([decipher.update(sealed.subarray(nonceBytes, -tagBytes)), decipher.final()])
      return { plaintext: plain.toString('base64') }
    } catch {
      return { error: 'cipher: message authentication failed' }
    }
  }
}
