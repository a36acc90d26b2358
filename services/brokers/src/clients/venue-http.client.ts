/**
 * Requests to one venue's host over kept-alive connections. Called by adapters for every call.
 * It tells "never left" from "may have arrived" and must never repeat a request by itself.
 */
import { err, ok, type Result } from '@tradewire/kernel/result'
import { Pool } from 'undici'

export interface VenueRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Path with query, from the first slash after the host. */
  readonly path: string
  readonly headers: Record<string, string>
  readonly body: string | null
}

export interface VenueReply {
  readonly status: number
  readonly statusText: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
}

/** `not-sent`: no byte of the request was written. `lost`: it was, and no whole answer came. */
export interface VenueFailure {
  readonly kind: 'not-sent' | 'lost'
  readonly message: string
}

export interface VenueHttpOptions {
  readonly origin: string
  readonly connectionsMax: number
  readonly requestTimeoutMs: number
}

const keepAliveTimeoutMs = 30_000
const connectTimeoutMs = 5_000
const replyBytesMax = 32 * 1024 * 1024

type Settle = (result: Result<VenueReply, VenueFailure>) => void

export class VenueHttp {
  private readonly pool: Pool

  constructor(options: VenueHttpOptions) {
    this.pool = new Pool(options.origin, {
      connections: options.connectionsMax,
      // One request a connection at a time: an answer that is lost then never takes another order with it.
      pipelining: 1,
      keepAliveTimeout: keepAliveTimeoutMs,
      connectTimeout: connectTimeoutMs,
      headersTimeout: options.requestTimeoutMs,
      bodyTimeout: options.requestTimeoutMs,
    })
  }

  send(request: VenueRequest): Promise<Result<VenueReply, VenueFailure>> {
    return new Promise((resolve) => {
      // The dispatch interface costs half the CPU of undici's request(): no stream is made for a small JSON body.
      this.pool.dispatch(
        { method: request.method, path: request.path, headers: request.headers, body: request.body },
        new ReplyHandler(resolve),
      )
    })
  }

  async close(): Promise<void> {
    await this.pool.destroy()
  }
}

class ReplyHandler {
  private started = false
  private status = 0
  private statusText = ''
  private headers: VenueReply['headers'] = {}
  private bytes = 0
  private readonly chunks: Buffer[] = []
  private readonly settle: Settle

  constructor(settle: Settle) {
    this.settle = settle
  }

  onRequestStart(): void {
    this.started = true
  }

  onResponseStart(_controller: unknown, status: number, headers: VenueReply['headers'], statusText?: string): void {
    this.status = status
    this.statusText = statusText ?? ''
    this.headers = headers
  }

  onResponseData(controller: { abort(reason: Error): void }, chunk: Buffer): void {
    this.bytes += chunk.length
    if (this.bytes > replyBytesMax) controller.abort(new Error('the reply is too large'))
    else this.chunks.push(chunk)
  }

  onResponseEnd(): void {
    const [first] = this.chunks
    const text =
      this.chunks.length === 1 && first !== undefined ? first.toString() : Buffer.concat(this.chunks).toString()
    this.settle(ok({ status: this.status, statusText: this.statusText, headers: this.headers, text }))
  }

  onResponseError(_controller: unknown, error: Error): void {
    const code = (error as NodeJS.ErrnoException).code
    const message = code === undefined ? error.message : `${error.message} (${code})`
    this.settle(err({ kind: this.started ? 'lost' : 'not-sent', message: message.slice(0, messageCharactersMax) }))
  }
}

const messageCharactersMax = 200
