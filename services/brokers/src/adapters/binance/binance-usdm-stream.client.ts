/**
 * The user data stream of one USD-M account: one light socket with a listen key. Called by its session.
 * Must never be used as proof of absence: what it did not say may still have happened.
 */
import type { SessionHealth, SessionListener, VenueOrder } from '@tradewire/broker-kit/broker-session'
import { decodeClientOrderId } from '@tradewire/broker-kit/client-order-id'
import type { BrokerDependencies } from '@tradewire/broker-kit/define-broker'
import { z } from 'zod'
import { StreamNotYet, VenueSocket } from '#clients/venue-socket.client'
import type { BinanceApi } from './binance-api.client.ts'
import { endpoint } from '../ccxt/exchange-api.client.ts'
import { binanceClientId } from './binance-capabilities.wire.ts'
import * as wire from './binance-order.wire.ts'
import { FeeLedger } from './fee-ledger.client.ts'

const listenKeyReply = z.object({ listenKey: z.string() })
/** A listen key lives for 60 minutes. */
const listenKeyKeepAliveMs = 20 * 60_000
const feePollMs = 10
const triggeredMax = 5_000
/** An algo order's own order is expected in the stream; only when it does not come is it asked for. */
const triggeredReadAfterMs = 250

const streamEvent = z.looseObject({ e: z.string() })
export class BinanceUsdmStream {
  /** Reads what became of a triggered algo order; set by the session. */
  onTriggered: (clientOrderId: string, symbol: string, orderId: string) => Promise<VenueOrder | null> = () =>
    Promise.resolve(null)
  private socket: VenueSocket | null = null
  private listener: SessionListener = () => undefined
  private keepAlive: NodeJS.Timeout | null = null
  private readonly fees = new FeeLedger()
  /** Order in the book -> client id of the algo order that it came from. */
  private readonly triggered = new Map<string, string>()

  constructor(
    private readonly api: BinanceApi,
    /** Up to and with the path that the listen key is appended to. */
    private readonly streamUrl: string,
    private readonly dependencies: BrokerDependencies,
  ) {}

  open(listener: SessionListener): void {
    this.listener = listener
    const { clock, randomness } = this.dependencies
    this.socket = new VenueSocket({
      target: async () => ({ url: `${this.streamUrl}?listenKey=${await this.listenKey()}` }),
      onOpen: () => true,
      onMessage: (text) => this.heard(text),
      onUp: () => listener({ kind: 'stream-up' }),
      onDown: (message) => listener({ kind: 'stream-down', message }),
      clock,
      randomness,
    })
  }

  close(): void {
    if (this.keepAlive !== null) clearInterval(this.keepAlive)
    this.socket?.close()
    this.socket = null
  }

  health(): SessionHealth {
    return { streaming: this.socket?.isUp ?? false, lastMessageAtMs: this.socket?.lastMessageAtMs ?? null }
  }

  /** The order's fee if the stream tells it in time. */
  async feeOf(
    clientOrderId: string,
    filledQuantity: string,
    waitMs: number,
  ): Promise<Pick<VenueOrder, 'fee' | 'feeCurrency'>> {
    const until = this.dependencies.clock.monotonicMs() + waitMs
    for (;;) {
      const fee = this.fees.feeOf(clientOrderId, filledQuantity)
      if (fee.fee !== null || !this.health().streaming || this.dependencies.clock.monotonicMs() >= until) return fee
      await new Promise((resolve) => setTimeout(resolve, feePollMs))
    }
  }

  private async listenKey(): Promise<string> {
    const reply = await this.api.call('read', listenKeyReply, (exchange) =>
      endpoint(exchange, 'fapiPrivatePostListenKey'),
    )
    if (!reply.ok) {
      if (reply.error.kind === 'auth') this.listener({ kind: 'auth-failed', message: reply.error.message })
      throw new StreamNotYet(reply.error.message, reply.error.kind === 'rate-limited' ? reply.error.retryAfterMs : 0)
    }
    if (this.keepAlive !== null) clearInterval(this.keepAlive)
    this.keepAlive = setInterval(() => void this.renewKey(), listenKeyKeepAliveMs)
    this.keepAlive.unref()
    return reply.value.listenKey
  }

