/**
 * A server that answers as a test says and remembers what it was asked: for the exact wire of an adapter.
 * Called by the wire specs of adapters. Must never be mistaken for a venue: it keeps no books.
 */
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { BrokerDependencies } from '@tradewire/broker-kit/define-broker'
import { SystemClock } from '@tradewire/kernel/clock'
import { SystemRandomness } from '@tradewire/kernel/randomness'
import { memoryLogger } from '@tradewire/testkit/memory-logger'

export interface Seen {
  readonly method: string
  readonly path: string
  readonly text: string
  readonly headers: IncomingHttpHeaders
}

/** `hang-up`: the connection ends without an answer. */
export type ScriptedReply =
  | { readonly status: number; readonly body: string; readonly headers?: Readonly<Record<string, string>> }
  | 'hang-up'

export class ScriptedExchange {
  seen: Seen[] = []
  respond: (seen: Seen) => ScriptedReply
  private readonly server: Server

  /** `always` answers what no script shall change, such as the list of markets; undefined leaves it to the script. */
  constructor(
    private readonly normal: (seen: Seen) => ScriptedReply,
    always: (seen: Seen) => ScriptedReply | undefined,
  ) {
    this.respond = normal
    this.server = createServer((request, response) => {
      let text = ''
      request.on('data', (chunk: Buffer) => (text += chunk.toString()))
      request.on('end', () => {
        const one = { method: request.method ?? '', path: request.url ?? '', text, headers: request.headers }
        this.seen.push(one)
        const reply = always(one) ?? this.respond(one)
        if (reply === 'hang-up') {
          request.socket.destroy()
          return
        }
        response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers })
        response.end(reply.body)
      })
    })
  }

  async start(): Promise<BrokerDependencies> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve))
    return {
      clock: new SystemClock(),
      randomness: new SystemRandomness(),
      log: memoryLogger().logger,
      paperUrl: `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`,
      connectionsMax: 4,
      requestTimeoutMs: 1_000,
    }
  }

  /** Forgets what it saw and answers as usual. */
  reset(): void {
    this.seen = []
    this.respond = this.normal
  }

  stop(): void {
    this.server.close()
  }
}
