/**
 * CEX.IO's calls of one sub-account. Called by its session. Open and ended orders are asked for apart, and there is no list of
 * executions: what an order did counts once it has ended. Must never take an order as gone before both were asked.
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
import { decimal } from '@tradewire/kernel/decimal'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { z } from 'zod'
import { amount, positiveOrNull } from '../ccxt/amounts.wire.ts'
import * as wire from './cex-order.wire.ts'
import type { CoinExchange, Placed } from '../ccxt/coin-session.client.ts'
import { type Answer, endpoint, type ExchangeApi } from '../ccxt/exchange-api.client.ts'
import { limitThrough } from '../ccxt/limit-through.map.ts'
import { data } from '../ccxt/wrapped-data.wire.ts'

const pageMax = 1_000
const pagesMax = 40
/** The venue answers for the last year. */
const archiveMs = 364 * 86_400_000

const rejected = data(z.object({ status: z.literal('REJECTED') }))
const placed = z.union([rejected, data(wire.cexOrder)])
const orders = data(z.array(wire.cexOrder))
const accepted = z.object({ ok: z.literal('ok') })
const tickers = data(z.record(z.string(), z.object({ last: amount.nullish() })))

type Request = Readonly<Record<string, unknown>>

export class CexExchange implements CoinExchange {
  private cancels = 0

  constructor(
    private readonly api: ExchangeApi,
    private readonly accountId: string,
  ) {}

  isListed(symbol: string): boolean {
    return this.api.marketId(symbol) !== null
  }

  async place(order: ApprovedOrder): Answer<Placed> {
    const kind = this.kindOf(order)
    if (!kind.ok) return kind
    const [currency1, currency2] = order.symbol.split('/')
    const request = {
      clientOrderId: order.clientOrderId,
      accountId: this.accountId,
      currency1,
      currency2,
      side: order.side.toUpperCase(),
      timestamp: this.api.nowMs(),
      amountCcy1: order.quantity,
      ...kind.value,
    }
    const answer = await this.api.call('place', placed, (exchange) =>
      endpoint(exchange, 'privatePostDoMyNewOrder', request),
    )
    if (!answer.ok) return answer
    if (!('orderId' in answer.value)) return err(brokerError.rejected('REFUSED_BY_VENUE', 'the order was rejected'))
    const told = wire.venueOrderOf(answer.value)
    return ok({ venueOrderId: answer.value.orderId, told: { ...told, clientOrderId: order.clientOrderId } })
  }

  /** Whatever the words of a refusal are: an order that is not open any more was not found. */
  async cancel(venueOrderId: string): Answer<unknown> {
    this.cancels += 1
    const timestamp = this.api.nowMs()
    const request = { orderId: Number(venueOrderId), cancelRequestId: `c_${timestamp}_${this.cancels}`, timestamp }
    const answer = await this.api.call('cancel', accepted, (exchange) =>
      endpoint(exchange, 'privatePostDoCancelMyOrder', request),
    )
    if (answer.ok || answer.error.kind !== 'rejected') return answer
    const found = await this.read(venueOrderId)
    const ended = found.ok && found.value?.status !== 'working'
    return ended ? err(brokerError.rejected('ORDER_NOT_FOUND', answer.error.message)) : answer
  }

  async read(venueOrderId: string): Answer<VenueOrder | null> {
    return this.find({ orderId: Number(venueOrderId) })
  }

  findByClientId({ clientOrderId }: OrderReference): Answer<VenueOrder | null> {
    return this.find({ clientOrderId })
  }

  async openOrders(): Answer<readonly VenueOrder[]> {
    const open = await this.list({})
    return open.ok ? ok(open.value.map(wire.venueOrderOf)) : open
  }

  async balances(): Answer<readonly VenueBalance[]> {
    const told = await this.api.call('read', wire.cexBalances, (exchange) =>
      endpoint(exchange, 'privatePostGetMyAccountStatusV3', { accountIds: [this.accountId] }),
    )
    return told.ok ? ok(wire.balancesOf(told.value, this.accountId)) : told
  }

