/**
 * A subscriber that keeps what it can verify with the official client. Called by specs that read deliveries.
 * Must never keep a payload whose signature is wrong.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'

export interface WebhookPayload {
  readonly event: string
  readonly timestamp: string
  readonly data: Readonly<Record<string, unknown>>
}

export interface WebhookInbox {
  readonly url: string
  /** Verified payloads by webhook id. */
  readonly received: ReadonlyMap<string, WebhookPayload>
  readonly refused: () => number
  verifyWith(secret: string): void
  stop(): Promise<void>
}

export async function startWebhookInbox(): Promise<WebhookInbox> {
  const received = new Map<string, WebhookPayload>()
  let verifier: Webhook | undefined
  let refused = 0
  const server = createServer((request, reply) => {
    let body = ''
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
    request.on('end', () => {
      try {
        if (verifier === undefined) throw new Error('no secret yet')
        const payload = verifier.verify(body, request.headers as Record<string, string>) as WebhookPayload
        received.set(String(request.headers['webhook-id']), payload)
        reply.writeHead(204).end()
      } catch {
        refused += 1
        reply.writeHead(400).end()
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/tradewire`,
    received,
    refused: () => refused,
    verifyWith: (secret) => (verifier = new Webhook(secret)),
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
