/**
 * A subscriber of outbound webhooks that verifies every signature with the official client.
 * Called by the demo. Must never count a delivery twice: receivers see repetitions and must cope.
 */
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'

export interface WebhookReceiver {
  readonly url: string
  /** Distinct webhook ids whose signature was right. */
  verified(): number
  /** Requests whose signature was wrong. */
  refused(): number
  verifyWith(secret: string): void
  stop(): Promise<void>
}

export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const ids = new Set<string>()
  let refused = 0
  let verifier: Webhook | undefined
  const take = (headers: IncomingHttpHeaders, body: string): number => {
    try {
      verifier?.verify(body, headers as Record<string, string>)
      ids.add(String(headers['webhook-id']))
      return 204
    } catch {
      refused += 1
      return 400
    }
  }
  const server = createServer((request, reply) => {
    let body = ''
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
    request.on('end', () => reply.writeHead(take(request.headers, body)).end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/tradewire`,
    verified: () => ids.size,
    refused: () => refused,
    verifyWith: (secret) => (verifier = new Webhook(secret)),
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
