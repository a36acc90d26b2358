/**
 * Tokocrypto's calls of one account. Called by its session. The venue lists open orders of one market at a time, and takes
 * no quantity for a purchase at the market: both are made up for here. Must never tell an order list by one of its halves.
 */
import type { ApprovedOrder } from '@tradewire/broker-kit/approved-order'
import * as brokerError from '@tradewire/broker-kit/broker-error'
import { keyUntold } from '@tradewire/broker-kit/broker-session'
import type {
  KeyFacts,
  OrderReference,
  VenueBalance,
  VenueFill,
  VenueInstrument,
  VenueOrder,
  VenueRate,
} from '@tradewire/broker-kit/broker-session'
import { err, ok } from '@tradewire/kernel/result'
import { z } from 'zod'
import { amount } from '../ccxt/amounts.wire.ts'
import { instrumentOf } from '../binance/binance-instrument.map.ts'
import { binancePrice, ratesOf } from '../binance/binance-order.wire.ts'
import type { CcxtMarket } from '../ccxt/ccxt-exchange.client.ts'
import type { CoinExchange, Placed } from '../ccxt/coin-session.client.ts'
import { absentAsNull, type Answer, endpoint, type ExchangeApi } from '../ccxt/exchange-api.client.ts'
import { limitThrough } from '../ccxt/limit-through.map.ts'
import { withFeeOf } from '../ccxt/order-fee.map.ts'
import { halfIdsOf, joinedOrder, pairIdOf } from '../ccxt/order-halves.map.ts'
import * as wire from './tokocrypto-order.wire.ts'
import { data } from '../ccxt/wrapped-data.wire.ts'

/** Markets of other types have prices and streams of their own, elsewhere. */
const tradedType = '1'
const typeNumbers = { limit: 1, market: 2, 'stop-limit': 4, 'take-profit-limit': 6 } as const
const immediateOrCancel = 2
const pageMax = 1_000
const pagesMax = 40
const notedMarketsMax = 50

const order = data(wire.tokocryptoOrder)
const placedPair = data(
  z.object({
    orders: z.array(z.object({ orderId: z.union([z.string().min(1), z.number()]).transform(String) })).length(2),
  }),
)
const bookTicker = z.object({ askPrice: amount })
const rights = data(z.object({ canWithdraw: z.union([z.number(), z.boolean(), z.string()]) }))

type Request = Readonly<Record<string, unknown>>

export class TokocryptoExchange implements CoinExchange {
  /** Symbols in which this account may have open orders although it holds nothing of the coin. */
  private readonly noted = new Set<string>()

  constructor(private readonly api: ExchangeApi) {}

  isListed(symbol: string): boolean {
    return this.marketOf(symbol) !== null
  }

  async place(approved: ApprovedOrder): Answer<Placed> {
    this.note(approved.symbol)
    if (approved.type === 'stop-or-target') return this.placePair(approved)
    const request = await this.requestOf(approved)
    if (!request.ok) return request
    const placed = await this.api.call('place', order, (exchange) =>
      endpoint(exchange, 'privatePostOpenV1Orders', { ...request.value, clientId: approved.clientOrderId }),
    )
    return placed.ok ? ok({ venueOrderId: placed.value.orderId, told: null }) : placed
  }

  /** Of a list the venue ends both halves. */
  cancel(venueOrderId: string): Answer<unknown> {
    return this.api.call('cancel', order, (exchange) =>
      endpoint(exchange, 'privatePostOpenV1OrdersCancel', { orderId: venueOrderId }),
    )
  }

  async read(venueOrderId: string, symbol: string): Answer<VenueOrder | null> {
    const found = await this.detail({ orderId: venueOrderId })
    if (!found.ok || found.value === null) return found.ok ? ok(null) : found
    const pair = pairIdOf(found.value.clientId)
    return pair === null ? this.whole(wire.venueOrderOf(found.value, symbol)) : this.findPair(pair, symbol)
  }

  async findByClientId({ clientOrderId, symbol, type }: OrderReference): Answer<VenueOrder | null> {
    this.note(symbol)
    if (type === 'stop-or-target') return this.findPair(clientOrderId, symbol)
    const found = await this.detail({ clientId: clientOrderId })
    if (!found.ok || found.value === null) return found.ok ? ok(null) : found
    return this.whole(wire.venueOrderOf(found.value, symbol))
  }

  async openOrders(): Answer<readonly VenueOrder[]> {
    const symbols = await this.symbolsOfAccount()
    if (!symbols.ok) return symbols
    const open: VenueOrder[] = []
    for (const symbol of symbols.value) {
      const listed = await this.api.call('read', wire.orderList, (exchange) =>
        endpoint(exchange, 'privateGetOpenV1Orders', { symbol: this.idOf(symbol), type: 1, limit: pageMax }),
      )
      if (!listed.ok) return listed
      open.push(...joinHalves(listed.value.map((each) => wire.venueOrderOf(each, symbol))))
    }
    return ok(open)
  }

