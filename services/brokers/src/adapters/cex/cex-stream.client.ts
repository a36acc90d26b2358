/**
 * The script of CEX.IO's private socket: a greeting, a login signed with the key, then reports. Called by the CEX.IO adapter.
 * Must never tell reports of another sub-account: they come on the same socket.
 */
import { createHmac } from 'node:crypto'
import { decodeClientOrderId } from '@tradewire/broker-kit/client-order-id'
import type { Clock } from '@tradewire/kernel/clock'
import { z } from 'zod'
import { type CexCredentials, cexClientId } from './cex-capabilities.wire.ts'
import * as wire from './cex-order.wire.ts'
import type { StreamLine, StreamScript } from '../ccxt/socket-stream.client.ts'

const secondMs = 1_000
/** The venue wants to hear from its clients every ten seconds. */
const pingEveryMs = 5_000

const message = z.object({
  e: z.string(),
  ok: z.string().optional(),
  data: z.record(z.string(), z.unknown()).nullish(),
})

export interface CexStreamParts {
  readonly url: string
  readonly credentials: CexCredentials
  readonly clock: Clock
}

export function cexScript({ url, credentials, clock }: CexStreamParts): StreamScript {
  return {
    target: () => Promise.resolve({ url }),
    // The venue speaks first.
    opened: () => undefined,
    ping: { text: JSON.stringify({ e: 'ping' }), everyMs: pingEveryMs },
    heard(raw, line) {
      const told = message.safeParse(raw)
      if (!told.success) return line.reconnect('a message of the stream cannot be read')
      const { e, ok, data } = told.data
      if (e === 'connected') line.send(login())
      else if (e === 'auth') loggedIn(ok === 'ok', data?.['error'], line)
      else if (e === 'executionReport') reported(data, line)
      else if (e === 'disconnected') line.reconnect('the venue ended the connection')
    },
  }

  function login(): string {
    const { apiKey: key, secret } = credentials
    const timestamp = Math.floor(clock.now().getTime() / secondMs)
    const signature = createHmac('sha256', secret).update(`${timestamp}${key}`).digest('hex')
    return JSON.stringify({ e: 'auth', auth: { key, signature, timestamp }, oid: 'auth' })
  }

  function loggedIn(accepted: boolean, told: unknown, line: StreamLine): void {
    if (accepted) return line.confirmUp()
    const error = typeof told === 'string' ? told : 'the login was refused'
    if (/key not passed or incorrect|signature/i.test(error)) line.tell({ kind: 'auth-failed', message: error })
    line.reconnect(error)
  }

  function reported(data: Readonly<Record<string, unknown>> | null | undefined, line: StreamLine): void {
    if (data?.['accountId'] !== credentials.accountId) return
    const order = wire.cexOrder.safeParse(data)
    if (!order.success) return line.reconnect('an order update cannot be read')
    if (decodeClientOrderId(cexClientId, order.data.clientOrderId ?? '') === null) return
    line.tell({ kind: 'order', order: wire.venueOrderOf(order.data) })
  }
}
