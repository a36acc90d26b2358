/**
 * One account's session at Binance USD-M futures. Called by placement, reconciliation and account checks.
 * Conditional and trailing orders live in the venue's algo book: every call here knows which book it asks.
 */
import { type ApprovedOrder, isConditional, isExit } from '@tradewire/broker-kit/approved-order'
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
import { err, ok } from '@tradewire/kernel/result'
import * as brokerError from '@tradewire/broker-kit/broker-error'
import { z } from 'zod'
import type { BinanceApi } from './binance-api.client.ts'
import { BinanceFills, type FillSources } from './binance-fills.client.ts'
import { instrumentOf } from './binance-instrument.map.ts'
import * as wire from './binance-order.wire.ts'
import type { BinanceUsdmStream } from './binance-usdm-stream.client.ts'
import { absentAsNull, type Answer, endpoint } from '../ccxt/exchange-api.client.ts'

const nothing = z.unknown()
const positionMode = z.object({ dualSidePosition: z.boolean() })
/** A close waits so long for the stream to tell its fee; protection of an entry never waits. */
const feeWaitMs = 150
const fillSources: FillSources = {
  trades: 'fapiPrivateGetUserTrades',
  order: 'fapiPrivateGetOrder',
  orders: 'fapiPrivateGetAllOrders',
  windowMs: 604_800_000,
}

export class BinanceUsdmSession implements BrokerSession {
  private readonly fills: BinanceFills

  constructor(
    private readonly api: BinanceApi,
    private readonly stream: BinanceUsdmStream,
  ) {
    this.fills = new BinanceFills(api, fillSources)
    stream.onTriggered = (algoClientId, symbol, orderId) => this.readTriggered(algoClientId, symbol, orderId)
  }

  async submit(order: ApprovedOrder): Answer<VenueOrder> {
    if (order.type === 'stop-or-target') return err(brokerError.unsupportedType(order.type))
    const market = this.api.marketName(order.symbol)
    if (this.api.marketId(order.symbol) === null) {
      return err(brokerError.rejected('UNKNOWN_SYMBOL', `${order.symbol} is not listed`))
    }
    const work = (type: string, parameters: Record<string, unknown>, price: string | undefined) =>
      this.api.exchange.createOrder(market, type, order.side, order.quantity, price, {
        clientOrderId: order.clientOrderId,
        ...(order.reduceOnly ? { reduceOnly: true } : {}),
        ...parameters,
      })
    if (isConditional(order.type)) {
      const { type, parameters } = conditionalPartOf(order)
      const placed = await this.api.call('place', wire.binanceAlgoOrder, async () => {
        const { info } = await work(type, parameters, order.price ?? undefined)
        return info
      })
      return placed.ok ? ok(wire.venueOrderOfAlgo(placed.value, order.symbol)) : placed
    }
    const placed = await this.api.call('place', wire.binanceOrder, async () => {
      const { info } = await work(order.type, {}, order.price ?? undefined)
      return info
    })
    if (!placed.ok) return placed
    const told = wire.venueOrderOf(placed.value, order.symbol)
    if (told.fee !== null) return ok(told)
    const fee = await this.stream.feeOf(order.clientOrderId, told.filledQuantity, isExit(order) ? feeWaitMs : 0)
    return ok({ ...told, ...fee })
  }

  async cancel(reference: OrderReference): Answer<VenueOrder> {
    if (!isConditional(reference.type)) return this.cancelInBook(reference, { clientOrderId: reference.clientOrderId })
    const cancelled = await this.api.call('cancel', wire.binanceAlgoCancel, async (exchange) => {
      const parameters = { clientOrderId: reference.clientOrderId, trigger: true }
      const { info } = await exchange.cancelOrder(undefined, this.api.marketName(reference.symbol), parameters)
      return info
    })
    if (cancelled.ok) {
      const raw = { symbol: reference.symbol, algoStatus: 'CANCELED', ...cancelled.value }
      return ok(wire.venueOrderOfAlgo(raw, reference.symbol))
    }
    if (cancelled.error.kind !== 'rejected' || cancelled.error.code !== 'ORDER_NOT_FOUND') return cancelled
    // It may have been triggered: then a limit order of it can still rest in the book.
    const algo = await this.algoOrder(reference)
    const orderId = algo.ok && algo.value !== null ? wire.actualOrderIdOf(algo.value) : null
    return orderId === null ? cancelled : this.cancelInBook(reference, { orderId })
  }

