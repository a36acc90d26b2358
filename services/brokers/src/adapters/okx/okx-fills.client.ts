/**
 * All fills of one symbol since a moment, with the client order ids that fills of algo orders leave out.
 * Called by the OKX session. Must never stop at a full page: a fill that is not told looks like somebody else's.
 */
import * as brokerError from '@tradewire/broker-kit/broker-error'
import type { VenueFill } from '@tradewire/broker-kit/broker-session'
import { err, ok } from '@tradewire/kernel/result'
import { absentAsNull, type Answer, endpoint, type ExchangeApi } from '../ccxt/exchange-api.client.ts'
import type { OkxMarkets } from './okx-markets.client.ts'
import * as wire from './okx-order.wire.ts'

interface OrderOfFill {
  readonly clientOrderId: string | null
  readonly forced: VenueFill['forced']
}

const pageMax = 100
const pagesMax = 200
const nobodys: OrderOfFill = { clientOrderId: null, forced: null }

export class OkxFills {
  constructor(
    private readonly api: ExchangeApi,
    private readonly markets: OkxMarkets,
  ) {}

  async since(symbol: string, since: Date): Answer<readonly VenueFill[]> {
    const market = this.markets.of(symbol)
    if (market === null) return ok([])
    const instId = this.api.marketId(symbol) ?? symbol
    const fills = await this.all(instId, since)
    if (!fills.ok) return fills
    const orders = new Map<string, OrderOfFill>()
    for (const { ordId, clOrdId } of fills.value) {
      if (clOrdId !== '' || orders.has(ordId)) continue
      const order = await this.orderOf(instId, ordId)
      if (!order.ok) return order
      orders.set(ordId, order.value)
    }
    return ok(
      fills.value.map((each) =>
        wire.venueFillOf(each, market, orders.get(each.ordId) ?? { clientOrderId: each.clOrdId, forced: null }),
      ),
    )
  }

  /** Newest first, each page from before the last bill of the one before it. */
  private async all(instId: string, since: Date): Answer<readonly wire.OkxFill[]> {
    const found: wire.OkxFill[] = []
    const query = {
      instType: this.markets.instrumentType,
      instId,
      begin: String(since.getTime()),
      limit: String(pageMax),
    }
    let after: string | undefined
    for (let pages = 0; pages < pagesMax; pages += 1) {
      const page = await this.api.call('read', wire.listOf(wire.okxFill), (api) =>
        endpoint(api, 'privateGetTradeFillsHistory', after === undefined ? query : { ...query, after }),
      )
      if (!page.ok) return page
      found.push(...page.value)
      after = page.value.at(-1)?.billId
      if (page.value.length < pageMax || after === undefined) return ok(found)
    }
    return err(brokerError.connectivity(`more than ${pagesMax} pages of fills`))
  }

  /** Orders without a client id are somebody else's, the venue's own, or came from an algo order. */
  private async orderOf(instId: string, ordId: string): Answer<OrderOfFill> {
    const list = await absentAsNull(
      this.api.call('read', wire.listOf(wire.okxOrder), (api) =>
        endpoint(api, 'privateGetTradeOrder', { instId, ordId }),
      ),
    )
    if (!list.ok) return list
    const [raw] = list.value ?? []
    if (raw === undefined) return ok(nobodys)
    const clientOrderId = wire.clientIdOf(raw)
    return ok({ clientOrderId: clientOrderId === '' ? null : clientOrderId, forced: wire.forcedOf(raw.category) })
  }
}
