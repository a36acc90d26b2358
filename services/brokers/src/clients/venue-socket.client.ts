/**
 * A websocket to a venue that stays up: heartbeat, reconnect with backoff and jitter. Called by adapters' streams.
 * Must never hand out a connection as up before the venue has confirmed it.
 */
import type { Clock } from '@tradewire/kernel/clock'
import type { Randomness } from '@tradewire/kernel/randomness'
import { setTimeout as delay } from 'node:timers/promises'
import { type RawData, WebSocket } from 'ws'

export interface VenueSocketTarget {
  readonly url: string
  readonly headers?: Record<string, string>
}

export interface VenueSocketOptions {
  /** Where to connect this time; a venue may want a fresh key for it. A rejection counts as a failed connect. */
  readonly target: () => Promise<VenueSocketTarget>
  /** After the connection opened, before it counts as up; resolve false to wait for `confirmUp()`. */
  readonly onOpen: (send: (text: string) => void) => boolean
  readonly onMessage: (text: string) => void
  readonly onUp: () => void
  readonly onDown: (message: string) => void
  readonly clock: Clock
  readonly randomness: Randomness
}

/** A venue that has said nothing for so long is pinged: one that talks is not. */
const pingAfterMs = 6_000
/** Rule: fault 18 of the fault table, an open but silent stream is noticed within ten seconds. */
const silenceMaxMs = 10_000
const backoffFirstMs = 250
const backoffMaxMs = 15_000
/** One that stood for less has not come back yet: a venue that drops streams at once is asked ever more seldom. */
const steadyMs = 10_000
/** A host that answers the handshake with plain HTTP offers no stream: asking again soon is noise. */
const notOfferedRetryMs = 60_000
const messageBytesMax = 4 * 1024 * 1024
/** To one host: when a venue drops every stream at once, a thousand handshakes in one moment look like an attack. */
const handshakesPerSecondMax = 200
const msPerSecond = 1_000

/** The last turn given to each host, by the clock of a process. */
const turns = new WeakMap<Clock, Map<string, Promise<void>>>()

/** Each waits for the one before, not for a time: a process that was busy has no turns to make up for. */
function turnOf(clock: Clock, host: string): Promise<void> {
  const hosts = turns.get(clock) ?? new Map<string, Promise<void>>()
  turns.set(clock, hosts)
  const turn = hosts.get(host) ?? Promise.resolve()
  hosts.set(
    host,
    turn.then(() => delay(msPerSecond / handshakesPerSecondMax)),
  )
  return turn
}

/** The venue was asked too much on the way to a stream, and says when it may be asked again. */
export class StreamNotYet extends Error {
  override readonly name = 'StreamNotYet'

  constructor(
    message: string,
    readonly retryAfterMs: number,
  ) {
    super(message)
  }
}

export class VenueSocket {
  private socket: WebSocket | null = null
  private timer: NodeJS.Timeout | null = null
  private failures = 0
  /** Null while it does not stand. */
  private upSinceMs: number | null = null
  private stopped = false
  private lastMessageAt: number | null = null
  private readonly options: VenueSocketOptions

  constructor(options: VenueSocketOptions) {
    this.options = options
    void this.connect()
  }

  get isUp(): boolean {
    return this.upSinceMs !== null
  }

  get lastMessageAtMs(): number | null {
    return this.lastMessageAt
  }

  /** The venue has confirmed the subscription. */
  confirmUp(): void {
    if (this.isUp || this.stopped) return
    this.upSinceMs = this.options.clock.monotonicMs()
    this.options.onUp()
  }

  /** Drops the connection; a new one is made after the backoff. */
  reconnect(message: string): void {
    this.fail(message)
  }

  close(): void {
    this.stopped = true
    if (this.timer !== null) clearTimeout(this.timer)
    this.dropSocket()
  }

  private async connect(): Promise<void> {
    let target: VenueSocketTarget
    try {
      target = await this.options.target()
    } catch (cause) {
      const leastMs = cause instanceof StreamNotYet ? cause.retryAfterMs : 0
      this.fail(cause instanceof Error ? cause.message : 'the stream cannot be opened', leastMs)
      return
    }
    await turnOf(this.options.clock, new URL(target.url).host)
    if (this.stopped) return
    const socket = new WebSocket(target.url, {
      headers: target.headers ?? {},
      perMessageDeflate: false,
      handshakeTimeout: silenceMaxMs,
      maxPayload: messageBytesMax,
    })
    this.socket = socket
    socket.on('open', () => this.opened(socket))
    socket.on('message', (data) => this.heard(socket, textOf(data)))
    socket.on('pong', () => this.noteLife())
    socket.on('ping', () => this.noteLife())
    socket.on('unexpected-response', (_request, response) => {
      const status = response.statusCode ?? 0
      response.resume()
      const notOffered = status === 404 || status === 426
      this.failOf(socket, `the handshake was answered with HTTP ${status}`, notOffered ? notOfferedRetryMs : 0)
    })
    socket.on('error', (error) => this.failOf(socket, error.message))
    socket.on('close', (code) => this.failOf(socket, `closed with ${code}`))
  }

  private opened(socket: WebSocket): void {
    this.noteLife()
    this.beat(socket)
    if (this.options.onOpen((text) => socket.send(text))) this.confirmUp()
  }

  private heard(socket: WebSocket, text: string): void {
    if (socket !== this.socket) return
    this.noteLife()
    this.options.onMessage(text)
  }

  private noteLife(): void {
    this.lastMessageAt = this.options.clock.monotonicMs()
  }

  /** A silent but open socket is worse than a closed one: it is pinged, and dropped when nothing comes back. */
  private beat(socket: WebSocket): void {
    if (socket !== this.socket || this.stopped) return
    const silentMs = this.options.clock.monotonicMs() - (this.lastMessageAt ?? 0)
    if (silentMs >= silenceMaxMs) {
      this.fail(`silent for ${Math.round(silentMs)} ms`)
      return
    }
    const isQuiet = silentMs >= pingAfterMs
    if (isQuiet && socket.readyState === WebSocket.OPEN) socket.ping()
    this.timer = setTimeout(() => this.beat(socket), (isQuiet ? silenceMaxMs : pingAfterMs) - silentMs)
    this.timer.unref()
  }

  private failOf(socket: WebSocket, message: string, leastMs = 0): void {
    if (socket === this.socket) this.fail(message, leastMs)
  }

  private fail(message: string, leastMs = 0): void {
    if (this.stopped) return
    this.dropSocket()
    const { upSinceMs } = this
    this.upSinceMs = null
    if (upSinceMs !== null && this.options.clock.monotonicMs() - upSinceMs >= steadyMs) this.failures = 0
    if (upSinceMs !== null || this.failures === 0) this.options.onDown(message)
    this.failures += 1
    const backoffMs = Math.min(backoffMaxMs, backoffFirstMs * 2 ** Math.min(this.failures - 1, 10))
    const delayMs = leastMs + backoffMs * (0.5 + this.options.randomness.fraction())
    if (this.timer !== null) clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.connect(), delayMs)
    this.timer.unref()
  }

  private dropSocket(): void {
    const socket = this.socket
    this.socket = null
    if (socket === null) return
    socket.removeAllListeners()
    // A late error of a socket that nobody listens to would end the process.
    socket.on('error', () => undefined)
    socket.terminate()
  }
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString()
  return data instanceof ArrayBuffer ? Buffer.from(data).toString() : data.toString()
}
