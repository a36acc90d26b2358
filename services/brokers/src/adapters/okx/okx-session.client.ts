/**
 * One account's session at OKX. Called by placement, reconciliation and account checks.
 * Stops, targets and trailing stops live in the venue's algo book: every call here knows which book it asks.
 */
import { type ApprovedOrder, isConditional } from '@tradewire/broker-kit/approved-order'
import * as brokerError from '@tradewire/broker-kit/broker-error'
import {
  nothingExecuted,
  type BrokerSession,
  type KeyFacts,
  type OrderReference,
  type SessionHealth,
  type SessionListener,
  type VenueBalance,
  type VenueFill,
  type VenueInstrument,
  type VenueOrder,
  type VenuePosition,
  type VenueRate,
} from '@tradewire/broker-kit/broker-session'
import { decimal, HUNDRED } from '@tradewire/kernel/decimal'
import { err, ok } from '@tradewire/kernel/result'
import { z } from 'zod'
import { positiveOrNull } from '../ccxt/amounts.wire.ts'
import { mapCcxtFailure } from '../ccxt/ccxt-error.map.ts'
import { type Answer, endpoint, type ExchangeApi } from '../ccxt/exchange-api.client.ts'
import { okxCodes } from './okx-codes.map.ts'
import { positionsOfCoins } from '../ccxt/coins.map.ts'
import type { OkxFills } from './okx-fills.client.ts'
import { okxInstrumentOf } from './okx-instrument.map.ts'
import type { OkxMarkets } from './okx-markets.client.ts'
import type { OkxOrders } from './okx-orders.client.ts'
import * as wire from './okx-order.wire.ts'
import type { OkxStream } from './okx-stream.client.ts'

const atMarket = '-1'
/** `ip`: the addresses that the key is bound to, divided by commas; empty for none. */
const keyConfig = z.object({ perm: z.string(), ip: z.string().nullish() })

/** `acctLv`: the account mode, as a number. `posMode`: whether one symbol may have a long and a short position. */
const accountConfig = z.object({ acctLv: z.string(), posMode: z.string() })
const spotLevel = '1'

export interface OkxParts {
  readonly api: ExchangeApi
  readonly markets: OkxMarkets
  readonly orders: OkxOrders
  readonly fills: OkxFills
  readonly stream: OkxStream
}

export class OkxSession implements BrokerSession {
  private readonly spot: boolean

  constructor(private readonly parts: OkxParts) {
    this.spot = parts.markets.instrumentType === 'SPOT'
  }

  async submit(order: ApprovedOrder): Answer<VenueOrder> {
    if (order.type === (this.spot ? 'trailing-stop' : 'stop-or-target')) {
      return err(brokerError.unsupportedType(order.type))
    }
    const size = this.parts.markets.contractsOf(order.symbol, order.quantity)
    if (size === null) return err(brokerError.rejected('UNKNOWN_SYMBOL', `${order.symbol} is not listed`))
    const placed = await this.place(order, size)
    if (!placed.ok) return placed
    const venueOrderId = placed.value.algoId ?? placed.value.ordId ?? null
    if (venueOrderId === null || venueOrderId === '') {
      return err(brokerError.outcomeUnknown('the venue told no id of the order'))
    }
    const accepted = { ...acceptedOf(order), venueOrderId }
    if (order.type !== 'market') return ok(accepted)
    // The answer tells that the order was taken, not what became of it: that is read once.
    const found = await this.parts.orders.read(order.symbol, { ordId: venueOrderId })
    return found.ok && found.value !== null ? ok(found.value) : ok(accepted)
  }

  async cancel(reference: OrderReference): Answer<VenueOrder> {
    if (!isConditional(reference.type)) return this.cancelInBook(reference, { clOrdId: reference.clientOrderId })
    const market = this.marketId(reference.symbol)
    const cancelled = await this.act('cancel', () =>
      endpoint(this.parts.api.exchange, 'privatePostTradeCancelAlgos', [
        { instId: market, algoClOrdId: reference.clientOrderId },
      ]),
    )
    if (cancelled.ok)
      return ok({ ...acceptedOf(reference), venueOrderId: cancelled.value.algoId ?? null, status: 'cancelled' })
    if (cancelled.error.kind !== 'rejected' || cancelled.error.code !== 'ORDER_NOT_FOUND') return cancelled
    // It may have been triggered: then a limit order of it can still rest in the book.
    const algo = await this.parts.orders.readAlgo(reference.clientOrderId)
    const ordId = algo.ok && algo.value !== null ? wire.bookIdOf(algo.value) : null
    return ordId === null ? cancelled : this.cancelInBook(reference, { ordId })
  }