  private async renewKey(): Promise<void> {
    const renewed = await this.api.call('read', z.unknown(), (exchange) =>
      endpoint(exchange, 'fapiPrivatePutListenKey'),
    )
    if (renewed.ok) return
    const { kind } = renewed.error
    // Whether the account's own key is refused the request for another listen key will tell.
    if (kind === 'rejected' || kind === 'auth') this.socket?.reconnect('the listen key was refused')
  }

  private heard(text: string): void {
    let raw: unknown
    try {
      raw = JSON.parse(text)
    } catch {
      this.socket?.reconnect('a message of the stream is not JSON')
      return
    }
    // The combined form wraps the event: {"stream": ..., "data": {...}}.
    const inner = z.looseObject({ data: z.looseObject({ e: z.string() }) }).safeParse(raw)
    const event = streamEvent.safeParse(inner.success ? inner.data.data : raw)
    if (!event.success) return
    if (event.data.e === 'ORDER_TRADE_UPDATE') this.orderUpdate(event.data['o'])
    else if (event.data.e === 'ALGO_UPDATE') this.algoUpdate(event.data['o'])
    else if (event.data.e === 'ACCOUNT_CONFIG_UPDATE') this.configUpdate(event.data['ac'])
    else if (event.data.e === 'listenKeyExpired') this.socket?.reconnect('the listen key expired')
  }

  private orderUpdate(raw: unknown): void {
    const report = wire.orderReport.safeParse(raw)
    if (!report.success) {
      this.socket?.reconnect('an order update cannot be read')
      return
    }
    const own =
      decodeClientOrderId(binanceClientId, report.data.c) === null ? this.triggered.get(report.data.i) : report.data.c
    if (own === undefined) {
      if (wire.isExecution(report.data.x)) this.listener({ kind: 'other-fill' })
      return
    }
    const trade = wire.tradeOfReport(report.data)
    if (trade !== null) this.fees.add({ clientOrderId: own, ...trade })
    const order = wire.venueOrderOfReport(report.data, this.api.symbolOf(report.data.s), own)
    // A conditional order that leaves the algo book for the order book expires there as a matter of form.
    const fee = order.filledQuantity === '0' ? { fee: '0' } : this.fees.feeOf(own, order.filledQuantity)
    this.listener({ kind: 'order', order: { ...order, ...fee } })
  }

  private algoUpdate(raw: unknown): void {
    const report = wire.algoReport.safeParse(raw)
    if (!report.success || decodeClientOrderId(binanceClientId, report.data.caid) === null) return
    const symbol = this.api.symbolOf(report.data.s)
    const orderId = wire.actualOrderIdOf({ actualOrderId: report.data.ai })
    if (orderId === null) {
      this.listener({ kind: 'order', order: wire.venueOrderOfAlgoReport(report.data, symbol) })
      return
    }
    if (this.triggered.has(orderId)) return
    this.triggered.set(orderId, report.data.caid)
    const [oldest] = this.triggered.keys()
    if (this.triggered.size > triggeredMax && oldest !== undefined) this.triggered.delete(oldest)
    const timer = setTimeout(() => void this.readTriggered(report.data.caid, symbol, orderId), triggeredReadAfterMs)
    timer.unref()
  }

  private configUpdate(raw: unknown): void {
    const report = wire.leverageReport.safeParse(raw)
    if (!report.success) return
    this.listener({ kind: 'leverage', symbol: this.api.symbolOf(report.data.s), leverage: report.data.l })
  }

  private async readTriggered(clientOrderId: string, symbol: string, orderId: string): Promise<void> {
    if (this.socket === null) return
    const order = await this.onTriggered(clientOrderId, symbol, orderId)
    if (order !== null) this.listener({ kind: 'order', order })
  }
}
