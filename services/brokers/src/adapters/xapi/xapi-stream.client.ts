/**
 * The streaming connection of one account: subscribes, tells events, comes back by itself. Called by the session.
 * Must never count as up before the venue has told something after the subscriptions.
 */
import type { SessionHealth } from '@tradewire/broker-kit/broker-session'
import type { Clock } from '@tradewire/kernel/clock'
import { parseExact } from '@tradewire/kernel/exact-json'
import type { Randomness } from '@tradewire/kernel/randomness'
import type { Answer } from './xapi-main.client.ts'
import { encode } from './xapi-text.wire.ts'
import { type Link, openLink, type XapiAddress } from './xapi-link.client.ts'
import { event } from './xapi-records.wire.ts'

export interface StreamOptions {
  readonly address: XapiAddress
  readonly token: () => Answer<string>
  readonly onEvent: (command: string, data: unknown) => void
  readonly onUp: () => void
  readonly onDown: (message: string) => void
  readonly onRefused: (message: string) => void
  readonly clock: Clock
  readonly randomness: Randomness
  readonly pacingMs: number
}

const subscriptions = ['getTradeStatus', 'getTrades', 'getKeepAlive', 'getBalance'] as const
const silenceMaxMs = 10_000
const beatMs = 2_000
const pingEveryMs = 30_000
const backoffFirstMs = 250
const backoffMaxMs = 15_000

export class XapiStream {
  private link: Link | null = null
  private token = ''
  private up = false
  private subscribed = false
  private stopped = false
  private failures = 0
  /** Counts connections: what an earlier one says late does not count. */
  private generation = 0
  private timer: NodeJS.Timeout | null = null
  private heardAtMs: number | null = null
  private pingedAtMs = 0

  constructor(private readonly options: StreamOptions) {
    void this.connect()
  }

  health(): SessionHealth {
    return { streaming: this.up, lastMessageAtMs: this.heardAtMs }
  }

  /** The session that the subscriptions belong to is gone: they are made anew. */
  renew(message: string): void {
    if (this.link !== null) this.fail(message)
  }

  close(): void {
    this.stopped = true
    if (this.timer !== null) clearTimeout(this.timer)
    this.link?.close()
  }

  private async connect(): Promise<void> {
    const token = await this.options.token()
    if (this.stopped) return
    if (!token.ok) {
      if (token.error.kind === 'auth') this.options.onRefused(token.error.message)
      return this.fail(token.error.message)
    }
    this.token = token.value
    this.generation += 1
    const { generation } = this
    const current = () => generation === this.generation && !this.stopped
    try {
      const link = await openLink(this.options.address, {
        onText: (text) => this.heard(text),
        onDown: (message) => {
          if (current()) this.fail(message)
        },
      })
      if (!current()) return link.close()
      this.link = link
      this.heardAtMs = this.options.clock.monotonicMs()
      this.subscribe(link, 0)
    } catch (cause) {
      if (current()) this.fail(cause instanceof Error ? cause.message : 'the stream cannot be opened')
    }
  }

  /** One command after the other, as far apart as the venue wants. */
  private subscribe(link: Link, index: number): void {
    if (link !== this.link) return
    const command = subscriptions[index]
    if (command === undefined) {
      this.subscribed = true
      return this.beat(link)
    }
    link.send(encode({ command, streamSessionId: this.token }))
    this.timer = setTimeout(() => this.subscribe(link, index + 1), this.options.pacingMs)
    this.timer.unref()
  }

  /** A silent but open socket is worse than a closed one; and a session that has changed needs new subscriptions. */
  private beat(link: Link): void {
    this.timer = setTimeout(() => {
      if (link !== this.link) return
      const nowMs = this.options.clock.monotonicMs()
      if (nowMs - (this.heardAtMs ?? 0) > silenceMaxMs) return this.fail('silent for too long')
      if (nowMs - this.pingedAtMs > pingEveryMs) {
        this.pingedAtMs = nowMs
        link.send(encode({ command: 'ping', streamSessionId: this.token }))
      }
      this.beat(link)
    }, beatMs)
    this.timer.unref()
  }

  private heard(text: string): void {
    const parsed = event.safeParse(parseExact(text))
    if (!parsed.success) return this.fail('an event cannot be read')
    this.heardAtMs = this.options.clock.monotonicMs()
    this.options.onEvent(parsed.data.command, parsed.data.data)
    if (!this.subscribed || this.up) return
    this.up = true
    this.failures = 0
    this.options.onUp()
  }

  private fail(message: string): void {
    this.generation += 1
    this.link?.close()
    this.link = null
    if (this.stopped) return
    const wasUp = this.up
    this.up = false
    this.subscribed = false
    if (wasUp || this.failures === 0) this.options.onDown(message)
    this.failures += 1
    const backoffMs = Math.min(backoffMaxMs, backoffFirstMs * 2 ** Math.min(this.failures - 1, 10))
    if (this.timer !== null) clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.connect(), backoffMs * (0.5 + this.options.randomness.fraction()))
    this.timer.unref()
  }
}
