/**
 * The stream of one account over one socket, as its venue's script says. Called by the sessions of exchanges of coins.
 * Must never be used as proof of absence: what it did not say may still have happened.
 */
import type { SessionEvent, SessionHealth, SessionListener } from '@tradewire/broker-kit/broker-session'
import type { BrokerDependencies } from '@tradewire/broker-kit/define-broker'
import { VenueSocket, type VenueSocketTarget } from '#clients/venue-socket.client'
import type { CoinStream } from './coin-session.client.ts'

/** What a script may do when a message came. */
export interface StreamLine {
  readonly send: (text: string) => void
  readonly confirmUp: () => void
  readonly reconnect: (message: string) => void
  readonly tell: (event: SessionEvent) => void
}

export interface StreamScript {
  readonly target: () => Promise<VenueSocketTarget>
  readonly opened: (send: (text: string) => void) => void
  /** JSON as it came; what is none ends the connection. */
  readonly heard: (message: unknown, line: StreamLine) => void
  /** Where the venue wants to hear from its clients. */
  readonly ping?: { readonly text: string; readonly everyMs: number }
}

export class SocketStream implements CoinStream {
  private socket: VenueSocket | null = null
  private pings: NodeJS.Timeout | null = null
  private write: (text: string) => void = () => undefined

  constructor(
    private readonly script: StreamScript,
    private readonly dependencies: BrokerDependencies,
  ) {}

  open(listener: SessionListener): void {
    const { clock, randomness } = this.dependencies
    const { target, opened, ping } = this.script
    this.socket = new VenueSocket({
      target,
      onOpen: (send) => {
        this.write = send
        opened(send)
        return false
      },
      onMessage: (text) => this.heard(text, listener),
      onUp: () => listener({ kind: 'stream-up' }),
      onDown: (message) => listener({ kind: 'stream-down', message }),
      clock,
      randomness,
    })
    if (ping === undefined) return
    this.pings = setInterval(() => {
      if (this.socket?.isUp === true) this.write(ping.text)
    }, ping.everyMs)
    this.pings.unref()
  }

  close(): void {
    if (this.pings !== null) clearInterval(this.pings)
    this.socket?.close()
    this.socket = null
  }

  health(): SessionHealth {
    return { streaming: this.socket?.isUp ?? false, lastMessageAtMs: this.socket?.lastMessageAtMs ?? null }
  }

  private heard(text: string, tell: SessionListener): void {
    const line: StreamLine = {
      send: this.write,
      confirmUp: () => this.socket?.confirmUp(),
      reconnect: (message) => this.socket?.reconnect(message),
      tell,
    }
    const message = parsed(text)
    if (message === undefined) line.reconnect('a message of the stream is not JSON')
    else this.script.heard(message, line)
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
