/** A service behind the gateway that keeps what it gets and answers as told. Called by specs. Must never answer untold. */
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

interface Received {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

export class ScriptedService {
  received: Received[] = []
  /** Without it the connection hangs, as a stuck service would let it. */
  answer: (() => { readonly status: number; readonly type: string; readonly body: string }) | undefined

  private readonly server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      const { method = '', url = '', headers } = incoming
      this.received.push({ method, url, headers, body: Buffer.concat(chunks) })
      const answer = this.answer?.()
      if (answer !== undefined) outgoing.writeHead(answer.status, { 'content-type': answer.type }).end(answer.body)
    })
  })

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  start(): Promise<void> {
    return new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve))
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }
}
