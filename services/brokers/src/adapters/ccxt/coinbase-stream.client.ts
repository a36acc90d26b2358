/**
 * The stream of one Coinbase account's orders: one light socket with a token. Called by its session.
 * Must never be used as proof of absence: what it did not say may still have happened.
 */
import type { SessionHealth, SessionListener } from '@tradewire/broker-kit/broker-session'
import { decodeClientOrderId } from '@tradewire/broker-kit/client-order-id'
import type { BrokerDependencies } from '@tradewire/broker-kit/define-broker'
import { z } from 'zod'
import { VenueSocket } from '#clients/venue-socket.client'
import { coinbaseClientId } from './coinbase-capabilities.wire.ts'
import type { CoinbaseKey } from './coinbase-key.client.ts'
import * as wire from './coinbase-order.wire.ts'
import type { CoinStream } from './coin-session.client.ts'

const secondMs = 1_000
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
  readonly dependencies: BrokerDependencies
}

export class CoinbaseStream implements CoinStream {
  private socket: VenueSocket | null = null
  private listener: SessionListener = () => undefined

  constructor(private readonly parts: CoinbaseStreamParts) {}

  open(listener: SessionListener): void {
    this.listener = listener
    const { clock, randomness } = this.parts.dependencies
    this.socket = new VenueSocket({
      target: () => Promise.resolve({ url: this.parts.url }),
      onOpen: (send) => {
        // Without heartbeats the venue closes a connection on which nothing happens.
        for (const channel of ['heartbeats', 'user']) {
          send(JSON.stringify({ type: 'subscribe', channel, jwt: this.token() }))
        }
        return false
      },
      onMessage: (text) => this.heard(text),
      onUp: () => listener({ kind: 'stream-up' }),
      onDown: (message) => listener({ kind: 'stream-down', message }),
      clock,
      randomness,
    })
  }

  close(): void {
    this.socket?.close()
    this.socket = null
  }

  health(): SessionHealth {
    return { streaming: this.socket?.isUp ?? false, lastMessageAtMs: this.socket?.lastMessageAtMs ?? null }
  }

  /** Empty when the key cannot sign: the venue then says so. */
  private token(): string {
    try {
      return this.parts.key.token(Math.floor(this.parts.dependencies.clock.now().getTime() / secondMs))
    } catch {
      return ''
    }
  }

  private heard(text: string): void {
    const message = parsed(text)
    if (message === null) {
      this.socket?.reconnect('a message of the stream cannot be read')
      return
    }
    if (message.type === 'error') {
      const said = message.message ?? 'the stream was refused'
      if (/authentication/i.test(said)) this.listener({ kind: 'auth-failed', message: said })
      this.socket?.reconnect(said)
      return
    }
    if (message.channel !== 'user') return
    this.socket?.confirmUp()
    for (const raw of (message.events ?? []).flatMap(({ orders }) => orders ?? [])) this.told(raw)
  }

  private told(raw: unknown): void {
    const order = wire.coinbasePush.safeParse(raw)
    if (!order.success) {
      this.socket?.reconnect('an order update cannot be read')
      return
    }
    if (decodeClientOrderId(coinbaseClientId, order.data.client_order_id) === null) return
    const symbol = this.parts.symbolOf(order.data.product_id)
    this.listener({ kind: 'order', order: wire.venueOrderOf(order.data, symbol) })
  }
}

function parsed(text: string): z.output<typeof push> | null {
  try {
    const message = push.safeParse(JSON.parse(text))
    return message.success ? message.data : null
  } catch {
    return null
  }
}
