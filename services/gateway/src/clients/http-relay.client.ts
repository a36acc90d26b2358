/**
 * Hands requests on to one service over HTTP, byte for byte. Called by the client of neighbours.
 * Must never retry: the sender does.
 */
import type { IncomingHttpHeaders } from 'node:http'
import { Pool } from 'undici'
import type { RawReply, RawRequest } from '#ports/neighbours.port'

export interface RelayOptions {
  readonly url: string
  readonly answerWithinMs: number
  /** What of the answer's head the sender gets to see. */
  readonly passedHeaders: readonly string[]
}

const connectWithinMs = 500
const connectionsMax = 64

export class HttpRelay {
  private readonly pool: Pool
  private readonly prefix: string
  private readonly options: RelayOptions

  constructor(options: RelayOptions) {
    const url = new URL(options.url)
    this.options = options
    this.prefix = url.pathname.replace(/\/$/, '')
    this.pool = new Pool(url.origin, { connections: connectionsMax, connectTimeout: connectWithinMs })
  }

  /** Rejects when there is no answer within the limit. */
  async pass({ method, path, headers, body }: RawRequest): Promise<RawReply> {
    const answer = await this.pool.request({
      method,
      path: this.prefix + path,
      headers,
      body,
      signal: AbortSignal.timeout(this.options.answerWithinMs),
    })
    const bytes = Buffer.from(await answer.body.arrayBuffer())
    return { status: answer.statusCode, headers: this.passedOn(answer.headers), body: bytes }
  }

  close(): Promise<void> {
    return this.pool.close()
  }

  private passedOn(headers: IncomingHttpHeaders): Record<string, string> {
    const named = this.options.passedHeaders.map((name) => [name, headers[name]] as const)
    return Object.fromEntries(named.filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
  }
}