  async findByClientId(reference: OrderReference): Answer<VenueOrder | null> {
    if (!isConditional(reference.type))
      return this.parts.orders.read(reference.symbol, { clOrdId: reference.clientOrderId })
    const algo = await this.parts.orders.readAlgo(reference.clientOrderId)
    if (!algo.ok || algo.value === null) return algo.ok ? ok(null) : algo
    const told = wire.venueOrderOfAlgo(algo.value, reference.symbol)
    const ordId = wire.bookIdOf(algo.value)
    if (ordId === null) return ok(told)
    const found = await this.parts.orders.read(reference.symbol, { ordId })
    if (!found.ok) return found
    return ok(found.value === null ? told : { ...found.value, clientOrderId: reference.clientOrderId })
  }

  openOrders(): Answer<readonly VenueOrder[]> {
    return this.parts.orders.open()
  }

  async positions(): Answer<readonly VenuePosition[]> {
    if (this.spot) return this.coins()
    const list = await this.parts.api.call('read', wire.listOf(wire.okxPosition), (api) =>
      endpoint(api, 'privateGetAccountPositions', { instType: 'SWAP' }),
    )
    if (!list.ok) return list
    return ok(
      list.value.flatMap((each) =>
        this.parts.markets
          .told(each.instId, (market) => wire.venuePositionOf(each, market))
          .flatMap((one) => one ?? []),
      ),
    )
  }

  private async coins(): Answer<readonly VenuePosition[]> {
    const balances = await this.balances()
    if (!balances.ok) return balances
    return ok(positionsOfCoins(balances.value, (symbol) => this.parts.api.marketId(symbol) !== null))
  }

  async balances(): Answer<readonly VenueBalance[]> {
    const list = await this.parts.api.call('read', wire.listOf(wire.okxBalance), (api) =>
      endpoint(api, 'privateGetAccountBalance'),
    )
    return list.ok ? ok(list.value.flatMap(wire.balancesOf)) : list
  }

  fillsSince(symbol: string, since: Date): Answer<readonly VenueFill[]> {
    return this.parts.fills.since(symbol, since)
  }

  async instruments(): Answer<readonly VenueInstrument[]> {
    const listed = await this.parts.api.listed()
    return listed.ok ? ok(listed.value.flatMap((market) => okxInstrumentOf(market) ?? [])) : listed
  }

  /** Margin may lie in any currency in which the venue quotes: what joins two of them says what one is worth. */
  async rates(): Answer<readonly VenueRate[]> {
    // A coin is bought with what it is quoted in: nothing else counts.
    if (this.spot) return ok([])
    const markets = this.parts.api.markets()
    const quotes = new Set(markets.map(({ quote }) => quote))
    return this.lastOf(new Set(markets.filter(({ base }) => quotes.has(base)).map(({ id }) => id)))
  }

  prices(symbols: readonly string[]): Answer<readonly VenueRate[]> {
    return this.lastOf(new Set(symbols.flatMap((symbol) => this.parts.api.marketId(symbol) ?? [])))
  }

  /** What was last paid, by the venue's ids. */
  private async lastOf(ids: ReadonlySet<string>): Answer<readonly VenueRate[]> {
    if (ids.size === 0) return ok([])
    const query = { instType: this.parts.markets.instrumentType }
    const tickers = await this.parts.api.call('read', wire.listOf(wire.okxTicker), (api) =>
      endpoint(api, 'publicGetMarketTickers', query),
    )
    if (!tickers.ok) return tickers
    return ok(
      tickers.value.flatMap(({ instId, last }) => {
        const price = ids.has(instId) ? positiveOrNull(last) : null
        return price === null ? [] : [{ symbol: this.parts.api.symbolOf(instId), price }]
      }),
    )
  }

  async setLeverage(symbol: string, leverage: number): Answer<undefined> {
    if (this.spot) return err(brokerError.unsupported('leverage', 'spot has no leverage'))
    const set = await this.parts.api.call('read', z.unknown(), (api) =>
      endpoint(api, 'privatePostAccountSetLeverage', {
        instId: this.marketId(symbol),
        lever: String(leverage),
        mgnMode: 'cross',
      }),
    )
    return set.ok ? ok(undefined) : set
  }

  async keyFacts(): Answer<KeyFacts> {
    const config = await this.parts.api.call('read', wire.listOf(keyConfig), (api) =>
      endpoint(api, 'privateGetAccountConfig'),
    )
    if (!config.ok) return config
    const mayWithdraw = config.value.some(({ perm }) => perm.split(',').includes('withdraw'))
    const ip = config.value[0]?.ip ?? null
    return ok({ mayWithdraw, ipBound: ip === null ? null : ip.trim() !== '', expiresAt: null })
  }

