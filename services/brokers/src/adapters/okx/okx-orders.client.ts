/**
 * Reads orders and algo orders of one OKX account. Called by its session.
 * Must never take an answer without an order for the proof that there is none.
 */
import * as brokerError from '@tradewire/broker-kit/broker-error'
import type { VenueOrder } from '@tradewire/broker-kit/broker-session'
import { err, ok } from '@tradewire/kernel/result'
import type { z } from 'zod'
import { absentAsNull, type Answer, endpoint, type ExchangeApi } from '../ccxt/exchange-api.client.ts'
import type { OkxMarkets } from './okx-markets.client.ts'
import * as wire from './okx-order.wire.ts'

/** The venue lists one kind of algo order at a time. */
const algoKinds = ['conditional', 'oco', 'trigger', 'move_order_stop'] as const
const pageMax = 100
const pagesMax = 20

type ListName = 'privateGetTradeOrdersPending' | 'privateGetTradeOrdersAlgoPending'

export class OkxOrders {
  constructor(
    private readonly api: ExchangeApi,
    private readonly markets: OkxMarkets,
  ) {}

  /** Null when the venue knows no such order in the book. */
  async read(symbol: string, by: Record<string, string>): Answer<VenueOrder | null> {
    const instId = this.api.marketId(symbol) ?? symbol
    const list = await absentAsNull(
      this.api.call('read', wire.listOf(wire.okxOrder), (exchange) =>
        endpoint(exchange, 'privateGetTradeOrder', { instId, ...by }),
      ),
    )
    if (!list.ok || list.value === null) return list.ok ? ok(null) : list
    const [raw] = list.value
    if (raw === undefined) return err(brokerError.connectivity('the venue told nothing of the order'))
    const [order] = this.markets.told(raw.instId, (market) => wire.venueOrderOf(raw, market))
    return order === undefined ? err(brokerError.connectivity('the order is of an unknown instrument')) : ok(order)
  }

  /** Null when the venue knows no such algo order. */
  async readAlgo(clientOrderId: string): Answer<wire.OkxAlgoOrder | null> {
    const list = await absentAsNull(
      this.api.call('read', wire.listOf(wire.okxAlgoOrder), (exchange) =>
        endpoint(exchange, 'privateGetTradeOrderAlgo', { algoClOrdId: clientOrderId }),
      ),
    )
    if (!list.ok || list.value === null) return list.ok ? ok(null) : list
    const [algo] = list.value
    return algo === undefined ? err(brokerError.connectivity('the venue told nothing of the order')) : ok(algo)
  }

  /** What is open in both books. */
  async open(): Answer<readonly VenueOrder[]> {
    const orders = await this.pages('privateGetTradeOrdersPending', {}, wire.okxOrder)
    if (!orders.ok) return orders
    const open = orders.value.flatMap((each) =>
      this.markets.told(each.instId, (market) => wire.venueOrderOf(each, market)),
    )
    for (const ordType of algoKinds) {
      const algos = await this.pages('privateGetTradeOrdersAlgoPending', { ordType }, wire.okxAlgoOrder)
      if (!algos.ok) return algos
      for (const each of algos.value) {
        open.push(...this.markets.told(each.instId, ({ symbol }) => wire.venueOrderOfAlgo(each, symbol)))
      }
    }
    return ok(open)
  }

  /** Newest first, page by page, to the end: an order that is not told looks as if it were gone. */
  private async pages<Item extends wire.OkxOrder | wire.OkxAlgoOrder>(
    name: ListName,
    kind: Record<string, string>,
    item: z.ZodType<Item>,
  ): Answer<Item[]> {
    const all: Item[] = []
    const query = { ...kind, instType: this.markets.instrumentType }
    let after: string | undefined
    for (let pages = 0; pages < pagesMax; pages += 1) {
      const page = await this.api.call('read', wire.listOf(item), (api) =>
        endpoint(api, name, after === undefined ? query : { ...query, after }),
      )
      if (!page.ok) return page
      all.push(...page.value)
      const last = page.value.at(-1)
      if (page.value.length < pageMax || last === undefined) return ok(all)
      after = name === 'privateGetTradeOrdersPending' ? last.ordId : last.algoId
    }
    return err(brokerError.connectivity(`more than ${pagesMax} pages of open orders`))
  }
}
