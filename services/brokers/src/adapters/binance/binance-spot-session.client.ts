/**
 * One account's session at Binance spot. Called by placement, reconciliation and account checks.
 * Must never pass a price with a market order: ccxt would turn the quantity into an amount of quote currency.
 */
import { type ApprovedOrder, isConditional } from '@tradewire/broker-kit/approved-order'
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
import * as brokerError from '@tradewire/broker-kit/broker-error'
import { err, ok } from '@tradewire/kernel/result'
import { z } from 'zod'
import type { BinanceApi } from './binance-api.client.ts'
import { BinanceFills, type FillSources } from './binance-fills.client.ts'
import { instrumentOf } from './binance-instrument.map.ts'
import * as wire from './binance-order.wire.ts'
import { joinHalves } from './binance-pair.wire.ts'
import { BinancePairs, type PairReference } from './binance-pairs.client.ts'
import type { BinanceSpotStream } from './binance-spot-stream.client.ts'
import { positionsOfCoins } from '../ccxt/coins.map.ts'
import { absentAsNull, type Answer, endpoint } from '../ccxt/exchange-api.client.ts'
import { pairIdOf } from '../ccxt/order-halves.map.ts'

const fillSources: FillSources = {
  trades: 'privateGetMyTrades',
  order: 'privateGetOrder',
  orders: 'privateGetAllOrders',
  windowMs: 86_400_000,
}

export class BinanceSpotSession implements BrokerSession {
  private readonly fills: BinanceFills
  private readonly pairs: BinancePairs

  constructor(
    private readonly api: BinanceApi,
    private readonly stream: BinanceSpotStream,
  ) {
    this.fills = new BinanceFills(api, fillSources)
    this.pairs = new BinancePairs(api)
  }

  async submit(order: ApprovedOrder): Answer<VenueOrder> {
    if (order.type === 'trailing-stop') return err(brokerError.unsupportedType(order.type))
    if (this.api.marketId(order.symbol) === null) {
      return err(brokerError.rejected('UNKNOWN_SYMBOL', `${order.symbol} is not listed`))
    }
    if (order.type === 'stop-or-target') return this.pairs.submit(order)
    const trigger =
      order.type === 'take-profit-market' || order.type === 'take-profit-limit'
        ? { takeProfitPrice: order.triggerPrice }
        : { stopLossPrice: order.triggerPrice }
    const placed = await this.api.call('place', wire.binanceOrder, async (exchange) => {
      const { info } = await exchange.createOrder(
        this.api.marketName(order.symbol),
        order.price === null ? 'market' : 'limit',
        order.side,
        order.quantity,
        order.price ?? undefined,
        {
          clientOrderId: order.clientOrderId,
          ...(isConditional(order.type) ? trigger : {}),
          // Conditional orders answer with an acknowledgement only unless asked for more.
          newOrderRespType: 'FULL',
        },
      )
      return info
    })
    return placed.ok ? ok(wire.venueOrderOf(placed.value, order.symbol)) : placed
  }

  async cancel(reference: OrderReference): Answer<VenueOrder> {
    if (reference.type === 'stop-or-target') {
      const ended = await this.pairs.cancel(reference)
      return ended.ok ? this.fills.withFee(ended.value) : ended
    }
    const cancelled = await this.api.call('cancel', wire.binanceOrder, async (exchange) => {
      const market = this.api.marketName(reference.symbol)
      const { info } = await exchange.cancelOrder(undefined, market, { clientOrderId: reference.clientOrderId })
      return info
    })
    if (!cancelled.ok) return cancelled
    return this.fills.withFee({
      ...wire.venueOrderOf(cancelled.value, reference.symbol),
      clientOrderId: reference.clientOrderId,
    })
  }