  async settingsProblem(): Answer<string | null> {
    if (this.spot) return ok(null)
    const config = await this.parts.api.call('read', wire.listOf(accountConfig), (api) =>
      endpoint(api, 'privateGetAccountConfig'),
    )
    if (!config.ok) return config
    const settings = config.value[0]
    if (settings?.acctLv === spotLevel) return ok('account mode: Spot mode has no swaps; Futures mode is needed')
    const isApart = settings?.posMode === 'long_short_mode'
    return ok(isApart ? 'position mode: long and short positions are kept apart; net mode is needed' : null)
  }

  events(listener: SessionListener): () => void {
    this.parts.stream.open(listener)
    return () => this.parts.stream.close()
  }

  health(): SessionHealth {
    return this.parts.stream.health()
  }

  async close(): Promise<void> {
    this.parts.stream.close()
    await Promise.resolve()
  }

  private marketId(symbol: string): string {
    return this.parts.api.marketId(symbol) ?? symbol
  }

  /** Through ccxt's own placement, which chooses the endpoint and the book by the parameters. */
  private place(order: ApprovedOrder, size: string): Answer<wire.OkxPart> {
    const { type, parameters } = partsOf(order)
    return this.act('place', async () => {
      const market = this.parts.api.marketName(order.symbol)
      const { info } = await this.parts.api.exchange.createOrder(
        market,
        type,
        order.side,
        size,
        order.price ?? undefined,
        {
          clientOrderId: order.clientOrderId,
          ...(this.spot ? { tdMode: 'cash' } : {}),
          ...(order.reduceOnly ? { reduceOnly: true } : {}),
          ...parameters,
        },
      )
      return { data: [info] }
    })
  }

  /** A part may fail inside an answer that says success: its own code decides. */
  private async act(kind: 'place' | 'cancel', work: () => Promise<unknown>): Answer<wire.OkxPart> {
    const answer = await this.parts.api.call(kind, wire.listOf(wire.okxPart), work)
    if (!answer.ok) return answer
    const [part] = answer.value
    if (part === undefined) return err(brokerError.outcomeUnknown('the venue told nothing of the order'))
    if (part.sCode === '0') return ok(part)
    const failure = {
      names: ['ExchangeError'],
      code: Number.parseInt(part.sCode, 10),
      message: part.sMsg ?? part.sCode,
    }
    return err(mapCcxtFailure({ ...failure, retryAfterMs: null }, kind, okxCodes))
  }

  private async cancelInBook(reference: OrderReference, by: Record<string, string>): Answer<VenueOrder> {
    const cancelled = await this.act('cancel', () =>
      endpoint(this.parts.api.exchange, 'privatePostTradeCancelOrder', {
        instId: this.marketId(reference.symbol),
        ...by,
      }),
    )
    if (!cancelled.ok) return cancelled
    const ordId = cancelled.value.ordId ?? ''
    const found = await this.parts.orders.read(reference.symbol, ordId === '' ? by : { ordId })
    if (found.ok && found.value !== null) return ok({ ...found.value, clientOrderId: reference.clientOrderId })
    // What was filled before is not known: that it is gone must not be told as the whole truth.
    return err(brokerError.outcomeUnknown('cancelled, but the order cannot be read'))
  }
}

/** The order as it is right after the venue took it. */
function acceptedOf(order: OrderReference | ApprovedOrder): VenueOrder {
  return {
    clientOrderId: order.clientOrderId,
    venueOrderId: null,
    symbol: order.symbol,
    status: 'working',
    ...nothingExecuted,
    message: null,
  }
}

/** ccxt chooses the book by these parameters; an algo order has an id of its own, which ccxt does not know. */
function partsOf(order: ApprovedOrder): { type: string; parameters: Record<string, unknown> } {
  const algo = { algoClOrdId: order.clientOrderId }
  switch (order.type) {
    case 'stop-market':
      return { type: 'market', parameters: { ...algo, stopLossPrice: order.triggerPrice } }
    case 'stop-limit':
      return { type: 'limit', parameters: { ...algo, stopLossPrice: order.triggerPrice } }
    case 'take-profit-market':
      return { type: 'market', parameters: { ...algo, takeProfitPrice: order.triggerPrice } }
    case 'take-profit-limit':
      return { type: 'limit', parameters: { ...algo, takeProfitPrice: order.triggerPrice } }
    case 'stop-or-target': {
      const pair = {
        stopLossPrice: order.triggerPrice,
        slOrdPx: atMarket,
        takeProfitPrice: order.price,
        tpOrdPx: atMarket,
      }
      return { type: 'oco', parameters: { ...algo, ...pair } }
    }
    case 'trailing-stop': {
      const callbackRatio = decimal(order.callbackRatePercent ?? '0')
        .div(HUNDRED)
        .toString()
      const activation = order.triggerPrice === null ? {} : { activePx: order.triggerPrice }
      return { type: 'move_order_stop', parameters: { ...algo, callbackRatio, ...activation } }
    }
    case 'market':
    case 'limit':
      return { type: order.type, parameters: {} }
  }
}
