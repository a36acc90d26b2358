/**
 * One account's session at the paper venue. Called by placement, reconciliation and account checks.
 * This is the bench's venue path, so it stays lean; it must never repeat a request by itself.
 */
import type { ApprovedOrder } from '@tradewire/broker-kit/approved-order'
import * as brokerError from '@tradewire/broker-kit/broker-error'
import type { BrokerError } from '@tradewire/broker-kit/broker-error'
import { keyUntold } from '@tradewire/broker-kit/broker-session'
import type {
  BrokerSession,
  KeyFacts,
  OrderReference,
  SessionHealth,
  SessionListener,
  VenueBalance,
  VenueFill,
  VenueInstrument,
  VenueOrder,
  VenuePosition,
  VenueRate,
} from '@tradewire/broker-kit/broker-session'
import type { BrokerDependencies } from '@tradewire/broker-kit/define-broker'
import type { DirectFill } from '@tradewire/contracts/paper/direct'
import * as wire from '@tradewire/contracts/paper/direct'
import { decimal } from '@tradewire/kernel/decimal'
import { err, ok, type Result } from '@tradewire/kernel/result'
import type { z } from 'zod'
import type { VenueHttp } from '#clients/venue-http.client'
import { VenueSocket } from '#clients/venue-socket.client'
import {
  type DirectKey,
  directBase,
  directErrorOf,
  directHeaders,
  directPlacementOf,
  jsonOf,
  venueFillOf,
  venueOrderOf,
} from './paper-direct.wire.ts'

type Answer<Value> = Promise<Result<Value, BrokerError>>

export class PaperSession implements BrokerSession {
  private socket: VenueSocket | null = null
  private sequence = 0

  constructor(
    private readonly http: VenueHttp,
    private readonly key: DirectKey,
    private readonly dependencies: BrokerDependencies,
  ) {}

  async submit(order: ApprovedOrder): Answer<VenueOrder> {
    const placement = directPlacementOf(order)
    if (placement === null) return err(brokerError.unsupportedType(order.type))
    const body = JSON.stringify(placement)
    const reply = await this.http.send({
      method: 'POST',
      path: `${directBase}/orders`,
      headers: directHeaders(this.key, body),
      body,
    })
    if (!reply.ok) {
      const { kind, message } = reply.error
      return err(kind === 'lost' ? brokerError.outcomeUnknown(message) : brokerError.notSent(message))
    }
    if (reply.value.status !== 200) return err(directErrorOf(reply.value.status, reply.value.text, true))
    const parsed = wire.directOrder.safeParse(jsonOf(reply.value.text))
    if (!parsed.success) return err(brokerError.outcomeUnknown('the reply to an order cannot be read'))
    return ok(venueOrderOf(parsed.data))
  }

  async cancel(reference: OrderReference): Answer<VenueOrder> {
    const path = `${directBase}/orders/${encodeURIComponent(reference.clientOrderId)}`
    const order = await this.call('DELETE', path, wire.directOrder)
    return order.ok ? ok(venueOrderOf(order.value)) : order
  }

  async findByClientId(reference: OrderReference): Answer<VenueOrder | null> {
    const path = `${directBase}/orders/${encodeURIComponent(reference.clientOrderId)}`
    const order = await this.call('GET', path, wire.directOrder)
    if (order.ok) return ok(venueOrderOf(order.value))
    const { error } = order
    return error.kind === 'rejected' && error.code === 'ORDER_NOT_FOUND' ? ok(null) : order
  }

  async openOrders(): Answer<readonly VenueOrder[]> {
    const list = await this.call('GET', `${directBase}/orders?state=open`, wire.directOrderList)
    return list.ok ? ok(list.value.orders.map(venueOrderOf)) : list
  }

  async positions(): Answer<readonly VenuePosition[]> {
    const list = await this.call('GET', `${directBase}/positions`, wire.directPositionList)
    if (!list.ok) return list
    return ok(
      list.value.positions.map((position) => ({
        symbol: position.symbol,
        side: position.quantity.startsWith('-') ? 'sell' : 'buy',
        quantity: decimal(position.quantity).abs().toString(),
        entryPrice: position.entryPrice,
        unrealizedPnl: position.unrealizedPnl,
      })),
    )
  }

  async balances(): Answer<readonly VenueBalance[]> {
    const list = await this.call('GET', `${directBase}/balances`, wire.directBalanceList)
    return list.ok ? ok(list.value.balances) : list
  }

