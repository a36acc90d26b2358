/**
 * The script of Coinbase's stream of one account's orders: a token with each subscription. Called by the Coinbase adapter.
 * Must never ask without heartbeats: the venue closes a connection on which nothing happens.
 */
import { decodeClientOrderId } from '@tradewire/broker-kit/client-order-id'
import type { Clock } from '@tradewire/kernel/clock'
import { z } from 'zod'
import { coinbaseClientId } from './coinbase-capabilities.wire.ts'
import type { CoinbaseKey } from './coinbase-key.client.ts'
import * as wire from './coinbase-order.wire.ts'
import type { StreamLine, StreamScript } from '../ccxt/socket-stream.client.ts'

const secondMs = 1_000
const channels = ['heartbeats', 'user']
const push = z.object({
  type: z.string().optional(),
  message: z.string().optional(),
  channel: z.string().optional(),
  events: z.array(z.object({ orders: z.array(z.unknown()).optional() })).optional(),
})

export interface CoinbaseStreamParts {
  readonly url: string
  readonly key: CoinbaseKey
  readonly symbolOf: (productId: string) => string
  readonly clock: Clock
}

export function coinbaseScript({ url, key, symbolOf, clock }: CoinbaseStreamParts): StreamScript {
  return {
    target: () => Promise.resolve({ url }),
    opened(send) {
      for (const channel of channels) send(JSON.stringify({ type: 'subscribe', channel, jwt: token() }))
    },
    heard(raw, line) {
      const told = push.safeParse(raw)
      if (!told.success) return line.reconnect('a message of the stream cannot be read')
      const { type, message = 'the stream was refused', channel, events = [] } = told.data
      if (type === 'error') {
        if (/authentication/i.test(message)) line.tell({ kind: 'auth-failed', message })
        return line.reconnect(message)
      }
      if (channel !== 'user') return
      line.confirmUp()
      for (const order of events.flatMap(({ orders }) => orders ?? [])) tell(order, line)
    },
  }

  /** Empty when the key cannot sign: the venue then says so. */
  function token(): string {
    try {
      return key.token(Math.floor(clock.now().getTime() / secondMs))
    } catch {
      return ''
    }
  }

  function tell(raw: unknown, line: StreamLine): void {
    const order = wire.coinbasePush.safeParse(raw)
    if (!order.success) return line.reconnect('an order update cannot be read')
    if (decodeClientOrderId(coinbaseClientId, order.data.client_order_id) === null) return
    line.tell({ kind: 'order', order: wire.venueOrderOf(order.data, symbolOf(order.data.product_id)) })
  }
}
