/**
 * Public endpoints of Tokocrypto, and those of Binance's host that serve the prices of its markets.
 * Called by the ProtocolServer. Must never list a symbol that the engine does not trade.
 */
import { err, ok, type Result } from '@tradewire/kernel/result'
import { formatFixed } from '#domain/amount'
import { marketsOf, type Market } from '#domain/state'
import { dayTicker, depthQuantity } from '../binance/market-data.map.ts'
import type { Parameters } from '../binance/parameters.wire.ts'
import type { ProtocolEndpoint, PublicCall, Refused } from '../protocol/protocol.controller.ts'
import { symbolView } from './order.map.ts'
import { envelope, parametersOfCall, tokocryptoVenue, unknownSymbol } from './tokocrypto.wire.ts'

type Answer = Result<unknown, Refused>

const decimals = 8

/** On Binance's host the markets have Binance's names. */
function binanceName({ instrument }: Market): string {
  return `${instrument.base}${instrument.quote}`
}

function namesOf(parameters: Parameters): readonly string[] | null {
  const [symbol, list] = [parameters.text('symbol'), parameters.text('symbols')]
  if (symbol === undefined && list === undefined) return null
  return symbol === undefined ? (list ?? '').replaceAll(/["[\]\s]/g, '').split(',') : [symbol]
}

/** One object for `symbol`, else a list. */
function each(call: PublicCall, view: (market: Market) => object): Answer {
  const parameters = parametersOfCall(call.raw)
  const names = namesOf(parameters)
  const all = marketsOf(call.venue.state, tokocryptoVenue)
  const chosen = names === null ? all : names.map((name) => all.find((market) => binanceName(market) === name))
  const views: object[] = []
  for (const market of chosen) {
    if (market === undefined) return err(unknownSymbol(call.now))
    views.push({ ...view(market), symbol: binanceName(market) })
  }
  return ok(parameters.has('symbol') ? views[0] : views)
}

const price = (market: Market) => ({ symbol: '', price: formatFixed(market.price, decimals) })

function book(market: Market) {
  const [bidPrice, askPrice] = [formatFixed(market.bid, decimals), formatFixed(market.ask, decimals)]
  const quantity = formatFixed(depthQuantity(market), decimals)
  return { symbol: '', bidPrice, bidQty: quantity, askPrice, askQty: quantity }
}

function symbols(call: PublicCall): Answer {
  return ok(envelope({ list: marketsOf(call.venue.state, tokocryptoVenue).map(symbolView) }, call.now))
}

const open = { method: 'GET', access: 'public' } as const

export const marketEndpoints: readonly ProtocolEndpoint[] = [
  { ...open, path: '/open/v1/common/time', answer: (call: PublicCall) => ok(envelope(null, call.now)) },
  { ...open, path: '/open/v1/common/symbols', answer: symbols },
  { ...open, path: '/api/v3/ticker/price', answer: (call: PublicCall) => each(call, price) },
  { ...open, path: '/api/v3/ticker/bookTicker', answer: (call: PublicCall) => each(call, book) },
  {
    ...open,
    path: '/api/v3/ticker/24hr',
    answer: (call: PublicCall) => each(call, (market) => dayTicker(market, decimals, call.now)),
  },
]