  /** Without what unfinished orders have executed, as their fills are told when they have ended. */
  async settledBalances(): Answer<readonly VenueBalance[]> {
    const [balances, open] = await Promise.all([this.balances(), this.list({})])
    if (!balances.ok) return balances
    if (!open.ok) return open
    const moved = new Map<string, ReturnType<typeof decimal>>()
    for (const order of open.value) {
      const executed = wire.executedOf(order)
      const before = moved.get(order.currency1) ?? decimal('0')
      moved.set(order.currency1, order.side === 'BUY' ? before.plus(executed) : before.minus(executed))
    }
    return ok(
      balances.value.map((each) => {
        const difference = moved.get(each.currency)
        return difference === undefined ? each : { ...each, total: decimal(each.total).minus(difference).toString() }
      }),
    )
  }

  async fillsSince(symbol: string, since: Date): Answer<readonly VenueFill[]> {
    const ended = await this.archived({ pair: this.api.marketId(symbol) ?? symbol })
    if (!ended.ok) return ended
    const fills = ended.value.filter((each) => wire.executedOf(each).gt(decimal('0'))).map(wire.venueFillOf)
    return ok(fills.filter(({ at }) => at >= since))
  }

  async instruments(): Answer<readonly VenueInstrument[]> {
    const listed = await this.api.listed()
    return listed.ok ? ok(listed.value.flatMap((market) => wire.cexInstrumentOf(market) ?? [])) : listed
  }

  async prices(symbols: readonly string[]): Answer<readonly VenueRate[]> {
    const byPair = new Map(symbols.flatMap((symbol) => [[this.api.marketId(symbol), symbol] as const]))
    byPair.delete(null)
    if (byPair.size === 0) return ok([])
    const told = await this.api.call('read', tickers, (exchange) =>
      endpoint(exchange, 'publicPostGetTicker', { pairs: [...byPair.keys()] }),
    )
    if (!told.ok) return told
    return ok(
      Object.entries(told.value).flatMap(([pair, { last }]) => {
        const [symbol, price] = [byPair.get(pair), positiveOrNull(last)]
        return symbol === undefined || price === null ? [] : [{ symbol, price }]
      }),
    )
  }

  /** The venue does not say what a key may do. */
  async keyFacts(): Answer<KeyFacts> {
    await Promise.resolve()
    return ok(keyUntold)
  }

  /** It knows stops with a limit only: one far enough through is as good as none. */
  private kindOf({
    type,
    side,
    symbol,
    price,
    triggerPrice: stopPrice,
  }: ApprovedOrder): Result<Request, brokerError.BrokerError> {
    const limit = { orderType: 'Limit', timeInForce: 'GTC' }
    switch (type) {
      case 'market':
        return ok({ orderType: 'Market' })
      case 'limit':
        return ok({ ...limit, price })
      case 'stop-limit':
        return ok({ ...limit, price, stopPrice })
      case 'stop-market':
        return ok({ ...limit, price: limitThrough(stopPrice ?? '0', side, this.priceStepOf(symbol)), stopPrice })
      default:
        return err(brokerError.unsupportedType(type))
    }
  }

  /** First among the open ones: an order that ends between the two questions is then among the ended ones. */
  private async find(query: Request): Answer<VenueOrder | null> {
    const open = await this.list(query)
    if (!open.ok) return open
    const found = open.value[0]
    if (found !== undefined) return ok(wire.venueOrderOf(found))
    const ended = await this.archived(query)
    if (!ended.ok) return ended
    const [last] = ended.value
    return ok(last === undefined ? null : wire.venueOrderOf(last))
  }

  private archived(query: Request): Answer<wire.CexOrder[]> {
    return this.list({ ...query, archived: true, serverCreateTimestampFrom: this.api.nowMs() - archiveMs })
  }

  /** Page by page to the end. */
  private async list(query: Request): Answer<wire.CexOrder[]> {
    const all: wire.CexOrder[] = []
    for (let pageNumber = 0; pageNumber < pagesMax; pageNumber += 1) {
      const page = await this.api.call('read', orders, (exchange) =>
        endpoint(exchange, 'privatePostGetMyOrders', { ...query, pageSize: pageMax, pageNumber }),
      )
      if (!page.ok) return page
      all.push(...page.value)
      if (page.value.length < pageMax) return ok(all)
    }
    return err(brokerError.connectivity(`more than ${pagesMax} pages of orders`))
  }

  private priceStepOf(symbol: string): string {
    const market = this.api.market(symbol)
    return (market === null ? null : wire.cexInstrumentOf(market)?.priceStep) ?? '0.01'
  }
}