  async fillsSince(symbol: string, since: Date): Answer<readonly VenueFill[]> {
    const found = new Map<string, DirectFill>()
    let fromMs = since.getTime()
    for (;;) {
      const list = await this.call('GET', `${directBase}/fills?since=${fromMs}`, wire.directFillList)
      if (!list.ok) return list
      for (const fill of list.value.fills) found.set(fill.tradeId, fill)
      const lastMs = Date.parse(list.value.fills.at(-1)?.at ?? '')
      // A page that ends where it began cannot be gone past.
      if (list.value.fills.length < wire.directListItemsMax || lastMs === fromMs) break
      fromMs = lastMs
    }
    return ok([...found.values()].filter((fill) => fill.symbol === symbol).map(venueFillOf))
  }

  async instruments(): Answer<readonly VenueInstrument[]> {
    const list = await this.call('GET', `${directBase}/instruments`, wire.directInstrumentList)
    if (!list.ok) return list
    return ok(
      list.value.instruments.map((each) => ({
        symbol: each.symbol,
        kind: 'perpetual' as const,
        base: each.base,
        quote: each.quote,
        active: true,
        priceStep: each.priceStep,
        quantityStep: each.quantityStep,
        minimumQuantity: each.minimumQuantity,
        maximumQuantity: each.maximumQuantity,
        minimumNotional: each.minimumNotional,
        contractSize: '1',
      })),
    )
  }

  /** Each account is in one currency, and so are its symbols. */
  async rates(): Answer<readonly VenueRate[]> {
    await Promise.resolve()
    return ok([])
  }

  async setLeverage(symbol: string, leverage: number): Answer<undefined> {
    const body = JSON.stringify({ symbol, leverage })
    const set = await this.call('PUT', `${directBase}/leverage`, wire.setDirectLeverage, body)
    return set.ok ? ok(undefined) : set
  }

  async keyFacts(): Answer<KeyFacts> {
    await Promise.resolve()
    return ok(keyUntold)
  }

  events(listener: SessionListener): () => void {
    const path = `${directBase}/stream`
    const url = `${this.dependencies.paperUrl.replace(/^http/, 'ws')}${path}`
    this.socket = new VenueSocket({
      target: () => Promise.resolve({ url, headers: directHeaders(this.key, path) }),
      // Up only when the venue has said hello for this account.
      onOpen: () => false,
      onMessage: (text) => this.heard(text, listener),
      onUp: () => listener({ kind: 'stream-up' }),
      onDown: (message) => listener({ kind: 'stream-down', message }),
      clock: this.dependencies.clock,
      randomness: this.dependencies.randomness,
    })
    return () => this.closeSocket()
  }

  health(): SessionHealth {
    return { streaming: this.socket?.isUp ?? false, lastMessageAtMs: this.socket?.lastMessageAtMs ?? null }
  }

  async close(): Promise<void> {
    this.closeSocket()
    await Promise.resolve()
  }

  private closeSocket(): void {
    this.socket?.close()
    this.socket = null
  }

  private heard(text: string, listener: SessionListener): void {
    const parsed = wire.directStreamMessage.safeParse(jsonOf(text))
    if (!parsed.success) {
      this.socket?.reconnect('a message of the stream cannot be read')
      return
    }
    const message = parsed.data
    if (message.type === 'hello') {
      this.sequence = message.sequence
      this.socket?.confirmUp()
      return
    }
    // A gap means that news was missed: a new connection makes everything be read again.
    if (message.sequence !== this.sequence + 1)
      this.socket?.reconnect(`sequence ${message.sequence} after ${this.sequence}`)
    this.sequence = message.sequence
    if (message.type === 'order') listener({ kind: 'order', order: venueOrderOf(message.order) })
    const [balance] = message.type === 'balance' ? message.balances : []
    if (balance !== undefined) listener({ kind: 'balance', balance })
  }

  private async call<Schema extends z.ZodType>(
    method: 'GET' | 'PUT' | 'DELETE',
    path: string,
    schema: Schema,
    body: string | null = null,
  ): Answer<z.output<Schema>> {
    const reply = await this.http.send({ method, path, headers: directHeaders(this.key, body ?? path), body })
    if (!reply.ok) return err(brokerError.connectivity(reply.error.message))
    if (reply.value.status !== 200) return err(directErrorOf(reply.value.status, reply.value.text, false))
    const parsed = schema.safeParse(jsonOf(reply.value.text))
    return parsed.success ? ok(parsed.data) : err(brokerError.connectivity('the reply cannot be read'))
  }
}
