/**
 * The private streams of one OKX account: orders on one socket, algo orders on another. Called by its session.
 * Must never be used as proof of absence: what it did not say may still have happened.
 */
import { createHmac } from 'node:crypto'
import type { SessionHealth, SessionListener, VenueOrder } from '@tradewire/broker-kit/broker-session'
import { decodeClientOrderId } from '@tradewire/broker-kit/client-order-id'
import type { BrokerDependencies } from '@tradewire/broker-kit/define-broker'
import { z } from 'zod'
import { VenueSocket } from '#clients/venue-socket.client'
import { okxClientId, type OkxCredentials } from './okx-capabilities.wire.ts'
import type { OkxMarkets } from './okx-markets.client.ts'
import * as wire from './okx-order.wire.ts'

const secondMs = 1_000
const verifyPath = '/users/self/verify'
/** The venue drops a connection that sends no text for 30 s. */
const pingEveryMs = 5_000
/** Key, signature, login or passphrase refused. */
const loginRefused: ReadonlySet<string> = new Set(['60005', '60007', '60009', '60024'])
const channels = [
  { name: 'orders', path: '/private' },
  { name: 'orders-algo', path: '/business' },
] as const
type Channel = (typeof channels)[number]

const push = z.object({
  event: z.string().optional(),
  code: z.string().optional(),
  msg: z.string().optional(),
  data: z.array(z.unknown()).optional(),
})

export interface OkxStreamParts {
  readonly markets: OkxMarkets
  /** Up to the path of a channel. */
  readonly url: string
  readonly credentials: OkxCredentials
  readonly dependencies: BrokerDependencies
}

/** One socket and the way to write to it. */
interface Line {
  readonly socket: VenueSocket
  send: (text: string) => void
}

export class OkxStream {
  private lines: readonly Line[] = []
  private listener: SessionListener = () => undefined
  private pings: NodeJS.Timeout | null = null

  constructor(private readonly parts: OkxStreamParts) {}

  open(listener: SessionListener): void {
    this.listener = listener
    this.lines = channels.map((channel) => this.lineOf(channel))
    this.pings = setInterval(() => {
      for (const { socket, send } of this.lines) if (socket.isUp) send('ping')
    }, pingEveryMs)
    this.pings.unref()
  }

  close(): void {
    if (this.pings !== null) clearInterval(this.pings)
    for (const { socket } of this.lines) socket.close()
    this.lines = []
  }

  health(): SessionHealth {
    const heard = this.lines.map(({ socket }) => socket.lastMessageAtMs).filter((at) => at !== null)
    return { streaming: this.isUp(), lastMessageAtMs: heard.length === 0 ? null : Math.max(...heard) }
  }

  /** Both sockets stand, or the stream does not. */
  private isUp(): boolean {
    return this.lines.length > 0 && this.lines.every(({ socket }) => socket.isUp)
  }

  private lineOf(channel: Channel): Line {
    const { url, dependencies } = this.parts
    const line: Line = {
      send: () => undefined,
      socket: new VenueSocket({
        target: () => Promise.resolve({ url: `${url}${channel.path}` }),
        onOpen: (send) => {
          line.send = send
          send(JSON.stringify({ op: 'login', args: [this.login()] }))
          return false
        },
        onMessage: (text) => this.heard(line, channel, text),
        onUp: () => {
          if (this.isUp()) this.listener({ kind: 'stream-up' })
        },
        onDown: (message) => this.listener({ kind: 'stream-down', message }),
        clock: dependencies.clock,
        randomness: dependencies.randomness,
      }),
    }
    return line
  }

  private login(): object {
    const { credentials, dependencies } = this.parts
    const { apiKey, passphrase, secret } = credentials
    const timestamp = String(Math.floor(dependencies.clock.now().getTime() / secondMs))
    const sign = createHmac('sha256', secret).update(`${timestamp}GET${verifyPath}`).digest('base64')
    return { apiKey, passphrase, timestamp, sign }
  }

  private heard(line: Line, channel: Channel, text: string): void {
    if (text === 'pong') return
    const message = parsed(text)
    if (message === null) {
      line.socket.reconnect('a message of the stream cannot be read')
      return
    }
    if (message.event === 'login') {
      const args = [{ channel: channel.name, instType: this.parts.markets.instrumentType }]
      line.send(JSON.stringify({ op: 'subscribe', args }))
    } else if (message.event === 'subscribe') line.socket.confirmUp()
    else if (message.event === 'error') this.refused(line, message.code ?? '', message.msg ?? '')
    for (const data of message.data ?? []) this.told(line, channel, data)
  }

  private refused(line: Line, code: string, said: string): void {
    if (loginRefused.has(code)) this.listener({ kind: 'auth-failed', message: said })
    line.socket.reconnect(`refused with code ${code}`)
  }

  private told(line: Line, channel: Channel, data: unknown): void {
    const orders = channel.name === 'orders' ? this.orderOf(data) : this.algoOf(data)
    if (orders === null) {
      line.socket.reconnect('an order update cannot be read')
      return
    }
    for (const order of orders) {
      if (decodeClientOrderId(okxClientId, order.clientOrderId) !== null) this.listener({ kind: 'order', order })
      else if (order.filledQuantity !== '0') this.listener({ kind: 'other-fill' })
    }
  }

  private orderOf(data: unknown): readonly VenueOrder[] | null {
    const raw = wire.okxOrder.safeParse(data)
    if (!raw.success) return null
    return this.parts.markets.told(raw.data.instId, (market) => wire.venueOrderOf(raw.data, market))
  }

  /** An algo order that went into the book is told by the order that it became. */
  private algoOf(data: unknown): readonly VenueOrder[] | null {
    const raw = wire.okxAlgoOrder.safeParse(data)
    if (!raw.success) return null
    if (wire.bookIdOf(raw.data) !== null) return []
    return this.parts.markets.told(raw.data.instId, ({ symbol }) => wire.venueOrderOfAlgo(raw.data, symbol))
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
