/**
 * The user data stream of one spot account over the websocket API (listen keys of spot ended in 2026).
 * Called by its session. Must never be used as proof of absence: what it did not say may still have happened.
 */
import { createHmac } from 'node:crypto'
import type { SessionHealth, SessionListener } from '@tradewire/broker-kit/broker-session'
import { decodeClientOrderId } from '@tradewire/broker-kit/client-order-id'
import type { BrokerDependencies } from '@tradewire/broker-kit/define-broker'
import { z } from 'zod'
import { VenueSocket } from '#clients/venue-socket.client'
import type { BinanceApi } from './binance-api.client.ts'
import { binanceClientId } from './binance-capabilities.wire.ts'
import * as wire from './binance-order.wire.ts'
import { pairStatus, pairVenueId } from './binance-pair.wire.ts'
import type { PairReference } from './binance-pairs.client.ts'
import type { KeyAndSecret } from '../ccxt/key-and-secret.wire.ts'
import { FeeLedger } from './fee-ledger.client.ts'
import { pairIdOf } from '../ccxt/order-halves.map.ts'

const recvWindowMs = 10_000
const subscribeReply = z.looseObject({ id: z.string(), status: z.number() })
const subscribeError = z.looseObject({ error: z.looseObject({ code: z.number(), msg: z.string() }) })
const eventMessage = z.looseObject({ event: z.looseObject({ e: z.string() }) })
const authCodes: ReadonlySet<number> = new Set([-1022, -2008, -2014, -2015])

export class BinanceSpotStream {
  private socket: VenueSocket | null = null
  private listener: SessionListener = () => undefined
  private readonly fees = new FeeLedger()
  /** Pairs whose end the reports of their halves have told already. */
  private readonly endedPairs = new Set<string>()
  private pairEnded: (pair: PairReference) => Promise<void> = () => Promise.resolve()

  constructor(
    private readonly api: BinanceApi,
    private readonly url: string,
    private readonly credentials: KeyAndSecret,
    private readonly dependencies: BrokerDependencies,
  ) {}

  /** `pairEnded` is asked to look when both halves have ended and their reports do not say how. */
  open(listener: SessionListener, pairEnded: (pair: PairReference) => Promise<void>): void {
    this.listener = listener
    this.pairEnded = pairEnded
    const { clock, randomness } = this.dependencies
    this.socket = new VenueSocket({
      target: () => Promise.resolve({ url: this.url }),
      onOpen: (send) => {
        send(this.subscription())
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

  /** The signature covers the parameters sorted by name, joined as a query. */
  private subscription(): string {
    const { apiKey, secret } = this.credentials
    const timestamp = this.dependencies.clock.now().getTime()
    const query = `apiKey=${apiKey}&recvWindow=${recvWindowMs}&timestamp=${timestamp}`
    const signature = createHmac('sha256', secret).update(query).digest('hex')
    const parameters = { apiKey, recvWindow: recvWindowMs, timestamp, signature }
    return JSON.stringify({ id: 'subscribe', method: 'userDataStream.subscribe.signature', params: parameters })
  }

  private heard(text: string): void {
    let raw: unknown
    try {
      raw = JSON.parse(text)
    } catch {
      this.socket?.reconnect('a message of the stream is not JSON')
      return
    }
    const event = eventMessage.safeParse(raw)
    if (event.success) {
      this.heardEvent(event.data.event)
      return
    }
    const reply = subscribeReply.safeParse(raw)
    if (reply.success && reply.data.id === 'subscribe') this.subscribed(reply.data.status, raw)
  }

  private subscribed(status: number, raw: unknown): void {
    if (status === 200) {
      this.socket?.confirmUp()
      return
    }
    const error = subscribeError.safeParse(raw)
    const message = error.success ? error.data.error.msg : `the subscription was answered with ${status}`
    if (error.success && authCodes.has(error.data.error.code)) this.listener({ kind: 'auth-failed', message })
    this.socket?.reconnect(message)
  }

  private heardEvent(event: { readonly e: string; readonly [key: string]: unknown }): void {
    if (event.e === 'executionReport') this.orderUpdate(event)
    else if (event.e === 'listStatus') this.pairUpdate(event)
    else if (event.e === 'serverShutdown' || event.e === 'eventStreamTerminated') this.socket?.reconnect(event.e)
  }

  private orderUpdate(raw: unknown): void {
    const report = wire.orderReport.safeParse(raw)
    if (!report.success) {
      this.socket?.reconnect('an order update cannot be read')
      return
    }
    const told = wire.clientIdOfReport(report.data)
    const pair = pairIdOf(told)
    const own = pair ?? told
    if (decodeClientOrderId(binanceClientId, own) === null) {
      if (report.data.x === 'TRADE') this.listener({ kind: 'other-fill' })
      return
    }
    // One half ends when the other one begins: what became of the pair its list tells.
    if (pair !== null && report.data.x === 'EXPIRED') return
    const trade = wire.tradeOfReport(report.data)
    if (trade !== null) this.fees.add({ clientOrderId: own, ...trade })
    const order = wire.venueOrderOfReport(report.data, this.api.symbolOf(report.data.s), own)
    const fee = order.filledQuantity === '0' ? { fee: '0' } : this.fees.feeOf(own, order.filledQuantity)
    const venueOrderId = pair === null ? order.venueOrderId : pairVenueId(report.data.g)
    this.listener({ kind: 'order', order: { ...order, venueOrderId, ...fee } })
    if (order.status === 'working') return
    this.fees.forget(own)
    if (pair !== null) this.endedPairs.add(pair)
  }

  private pairUpdate(raw: unknown): void {
    const status = pairStatus.safeParse(raw)
    if (!status.success) {
      this.socket?.reconnect('news of an order list cannot be read')
      return
    }
    const { s, C: clientOrderId, L } = status.data
    if (L !== 'ALL_DONE' || decodeClientOrderId(binanceClientId, clientOrderId) === null) return
    if (this.endedPairs.delete(clientOrderId)) return
    void this.pairEnded({ clientOrderId, symbol: this.api.symbolOf(s) })
  }
}