  async findByClientId(reference: OrderReference): Answer<VenueOrder | null> {
    if (!isConditional(reference.type)) return this.findInBook(reference, { clientOrderId: reference.clientOrderId })
    const algo = await this.algoOrder(reference)
    if (!algo.ok || algo.value === null) return algo.ok ? ok(null) : algo
    const { algoStatus } = algo.value
    if (algoStatus !== 'TRIGGERED' && algoStatus !== 'FINISHED') {
      return ok(wire.venueOrderOfAlgo(algo.value, reference.symbol))
    }
    const orderId = wire.actualOrderIdOf(algo.value)
    const parameters = orderId === null ? { clientOrderId: reference.clientOrderId } : { orderId }
    const found = await this.findInBook(reference, parameters)
    if (!found.ok || found.value !== null) return found
    return ok(wire.venueOrderOfAlgo(algo.value, reference.symbol))
  }

  async openOrders(): Answer<readonly VenueOrder[]> {
    const orders = await this.api.call('read', z.array(wire.binanceOrder), (api) =>
      endpoint(api, 'fapiPrivateGetOpenOrders'),
    )
    if (!orders.ok) return orders
    const algos = await this.api.call('read', z.array(wire.binanceAlgoOrder), (api) =>
      endpoint(api, 'fapiPrivateGetOpenAlgoOrders'),
    )
    if (!algos.ok) return algos
    return ok([
      ...orders.value.map((each) => wire.venueOrderOf(each, this.api.symbolOf(each.symbol))),
      ...algos.value.map((each) => wire.venueOrderOfAlgo(each, this.api.symbolOf(each.symbol))),
    ])
  }

  async positions(): Answer<readonly VenuePosition[]> {
    const list = await this.api.call('read', z.array(wire.usdmPosition), (api) =>
      endpoint(api, 'fapiPrivateV3GetPositionRisk'),
    )
    if (!list.ok) return list
    return ok(list.value.flatMap((each) => wire.venuePositionOf(each, this.api.symbolOf(each.symbol)) ?? []))
  }

  async balances(): Answer<readonly VenueBalance[]> {
    const account = await this.api.call('read', wire.usdmAccount, (api) => endpoint(api, 'fapiPrivateV3GetAccount'))
    return account.ok ? ok(wire.usdmBalancesOf(account.value)) : account
  }

  fillsSince(symbol: string, since: Date): Answer<readonly VenueFill[]> {
    return this.fills.since(symbol, since, (orderIds, from) => this.triggeredIds(symbol, orderIds, from))
  }

  async instruments(): Answer<readonly VenueInstrument[]> {
    const listed = await this.api.listed()
    return listed.ok ? ok(listed.value.flatMap((market) => instrumentOf(market) ?? [])) : listed
  }

  /** Margin may lie in any currency in which the venue quotes, where the account's owner has chosen that. */
  async rates(): Answer<readonly VenueRate[]> {
    const markets = this.api.markets()
    const quotes = new Set(markets.map(({ quote }) => quote))
    const joining = new Map(
      markets.filter(({ base }) => quotes.has(base)).map(({ id, base, quote }) => [id, `${base}/${quote}`]),
    )
    if (joining.size === 0) return ok([])
    const prices = await this.api.call('read', z.array(wire.binancePrice), (api) =>
      endpoint(api, 'fapiPublicV2GetTickerPrice'),
    )
    return prices.ok ? ok(wire.ratesOf(prices.value, joining)) : prices
  }

  async setLeverage(symbol: string, leverage: number): Answer<undefined> {
    const set = await this.api.call('read', nothing, (api) =>
      endpoint(api, 'fapiPrivatePostLeverage', { symbol: this.api.marketId(symbol) ?? symbol, leverage }),
    )
    return set.ok ? ok(undefined) : set
  }

  keyFacts(): Answer<KeyFacts> {
    return this.api.keyFacts()
  }

  async settingsProblem(): Answer<string | null> {
    const mode = await this.api.call('read', positionMode, (api) => endpoint(api, 'fapiPrivateGetPositionSideDual'))
    if (!mode.ok) return mode
    const { dualSidePosition } = mode.value
    return ok(dualSidePosition ? 'position mode: Hedge Mode keeps long and short apart; One-way Mode is needed' : null)
  }