  async balances(): Answer<readonly VenueBalance[]> {
    const account = await this.api.call('read', wire.tokocryptoAccount, (exchange) =>
      endpoint(exchange, 'privateGetOpenV1AccountSpot'),
    )
    return account.ok ? ok(wire.balancesOf(account.value)) : account
  }

  /** Page by page, on from the last trade. */
  async fillsSince(symbol: string, since: Date): Answer<readonly VenueFill[]> {
    const trades = new Map<string, wire.TokocryptoTrade>()
    let from: Request = { startTime: since.getTime() }
    for (let pages = 0; ; pages += 1) {
      if (pages === pagesMax) return err(brokerError.connectivity(`more than ${pagesMax} pages of trades`))
      const page = await this.trades(symbol, { ...from, limit: pageMax })
      if (!page.ok) return page
      const known = trades.size
      for (const trade of page.value) trades.set(trade.tradeId, trade)
      if (page.value.length < pageMax || trades.size === known) break
      from = { fromId: page.value.at(-1)?.tradeId, direct: 'next' }
    }
    const clientIds = await this.clientIdsOf([...new Set([...trades.values()].map(({ orderId }) => orderId))])
    if (!clientIds.ok) return clientIds
    return ok(
      [...trades.values()].map((each) => wire.venueFillOf(each, symbol, clientIds.value.get(each.orderId) ?? null)),
    )
  }

  async instruments(): Answer<readonly VenueInstrument[]> {
    const listed = await this.api.listed()
    return listed.ok
      ? ok(listed.value.flatMap((market) => (isTraded(market) ? (instrumentOf(market) ?? []) : [])))
      : listed
  }

  async prices(symbols: readonly string[]): Answer<readonly VenueRate[]> {
    const byName = new Map(
      symbols.flatMap((symbol) => {
        const market = this.marketOf(symbol)
        return market === null ? [] : [[`${market.base}${market.quote}`, symbol] as const]
      }),
    )
    if (byName.size === 0) return ok([])
    const told = await this.api.call('read', z.array(binancePrice), (exchange) =>
      endpoint(exchange, 'binanceGetTickerPrice', { symbols: JSON.stringify([...byName.keys()]) }),
    )
    return told.ok ? ok(ratesOf(told.value, byName)) : told
  }

  async keyFacts(): Answer<KeyFacts> {
    const told = await this.api.call('read', rights, (exchange) => endpoint(exchange, 'privateGetOpenV1AccountSpot'))
    if (!told.ok) return told
    const { canWithdraw } = told.value
    return ok({ ...keyUntold, mayWithdraw: canWithdraw === true || Number(canWithdraw) === 1 })
  }

  /** How the venue is told to execute it. It knows stops and targets with a limit only: one far enough through is as good as none. */
  private async requestOf(approved: ApprovedOrder): Answer<Request> {
    const { symbol, side, quantity, price, triggerPrice: stopPrice } = approved
    const common = { symbol: this.idOf(symbol), side: wire.sideNumbers[side], quantity }
    const through = (from: string) => limitThrough(from, side, this.priceStepOf(symbol))
    switch (approved.type) {
      case 'limit':
        return ok({ ...common, type: typeNumbers.limit, price })
      case 'stop-limit':
      case 'take-profit-limit':
        return ok({ ...common, type: typeNumbers[approved.type], price, stopPrice })
      case 'stop-market':
        return ok({ ...common, type: typeNumbers['stop-limit'], price: through(stopPrice ?? '0'), stopPrice })
      case 'take-profit-market':
        return ok({ ...common, type: typeNumbers['take-profit-limit'], price: through(stopPrice ?? '0'), stopPrice })
      case 'market': {
        if (side === 'sell') return ok({ ...common, type: typeNumbers.market })
        // A purchase at the market is told by its cost, so that nobody knows how much comes in: a limit far enough through is.
        const ask = await this.bestAsk(symbol)
        if (!ask.ok) return ask
        return ok({ ...common, type: typeNumbers.limit, price: through(ask.value), timeInForce: immediateOrCancel })
      }
      default:
        return err(brokerError.unsupportedType(approved.type))
    }
  }

  private async placePair(approved: ApprovedOrder): Answer<Placed> {
    const { symbol, side, quantity, price, triggerPrice: stopPrice, clientOrderId } = approved
    const ids = halfIdsOf(clientOrderId)
    const request = {
      symbol: this.idOf(symbol),
      side: wire.sideNumbers[side],
      quantity,
      price,
      stopPrice,
      stopLimitPrice: limitThrough(stopPrice ?? '0', side, this.priceStepOf(symbol)),
      listClientId: clientOrderId,
      limitClientId: ids.target,
      stopClientId: ids.stop,
    }
    const placed = await this.api.call('place', placedPair, (exchange) =>
      endpoint(exchange, 'privatePostOpenV1OrdersOco', request),
    )
    return placed.ok ? ok({ venueOrderId: placed.value.orders[0]!.orderId, told: null }) : placed
  }