  async findByClientId(reference: OrderReference): Answer<VenueOrder | null> {
    if (reference.type === 'stop-or-target') return this.findPair(reference)
    const found = await absentAsNull(
      this.api.call('read', wire.binanceOrder, async (exchange) => {
        const market = this.api.marketName(reference.symbol)
        const { info } = await exchange.fetchOrder(undefined, market, { clientOrderId: reference.clientOrderId })
        return info
      }),
    )
    if (!found.ok || found.value === null) return found.ok ? ok(null) : found
    // A cancelled order is found by its id although its clientOrderId may name the cancel.
    return this.fills.withFee({
      ...wire.venueOrderOf(found.value, reference.symbol),
      clientOrderId: reference.clientOrderId,
    })
  }

  async openOrders(): Answer<readonly VenueOrder[]> {
    const orders = await this.api.call('read', z.array(wire.binanceOrder), (api) =>
      endpoint(api, 'privateGetOpenOrders'),
    )
    return orders.ok ? ok(joinHalves(orders.value, (marketId) => this.api.symbolOf(marketId))) : orders
  }

  /** Spot keeps coins, not positions: what is held of a coin counts as a long position of its USDT market. */
  async positions(): Answer<readonly VenuePosition[]> {
    const balances = await this.balances()
    const isListed = (symbol: string) => this.api.marketId(symbol) !== null
    return balances.ok ? ok(positionsOfCoins(balances.value, isListed)) : balances
  }

  async balances(): Answer<readonly VenueBalance[]> {
    const account = await this.api.call('read', wire.spotAccount, (api) =>
      endpoint(api, 'privateGetAccount', { omitZeroBalances: true }),
    )
    return account.ok ? ok(wire.spotBalancesOf(account.value)) : account
  }

  async fillsSince(symbol: string, since: Date): Answer<readonly VenueFill[]> {
    const fills = await this.fills.since(symbol, since, async () => Promise.resolve(ok(new Map())))
    return fills.ok ? ok(fills.value.map(ofPair)) : fills
  }

  async instruments(): Answer<readonly VenueInstrument[]> {
    const listed = await this.api.listed()
    return listed.ok ? ok(listed.value.flatMap((market) => instrumentOf(market) ?? [])) : listed
  }

  /** A coin is bought with what it is quoted in: nothing else counts. */
  async rates(): Answer<readonly VenueRate[]> {
    await Promise.resolve()
    return ok([])
  }

  async prices(symbols: readonly string[]): Answer<readonly VenueRate[]> {
    const byId = new Map(
      symbols.flatMap((symbol) => {
        const id = this.api.marketId(symbol)
        return id === null ? [] : [[id, symbol] as const]
      }),
    )
    if (byId.size === 0) return ok([])
    const prices = await this.api.call('read', z.array(wire.binancePrice), (api) =>
      endpoint(api, 'publicGetTickerPrice', { symbols: JSON.stringify([...byId.keys()]) }),
    )
    return prices.ok ? ok(wire.ratesOf(prices.value, byId)) : prices
  }

  async setLeverage(): Answer<undefined> {
    await Promise.resolve()
    return err(brokerError.unsupported('leverage', 'spot has no leverage'))
  }

  keyFacts(): Answer<KeyFacts> {
    return this.api.keyFacts()
  }

  events(listener: SessionListener): () => void {
    this.stream.open(listener, async (pair) => {
      const found = await this.findPair(pair)
      if (found.ok && found.value !== null) listener({ kind: 'order', order: found.value })
    })
    return () => this.stream.close()
  }

  health(): SessionHealth {
    return this.stream.health()
  }

  async close(): Promise<void> {
    this.stream.close()
    await Promise.resolve()
  }

  private async findPair(reference: PairReference): Answer<VenueOrder | null> {
    const found = await this.pairs.find(reference)
    return found.ok && found.value !== null ? this.fills.withFee(found.value) : found
  }
}

/** A fill of one half is one of the pair. */
function ofPair(fill: VenueFill): VenueFill {
  const pair = fill.clientOrderId === null ? null : pairIdOf(fill.clientOrderId)
  return pair === null ? fill : { ...fill, clientOrderId: pair }
}
