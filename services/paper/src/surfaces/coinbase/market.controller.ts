/**
 * Public endpoints of Coinbase Advanced Trade: time, products, tickers, candles. Called by the ProtocolServer.
 * Must never list a product that the engine does not trade.
 */
import { err, ok, type Result } from '@tradewire/kernel/result'
import { formatAmount } from '#domain/amount'
import { minuteMs } from '#domain/books/candles'
import { listedAs, marketsOf, type Market } from '#domain/state'
import { depthQuantity } from '../binance/market-data.map.ts'
import type { ProtocolEndpoint, PublicCall, Refused } from '../protocol/protocol.controller.ts'
import { coinbaseError, coinbaseVenue, unknownProduct } from './coinbase.wire.ts'
import { productView } from './order.map.ts'

type Answer = Result<unknown, Refused>

const secondMs = 1_000
const candlesMax = 350
const productPart = 6
const minutesOf: Readonly<Record<string, number>> = {
  ONE_MINUTE: 1,
  FIVE_MINUTE: 5,
  FIFTEEN_MINUTE: 15,
  THIRTY_MINUTE: 30,
  ONE_HOUR: 60,
  TWO_HOUR: 120,
  SIX_HOUR: 360,
  ONE_DAY: 1_440,
}

/** There are no futures here: their lists are empty. */
function products(call: PublicCall): Answer {
  const query = new URLSearchParams(call.raw.query)
  const ids = query.getAll('product_ids')
  const spot = query.get('product_type') !== 'FUTURE'
  const views = marketsOf(call.venue.state, coinbaseVenue)
    .map(productView)
    .filter(({ product_id }) => spot && (ids.length === 0 || ids.includes(product_id)))
  return ok({ products: views, num_products: views.length })
}

function one(call: PublicCall, view: (market: Market) => Answer): Answer {
  const market = listedAs(call.venue.state, coinbaseVenue, call.raw.path.split('/')[productPart] ?? '')
  return market === undefined ? err(unknownProduct) : view(market)
}

function ticker(call: PublicCall): Answer {
  return one(call, (market) => {
    const { bid, ask, price, instrument } = market
    const at = market.updatedAt === 0 ? call.now : market.updatedAt
    const trade = {
      trade_id: String(at),
      product_id: instrument.venueSymbol,
      price: formatAmount(price),
      size: formatAmount(depthQuantity(market)),
      time: new Date(at).toISOString(),
      side: 'BUY',
      exchange: 'CBE',
    }
    return ok({ trades: [trade], best_bid: formatAmount(bid), best_ask: formatAmount(ask) })
  })
}

function candles(call: PublicCall): Answer {
  const query = new URLSearchParams(call.raw.query)
  const minutes = minutesOf[query.get('granularity') ?? '']
  if (minutes === undefined) return err(coinbaseError('INVALID_ARGUMENT', 'granularity is invalid'))
  const seconds = (name: string) => (query.has(name) ? Number(query.get(name)) * secondMs : undefined)
  return one(call, (market) => {
    const intervalMs = minutes * minuteMs
    const list = market.candles.list({ intervalMs, limit: candlesMax, from: seconds('start'), to: seconds('end') })
    const rows = list.map(({ at, low, high, open, close, volume }) => ({
      start: String(at / secondMs),
      low: formatAmount(low),
      high: formatAmount(high),
      open: formatAmount(open),
      close: formatAmount(close),
      volume: formatAmount(volume),
    }))
    return ok({ candles: rows.toReversed() })
  })
}

function time(call: PublicCall): Answer {
  const epochSeconds = String(Math.floor(call.now / secondMs))
  return ok({ iso: new Date(call.now).toISOString(), epochSeconds, epochMillis: String(call.now) })
}

const open = { method: 'GET', access: 'public' } as const
const base = '/api/v3/brokerage/market/products'

export const marketEndpoints: readonly ProtocolEndpoint[] = [
  { ...open, path: '/api/v3/brokerage/time', answer: time },
  { ...open, path: base, answer: products },
  { ...open, path: `${base}/:product`, answer: (call: PublicCall) => one(call, (market) => ok(productView(market))) },
  { ...open, path: `${base}/:product/ticker`, answer: ticker },
  { ...open, path: `${base}/:product/candles`, answer: candles },
]