  events(listener: SessionListener): () => void {
    this.stream.open(listener)
    return () => this.stream.close()
  }

  health(): SessionHealth {
    return this.stream.health()
  }

  async close(): Promise<void> {
    this.stream.close()
    await Promise.resolve()
  }

  private algoOrder(reference: OrderReference): Answer<wire.BinanceAlgoOrder | null> {
    return absentAsNull(
      this.api.call('read', wire.binanceAlgoOrder, async (exchange) => {
        const parameters = { clientOrderId: reference.clientOrderId, trigger: true }
        const { info } = await exchange.fetchOrder(undefined, this.api.marketName(reference.symbol), parameters)
        return info
      }),
    )
  }

  private async cancelInBook(reference: OrderReference, by: Record<string, unknown>): Answer<VenueOrder> {
    const { orderId, ...parameters } = by
    const cancelled = await this.api.call('cancel', wire.binanceOrder, async (exchange) => {
      const market = this.api.marketName(reference.symbol)
      const { info } = await exchange.cancelOrder(orderId as string | undefined, market, parameters)
      return info
    })
    if (!cancelled.ok) return cancelled
    return this.fills.withFee({
      ...wire.venueOrderOf(cancelled.value, reference.symbol),
      clientOrderId: reference.clientOrderId,
    })
  }

  private async findInBook(reference: OrderReference, by: Record<string, unknown>): Answer<VenueOrder | null> {
    const { orderId, ...parameters } = by
    const found = await absentAsNull(
      this.api.call('read', wire.binanceOrder, async (exchange) => {
        const market = this.api.marketName(reference.symbol)
        const { info } = await exchange.fetchOrder(orderId as string | undefined, market, parameters)
        return info
      }),
    )
    if (!found.ok || found.value === null) return found.ok ? ok(null) : found
    return this.fills.withFee({
      ...wire.venueOrderOf(found.value, reference.symbol),
      clientOrderId: reference.clientOrderId,
    })
  }

  /** Which orders of the book were conditional orders once: those are ours by the id of the conditional order. */
  private async triggeredIds(
    symbol: string,
    orderIds: readonly string[],
    since: Date,
  ): Answer<ReadonlyMap<string, string>> {
    const ids = new Map<string, string>()
    if (orderIds.length === 0) return ok(ids)
    const window = { symbol: this.api.marketId(symbol) ?? symbol, startTime: Math.max(0, since.getTime() - algoAgeMs) }
    const algos = await this.api.call('read', z.array(wire.binanceAlgoOrder), (api) =>
      endpoint(api, 'fapiPrivateGetAllAlgoOrders', { ...window, limit: algosPerReadMax }),
    )
    if (!algos.ok) return algos
    for (const algo of algos.value) {
      const orderId = wire.actualOrderIdOf(algo)
      if (orderId !== null) ids.set(orderId, algo.clientAlgoId)
    }
    return ok(ids)
  }

  /** The stream said that an algo order went into the book: what became of it there is read once. */
  private async readTriggered(clientOrderId: string, symbol: string, orderId: string): Promise<VenueOrder | null> {
    const reference = { clientOrderId, venueOrderId: orderId, symbol, type: 'stop-market' as const }
    const found = await this.findInBook(reference, { orderId })
    return found.ok ? found.value : null
  }
}

const algosPerReadMax = 1_000
/** A conditional order may have waited so long before it was triggered; older ones are known by the order's own id. */
const algoAgeMs = 518_400_000

/** ccxt chooses the algo order's type from these parameters; it gives conditional limit orders no time in force. */
function conditionalPartOf(order: ApprovedOrder): { type: string; parameters: Record<string, unknown> } {
  switch (order.type) {
    case 'stop-market':
      return { type: 'market', parameters: { stopLossPrice: order.triggerPrice } }
    case 'stop-limit':
      return { type: 'limit', parameters: { stopLossPrice: order.triggerPrice, timeInForce: 'GTC' } }
    case 'take-profit-market':
      return { type: 'market', parameters: { takeProfitPrice: order.triggerPrice } }
    case 'take-profit-limit':
      return { type: 'limit', parameters: { takeProfitPrice: order.triggerPrice, timeInForce: 'GTC' } }
    default:
      return {
        type: 'market',
        parameters: {
          trailingPercent: order.callbackRatePercent,
          ...(order.triggerPrice === null ? {} : { trailingTriggerPrice: order.triggerPrice }),
        },
      }
  }
}
