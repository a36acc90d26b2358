/**
 * Public endpoints of OKX: time, instruments, tickers, candles.
 * Called by the ProtocolServer. Must never list an instrument that the engine does not trade.
 */
import { err, ok, type Result } from '@tradewire/kernel/result'
import { formatAmount } from '#domain/amount'
import { minuteMs } from '#domain/books/candles'
import { leverageMaxOf, type Instrument } from '#domain/listing/instruments'
import { marketsOf, type Market } from '#domain/state'
import { dayOf, depthQuantity } from '../binance/market-data.map.ts'
import type { ProtocolEndpoint, PublicCall, Refused } from '../protocol/protocol.controller.ts'
import { instrumentType, sizeText } from './order.map.ts'
import { emptyParameter, envelope, noSuchInstrument, okxError, okxVenues } from './okx.wire.ts'
import { queryOf } from './orders.controller.ts'

type Answer = Result<unknown, Refused>

const candlesMax = 300
const candlesDefault = 100
const listedAtMs = '1573557408000'
const boundless = '100000000.0000000000000000'
const barsMinutes: Readonly<Record<string, number>> = {
  '1m': 1,
  '3m': 3,
  '5m': 5,
  '15m': 15,
  '30m': 30,
  '1H': 60,
  '2H': 120,
  '4H': 240,
  '6H': 360,
  '12H': 720,
  '1D': 1_440,
}

function everyMarket(call: PublicCall): Market[] {
  return okxVenues.flatMap((venue) => marketsOf(call.venue.state, venue))
}

function common(instrument: Instrument) {
  return {
    alias: '',
    auctionEndTime: '',
    category: '1',
    contTdSwTime: '',
    expTime: '',
    futureSettlement: false,
    instId: instrument.venueSymbol,
    instIdCode: 0,
    instType: instrumentType(instrument),
    listTime: listedAtMs,
    lotSz: sizeText(instrument.quantityStep, instrument),
    maxIcebergSz: boundless,
    maxLmtAmt: '20000000',
    maxLmtSz: sizeText(instrument.quantityMaximum, instrument),
    maxMktSz: sizeText(instrument.marketQuantityMaximum, instrument),
    maxPlatOILmt: '',
    maxStopSz: sizeText(instrument.marketQuantityMaximum, instrument),
    maxTriggerSz: boundless,
    maxTwapSz: boundless,
    minSz: sizeText(instrument.quantityMinimum, instrument),
    openType: '',
    optType: '',
    posLmtAmt: '',
    posLmtPct: '',
    preMktSwTime: '',
    ruleType: 'normal',
    state: 'live',
    stk: '',
    tickSz: formatAmount(instrument.priceStep),
    tradeQuoteCcyList: [] as string[],
  }
}

function instrumentView(instrument: Instrument) {
  const { base, quote } = instrument
  const family = `${base}-${quote}`
  const spot = instrument.kind === 'spot'
  return {
    ...common(instrument),
    baseCcy: spot ? base : '',
    ctMult: spot ? '' : '1',
    ctType: spot ? '' : 'linear',
    ctVal: spot ? '' : formatAmount(instrument.contractSize),
    ctValCcy: spot ? '' : base,
    instFamily: spot ? '' : family,
    lever: spot ? '' : String(leverageMaxOf(instrument)),
    maxMktAmt: spot ? '1000000' : '',
    quoteCcy: spot ? quote : '',
    settleCcy: spot ? '' : quote,
    uly: spot ? '' : family,
  }
}

function instrumentList(call: PublicCall): Answer {
  const read = queryOf(call)
  const type = read('instType')
  if (type === undefined) return err(emptyParameter('instType'))
  if (!['SPOT', 'SWAP', 'MARGIN', 'FUTURES', 'OPTION'].includes(type)) {
    return err(okxError('51000', 'Parameter instType error'))
  }
  const id = read('instId')
  const views = everyMarket(call)
    .map(({ instrument }) => instrumentView(instrument))
    .filter(({ instType, instId }) => instType === type && (id === undefined || id === instId))
  return id !== undefined && views.length === 0 ? err(noSuchInstrument) : ok(envelope(views))
}

function tickerView(market: Market, now: number) {
  const { instrument, price, bid, ask } = market
  const day = dayOf(market)
  const text = formatAmount
  const depth = sizeText(depthQuantity(market), instrument)
  return {
    instType: instrumentType(instrument),
    instId: instrument.venueSymbol,
    last: text(price),
    lastSz: '0',
    askPx: text(ask),
    askSz: depth,
    bidPx: text(bid),
    bidSz: depth,
    open24h: text(day.open),
    high24h: text(day.high),
    low24h: text(day.low),
    volCcy24h: text(instrument.kind === 'spot' ? day.quoteVolume : day.volume),
    vol24h: sizeText(day.volume, instrument),
    sodUtc0: text(day.open),
    sodUtc8: text(day.open),
    ts: String(market.updatedAt === 0 ? now : market.updatedAt),
  }
}

function ticker(call: PublicCall): Answer {
  const id = queryOf(call)('instId')
  if (id === undefined) return err(emptyParameter('instId'))
  const market = everyMarket(call).find(({ instrument }) => instrument.venueSymbol === id)
  return market === undefined ? err(noSuchInstrument) : ok(envelope([tickerView(market, call.now)]))
}

function tickers(call: PublicCall): Answer {
  const type = queryOf(call)('instType')
  if (type === undefined) return err(emptyParameter('instType'))
  return ok(
    envelope(
      everyMarket(call)
        .map((market) => tickerView(market, call.now))
        .filter((each) => each.instType === type),
    ),
  )
}

/** Newest first: opening time, prices, volume in contracts, in base, in quote, and whether the candle is closed. */
function candles(call: PublicCall): Answer {
  const read = queryOf(call)
  const market = everyMarket(call).find(({ instrument }) => instrument.venueSymbol === read('instId'))
  if (market === undefined) return err(noSuchInstrument)
  const minutes = barsMinutes[read('bar') ?? '1m']
  if (minutes === undefined) return err(okxError('51000', 'Parameter bar error'))
  const intervalMs = minutes * minuteMs
  const [before, after] = [read('before'), read('after')]
  const list = market.candles.list({
    intervalMs,
    limit: Math.min(Number(read('limit') ?? candlesDefault) || candlesDefault, candlesMax),
    from: before === undefined ? undefined : Number(before) + 1,
    to: after === undefined ? undefined : Number(after) - 1,
  })
  const text = formatAmount
  const rows = list.map((each) => [
    String(each.at),
    text(each.open),
    text(each.high),
    text(each.low),
    text(each.close),
    sizeText(each.volume, market.instrument),
    text(each.volume),
    text(each.quoteVolume),
    each.at + intervalMs <= market.updatedAt ? '1' : '0',
  ])
  return ok(envelope(rows.toReversed()))
}

const open = { method: 'GET', access: 'public' } as const

export const marketEndpoints: readonly ProtocolEndpoint[] = [
  { ...open, path: '/api/v5/public/time', answer: (call: PublicCall) => ok(envelope([{ ts: String(call.now) }])) },
  { ...open, path: '/api/v5/public/instruments', answer: instrumentList },
  { ...open, path: '/api/v5/market/ticker', answer: ticker },
  { ...open, path: '/api/v5/market/tickers', answer: tickers },
  { ...open, path: '/api/v5/market/candles', answer: candles },
]