  private async findPair(clientOrderId: string, symbol: string): Answer<VenueOrder | null> {
    const halves: wire.TokocryptoOrder[] = []
    const ids = halfIdsOf(clientOrderId)
    for (const clientId of [ids.target, ids.stop]) {
      const half = await this.detail({ clientId })
      if (!half.ok) return half
      if (half.value !== null) halves.push(half.value)
    }
    const [target] = halves
    if (target === undefined) return ok(null)
    if (halves.length < 2) return err(brokerError.connectivity('a half of an order list is not told yet'))
    const told = halves.map((half) => wire.venueOrderOf(half, symbol))
    // Trades are those of the half that was executed.
    const executed = told.find(({ filledQuantity }) => filledQuantity !== '0')
    const fee = executed === undefined ? ok(null) : await this.whole(executed)
    if (!fee.ok) return fee
    const joined = joinedOrder(told, { clientOrderId, venueOrderId: target.orderId })
    if (fee.value === null) return ok(joined)
    const { fee: paid, feeCurrency, executedAt } = fee.value
    return ok({ ...joined, fee: paid, feeCurrency, executedAt })
  }

  private detail(query: Request): Answer<wire.TokocryptoOrder | null> {
    return absentAsNull(
      this.api.call('read', order, (exchange) => endpoint(exchange, 'privateGetOpenV1OrdersDetail', { ...query })),
    )
  }

  private async whole(told: VenueOrder): Answer<VenueOrder> {
    if (told.fee !== null || told.venueOrderId === null) return ok(told)
    const trades = await this.trades(told.symbol, { orderId: told.venueOrderId, limit: pageMax })
    return ok(trades.ok ? withFeeOf(told, trades.value) : told)
  }

  private trades(symbol: string, query: Request): Answer<wire.TokocryptoTrade[]> {
    return this.api.call('read', wire.tradeList, (exchange) =>
      endpoint(exchange, 'privateGetOpenV1OrdersTrades', { symbol: this.idOf(symbol), ...query }),
    )
  }

  private async clientIdsOf(orderIds: readonly string[]): Answer<ReadonlyMap<string, string>> {
    const ids = new Map<string, string>()
    for (const orderId of orderIds) {
      const found = await this.detail({ orderId })
      if (!found.ok) return found
      if (found.value !== null) ids.set(orderId, pairIdOf(found.value.clientId) ?? found.value.clientId)
    }
    return ok(ids)
  }

  /** Nothing has been sent yet when this fails. */
  private async bestAsk(symbol: string): Answer<string> {
    const market = this.marketOf(symbol)
    const told = await this.api.call('read', bookTicker, (exchange) =>
      endpoint(exchange, 'binanceGetTickerBookTicker', { symbol: `${market?.base}${market?.quote}` }),
    )
    if (told.ok) return ok(told.value.askPrice)
    return told.error.kind === 'connectivity' ? err(brokerError.notSent(told.error.message)) : told
  }

  /** Where something is held or locked, and where this session has placed or looked. */
  private async symbolsOfAccount(): Answer<readonly string[]> {
    const balances = await this.balances()
    if (!balances.ok) return balances
    const held = balances.value.flatMap(({ currency, total }) => (total === '0' ? [] : [`${currency}/USDT`]))
    return ok([...new Set([...held, ...this.noted])].filter((symbol) => this.isListed(symbol)))
  }

  private note(symbol: string): void {
    this.noted.delete(symbol)
    this.noted.add(symbol)
    const [oldest] = this.noted
    if (this.noted.size > notedMarketsMax && oldest !== undefined) this.noted.delete(oldest)
  }

  private marketOf(symbol: string): CcxtMarket | null {
    const market = this.api.market(symbol)
    return market !== null && isTraded(market) ? market : null
  }

  private idOf(symbol: string): string {
    return this.marketOf(symbol)?.id ?? symbol
  }

  private priceStepOf(symbol: string): string {
    const market = this.marketOf(symbol)
    return (market === null ? null : instrumentOf(market))?.priceStep ?? '0.01'
  }
}

function isTraded(market: CcxtMarket): boolean {
  return String(market.info['type']) === tradedType
}

function joinHalves(orders: readonly VenueOrder[]): VenueOrder[] {
  const groups = Map.groupBy(orders, (each) => pairIdOf(each.clientOrderId) ?? each.venueOrderId)
  return [...groups.values()].map((group) => {
    const [first] = group as [VenueOrder, ...VenueOrder[]]
    const pair = pairIdOf(first.clientOrderId)
    return pair === null ? first : joinedOrder(group, { clientOrderId: pair, venueOrderId: first.venueOrderId })
  })
}
