/**
 * Coinbase's calls of one account. Called by its session. The venue cannot be asked for an order by our id, and takes
 * no quantity for a purchase at the market: both are made up for here. Must never take a list that ended early for all there is.
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
import { amount, amountOrNone, positiveOrNull } from '../ccxt/amounts.wire.ts'
import { mapCcxtFailure } from '../ccxt/ccxt-error.map.ts'
import { coinbaseCodes } from './coinbase-codes.map.ts'
import * as wire from './coinbase-order.wire.ts'
import type { CoinExchange, Placed } from '../ccxt/coin-session.client.ts'
import { absentAsNull, type Answer, endpoint, type ExchangeApi } from '../ccxt/exchange-api.client.ts'
import { limitThrough } from '../ccxt/limit-through.map.ts'

const pageMax = 250
const pagesMax = 40
const knownOrdersMax = 5_000

const placed = z.object({ success: z.literal(true), success_response: z.object({ order_id: z.string().min(1) }) })
const cancelled = z.object({
  results: z.array(z.object({ success: z.boolean(), failure_reason: z.string().nullish() })).length(1),
})
const ticker = z.object({ best_bid: amount, best_ask: amount })
const single = z.object({ order: wire.coinbaseOrder }).transform(({ order }) => order)
const products = z.object({ products: z.array(z.object({ product_id: z.string(), price: amountOrNone })) })
const permissions = z.object({ can_transfer: z.boolean() })
const cursor = z.string().nullish()

type Configuration = Readonly<Record<string, Readonly<Record<string, unknown>>>>

export class CoinbaseExchange implements CoinExchange {
  /** Client ids by the venue's ids: fills tell only those. */
  private readonly clientIds = new Map<string, string>()

  constructor(private readonly api: ExchangeApi) {}

  isListed(symbol: string): boolean {
    return this.api.marketId(symbol) !== null
  }

  async place(order: ApprovedOrder): Answer<Placed> {
    const configuration = await this.configurationOf(order)
    if (!configuration.ok) return configuration
    const answer = await this.api.call('place', placed, (exchange) =>
      endpoint(exchange, 'v3PrivatePostBrokerageOrders', {
        client_order_id: order.clientOrderId,
        product_id: this.api.marketId(order.symbol) ?? order.symbol,
        side: order.side.toUpperCase(),
        order_configuration: configuration.value,
      }),
    )
    if (!answer.ok) return answer
    const id = answer.value.success_response.order_id
    this.note(id, order.clientOrderId)
    return ok({ venueOrderId: id, told: null })
  }

  async cancel(venueOrderId: string): Answer<unknown> {
    const answer = await this.api.call('cancel', cancelled, (exchange) =>
      endpoint(exchange, 'v3PrivatePostBrokerageOrdersBatchCancel', { order_ids: [venueOrderId] }),
    )
    if (!answer.ok) return answer
    const [result] = answer.value.results
    if (result?.success === true) return ok(null)
    const reason = result?.failure_reason ?? 'no reason was told'
    const failure = { names: ['ExchangeError'], code: reason, message: reason, retryAfterMs: null }
    return err(mapCcxtFailure(failure, 'cancel', coinbaseCodes))
  }

  async read(venueOrderId: string, symbol: string): Answer<VenueOrder | null> {
    const found = await absentAsNull(
      this.api.call('read', single, (exchange) =>
        endpoint(exchange, 'v3PrivateGetBrokerageOrdersHistoricalOrderId', { order_id: venueOrderId }),
      ),
    )
    if (!found.ok || found.value === null) return found.ok ? ok(null) : found
    return ok(wire.venueOrderOf(found.value, symbol))
  }

  /** All orders of the product are looked through, newest first. */
  async findByClientId({ clientOrderId, symbol }: OrderReference): Answer<VenueOrder | null> {
    const query = { product_ids: this.api.marketId(symbol) ?? symbol }
    const found = await this.orders(query, (orders) => orders.some((each) => each.client_order_id === clientOrderId))
    if (!found.ok) return found
    const order = found.value.find((each) => each.client_order_id === clientOrderId)
    return ok(order === undefined ? null : wire.venueOrderOf(order, symbol))
  }

  async openOrders(): Answer<readonly VenueOrder[]> {
    const open = await this.orders({ order_status: 'OPEN' })
    return open.ok ? ok(open.value.map((each) => wire.venueOrderOf(each, this.api.symbolOf(each.product_id)))) : open
  }

  async balances(): Answer<readonly VenueBalance[]> {
    const page = z
      .object({ accounts: z.array(wire.coinbaseAccount), cursor })
      .transform(({ accounts: items, cursor: next }) => ({ items, next }))
    const accounts = await this.pages('v3PrivateGetBrokerageAccounts', {}, page)
    return accounts.ok ? ok(wire.balancesOf(accounts.value)) : accounts
  }

  async fillsSince(symbol: string, since: Date): Answer<readonly VenueFill[]> {
    const query = {
      product_ids: this.api.marketId(symbol) ?? symbol,
      start_sequence_timestamp: since.toISOString(),
    }
    const page = z
      .object({ fills: z.array(wire.coinbaseFill), cursor })
      .transform(({ fills: items, cursor: next }) => ({ items, next }))
    const fills = await this.pages('v3PrivateGetBrokerageOrdersHistoricalFills', query, page)
    if (!fills.ok) return fills
    const known = await this.clientIdsOf([...new Set(fills.value.map((each) => each.order_id))])
    if (!known.ok) return known
    return ok(fills.value.map((each) => wire.venueFillOf(each, symbol, known.value.get(each.order_id) ?? null)))
  }

  async instruments(): Answer<readonly VenueInstrument[]> {
    const listed = await this.api.listed()
    return listed.ok ? ok(listed.value.flatMap((market) => wire.coinbaseInstrumentOf(market) ?? [])) : listed
  }

  async prices(symbols: readonly string[]): Answer<readonly VenueRate[]> {
    const wanted = new Map(symbols.flatMap((symbol) => [[this.api.marketId(symbol), symbol] as const]))
    wanted.delete(null)
    if (wanted.size === 0) return ok([])
    const told = await this.api.call('read', products, (exchange) =>
      endpoint(exchange, 'v3PublicGetBrokerageMarketProducts', { product_ids: [...wanted.keys()] }),
    )
    if (!told.ok) return told
    return ok(
      told.value.products.flatMap(({ product_id, price: last }) => {
        const [symbol, price] = [wanted.get(product_id), positiveOrNull(last)]
        return symbol === undefined || price === null ? [] : [{ symbol, price }]
      }),
    )
  }

  async keyFacts(): Answer<KeyFacts> {
    const told = await this.api.call('read', permissions, (exchange) =>
      endpoint(exchange, 'v3PrivateGetBrokerageKeyPermissions'),
    )
    return told.ok ? ok({ ...keyUntold, mayWithdraw: told.value.can_transfer }) : told
  }

  /** How the venue is told to execute it. It knows stops with a limit only: one far enough through is as good as none. */
  private async configurationOf(order: ApprovedOrder): Answer<Configuration> {
    const { side, quantity: base_size, price: limit_price, triggerPrice: stop_price } = order
    const takesProfit = order.type === 'take-profit-limit' || order.type === 'take-profit-market'
    const stop_direction = (side === 'buy') === takesProfit ? 'STOP_DIRECTION_STOP_DOWN' : 'STOP_DIRECTION_STOP_UP'
    const through = (price: string) => limitThrough(price, side, this.priceStepOf(order.symbol))
    switch (order.type) {
      case 'limit':
        return ok({ limit_limit_gtc: { base_size, limit_price, post_only: false } })
      case 'stop-limit':
      case 'take-profit-limit':
        return ok({ stop_limit_stop_limit_gtc: { base_size, limit_price, stop_price, stop_direction } })
      case 'stop-market':
      case 'take-profit-market': {
        const limit = through(stop_price ?? '0')
        return ok({ stop_limit_stop_limit_gtc: { base_size, limit_price: limit, stop_price, stop_direction } })
      }
      case 'stop-or-target':
        return ok({ trigger_bracket_gtc: { base_size, limit_price, stop_trigger_price: stop_price } })
      case 'market': {
        if (side === 'sell') return ok({ market_market_ioc: { base_size } })
        // A purchase at the market is told by its cost, so that nobody knows how much comes in: a limit far enough through is.
        const ask = await this.bestAsk(order.symbol)
        return ask.ok ? ok({ sor_limit_ioc: { base_size, limit_price: through(ask.value) } }) : ask
      }
      default:
        return err(brokerError.unsupportedType(order.type))
    }
  }

  /** Nothing has been sent yet when this fails. */
  private async bestAsk(symbol: string): Answer<string> {
    const told = await this.api.call('read', ticker, (exchange) =>
      endpoint(exchange, 'v3PublicGetBrokerageMarketProductsProductIdTicker', {
        product_id: this.api.marketId(symbol) ?? symbol,
        limit: 1,
      }),
    )
    if (told.ok) return ok(told.value.best_ask)
    return told.error.kind === 'connectivity' ? err(brokerError.notSent(told.error.message)) : told
  }

  private priceStepOf(symbol: string): string {
    const market = this.api.market(symbol)
    return (market === null ? null : wire.coinbaseInstrumentOf(market)?.priceStep) ?? '0.01'
  }

  private async clientIdsOf(orderIds: readonly string[]): Answer<ReadonlyMap<string, string>> {
    for (const orderId of orderIds) {
      if (this.clientIds.has(orderId)) continue
      const order = await absentAsNull(
        this.api.call('read', single, (exchange) =>
          endpoint(exchange, 'v3PrivateGetBrokerageOrdersHistoricalOrderId', { order_id: orderId }),
        ),
      )
      if (!order.ok) return order
      if (order.value !== null) this.note(orderId, order.value.client_order_id)
    }
    return ok(this.clientIds)
  }

  private note(orderId: string, clientOrderId: string): void {
    this.clientIds.set(orderId, clientOrderId)
    const [oldest] = this.clientIds.keys()
    if (this.clientIds.size > knownOrdersMax && oldest !== undefined) this.clientIds.delete(oldest)
  }

  private orders(
    query: Record<string, string>,
    enough: (orders: readonly z.output<typeof wire.coinbaseOrder>[]) => boolean = () => false,
  ): Answer<readonly z.output<typeof wire.coinbaseOrder>[]> {
    const page = z
      .object({ orders: z.array(wire.coinbaseOrder), cursor })
      .transform(({ orders: items, cursor: next }) => ({ items, next }))
    return this.pages('v3PrivateGetBrokerageOrdersHistoricalBatch', query, page, enough)
  }

  /** Page by page to the end, or until there is enough. */
  private async pages<Item>(
    name: `v3PrivateGet${string}`,
    query: Record<string, string>,
    page: z.ZodType<{ items: Item[]; next: string | null | undefined }>,
    enough: (items: readonly Item[]) => boolean = () => false,
  ): Answer<Item[]> {
    const all: Item[] = []
    let from: string | undefined
    for (let pages = 0; pages < pagesMax; pages += 1) {
      const limited = { ...query, limit: String(pageMax), ...(from === undefined ? {} : { cursor: from }) }
      const answer = await this.api.call('read', page, (exchange) => endpoint(exchange, name, limited))
      if (!answer.ok) return answer
      all.push(...answer.value.items)
      const { next } = answer.value
      if (next === null || next === undefined || next === '' || enough(answer.value.items)) return ok(all)
      from = next
    }
    return err(brokerError.connectivity(`more than ${pagesMax} pages`))
  }
}
