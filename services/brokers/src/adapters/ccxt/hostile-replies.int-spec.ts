import { generateKeyPairSync } from 'node:crypto'
import { type ApprovedOrder, approveOrder } from '@tradewire/broker-kit/approved-order'
import { encodeClientOrderId } from '@tradewire/broker-kit/client-order-id'
import type { BrokerDefinition } from '@tradewire/broker-kit/define-broker'
import { orderSubmit } from '@tradewire/contracts/events/orders'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { callHostile } from '#testing/hostile-calls'
import { hostileReplies, hostileTexts } from '#testing/hostile-replies'
import { ScriptedExchange, type Seen } from '#testing/scripted-exchange'
import { binanceSpotBroker } from './binance-spot.adapter.ts'
import { binanceUsdmBroker } from './binance-usdm.adapter.ts'
import { type CcxtVenue, sharedExchange } from './ccxt-exchange.client.ts'
import { cexBroker } from './cex.adapter.ts'
import { coinbaseBroker } from './coinbase.adapter.ts'
import { okxSpotBroker } from './okx-spot.adapter.ts'
import { okxSwapBroker } from './okx-swap.adapter.ts'
import { tokocryptoBroker } from './tokocrypto.adapter.ts'

/** So many of them over sockets: the rest is put beneath the library, which is where the venue's texts arrive. */
const overSockets = 300
const keyAndSecret = { apiKey: 'key', secret: 'secret' }
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const signingKey = {
  apiKey: 'organizations/one/apiKeys/two',
  secret: privateKey.export({ type: 'sec1', format: 'pem' }).toString(),
}
const phrase = { ...keyAndSecret, passphrase: 'phrase' }

const filters = [
  { filterType: 'PRICE_FILTER', tickSize: '0.10', minPrice: '0.10', maxPrice: '1000000' },
  { filterType: 'LOT_SIZE', stepSize: '0.001', minQty: '0.001', maxQty: '1000' },
  { filterType: 'MIN_NOTIONAL', notional: '5', minNotional: '5' },
]
const binanceTypes = [
  'LIMIT',
  'MARKET',
  'STOP_LOSS',
  'STOP_LOSS_LIMIT',
  'TAKE_PROFIT',
  'TAKE_PROFIT_LIMIT',
  'STOP',
  'STOP_MARKET',
]
const binanceMarket = {
  symbol: 'BTCUSDT',
  status: 'TRADING',
  baseAsset: 'BTC',
  quoteAsset: 'USDT',
  isSpotTradingAllowed: true,
  permissionSets: [['SPOT']],
  orderTypes: [...binanceTypes, 'TAKE_PROFIT_MARKET', 'TRAILING_STOP_MARKET'],
  filters,
}
const perpetual = { pair: 'BTCUSDT', contractType: 'PERPETUAL', marginAsset: 'USDT' }
const binanceOrder = {
  symbol: 'BTCUSDT',
  orderId: 7,
  orderListId: -1,
  clientOrderId: 'x',
  status: 'FILLED',
  executedQty: '0.015',
  cummulativeQuoteQty: '630',
  avgPrice: '42000',
  type: 'LIMIT',
  fills: [{ price: '42000', qty: '0.015', commission: '0.1', commissionAsset: 'USDT' }],
}
const binanceTrade = {
  id: 1,
  orderId: 7,
  price: '42000',
  qty: '0.015',
  commission: '0.1',
  commissionAsset: 'BNB',
  time: 1,
  isBuyer: true,
  side: 'BUY',
}
const binanceGood = [
  binanceOrder,
  [binanceOrder],
  [binanceTrade],
  { orderReports: [binanceOrder, { ...binanceOrder, status: 'EXPIRED', executedQty: '0' }] },
  { symbol: 'BTCUSDT', algoId: 9, clientAlgoId: 'x', algoStatus: 'NEW', actualOrderId: '7' },
  { balances: [{ asset: 'USDT', free: '1', locked: '2' }] },
  { assets: [{ asset: 'USDT', walletBalance: '1', marginBalance: '1', availableBalance: '1' }] },
  [{ symbol: 'BTCUSDT', positionAmt: '1', entryPrice: '1', unRealizedProfit: '-1' }],
  [{ symbol: 'BTCUSDT', price: '42000' }],
  { code: -2010, msg: 'Account has insufficient balance for requested action.' },
  { code: -1007, msg: 'Timeout waiting for response from backend server.' },
]
const okxInstrument = {
  instId: 'BTC-USDT-SWAP',
  instType: 'SWAP',
  uly: 'BTC-USDT',
  settleCcy: 'USDT',
  ctVal: '0.01',
  ctMult: '1',
  ctType: 'linear',
  lotSz: '0.01',
  minSz: '0.01',
  tickSz: '0.1',
  maxLmtSz: '100000000',
  maxMktSz: '12000',
  lever: '100',
  state: 'live',
}
const okxCoin = {
  ...okxInstrument,
  instId: 'BTC-USDT',
  instType: 'SPOT',
  baseCcy: 'BTC',
  quoteCcy: 'USDT',
  uly: '',
  settleCcy: '',
  ctVal: '',
  ctMult: '',
  ctType: '',
}
const okxOrder = {
  instId: 'BTC-USDT-SWAP',
  ordId: '7',
  clOrdId: 'x',
  state: 'filled',
  accFillSz: '1.5',
  avgPx: '42000',
  fee: '-0.1',
  feeCcy: 'USDT',
  sCode: '0',
  sMsg: '',
}
const okxGood = [
  { code: '0', msg: '', data: [okxOrder] },
  { code: '0', msg: '', data: [{ ...okxOrder, instId: 'BTC-USDT', state: 'live', accFillSz: '0', avgPx: '' }] },
  {
    code: '0',
    msg: '',
    data: [
      { algoId: '9', algoClOrdId: 'x', instId: 'BTC-USDT-SWAP', state: 'effective', ordId: '7', sCode: '0', sMsg: '' },
    ],
  },
  { code: '0', msg: '', data: [{ details: [{ ccy: 'USDT', cashBal: '1', availBal: '1', eq: '1' }] }] },
  {
    code: '0',
    msg: '',
    data: [
      {
        instId: 'BTC-USDT-SWAP',
        pos: '1',
        posSide: 'net',
        avgPx: '1',
        upl: '-1',
        tradeId: '1',
        billId: '2',
        ordId: '7',
        fillSz: '1',
        fillPx: '2',
        side: 'buy',
        ts: '1',
        last: '1',
      },
    ],
  },
  { code: '1', msg: 'All operations failed', data: [{ ordId: '', sCode: '51008', sMsg: 'Insufficient balance' }] },
  { code: '50026', msg: 'System error', data: [] },
]
const coinbaseOrder = {
  order_id: 'venue-id',
  client_order_id: 'x',
  product_id: 'BTC-USDT',
  status: 'FILLED',
  filled_size: '0.015',
  average_filled_price: '42000',
  total_fees: '0.63',
  reject_reason: '',
}
const coinbaseGood = [
  { success: true, success_response: { order_id: 'venue-id' } },
  {
    success: false,
    error_response: { error: 'INSUFFICIENT_FUND', preview_failure_reason: 'PREVIEW_INSUFFICIENT_FUND' },
  },
  { order: coinbaseOrder },
  { orders: [coinbaseOrder], cursor: '' },
  { accounts: [{ currency: 'USDT', available_balance: { value: '1' }, hold: { value: '1' } }], cursor: '' },
  {
    fills: [
      {
        trade_id: 't',
        order_id: 'venue-id',
        product_id: 'BTC-USDT',
        trade_time: '2022-01-01T00:00:00Z',
        price: '1',
        size: '1',
        size_in_quote: false,
        commission: '1',
        side: 'BUY',
      },
    ],
    cursor: '',
  },
  { results: [{ success: true, failure_reason: '', order_id: 'venue-id' }] },
  { trades: [], best_bid: '41999', best_ask: '42000' },
  { products: [{ product_id: 'BTC-USDT', price: '42000' }] },
  { can_transfer: false },
]
const coinbaseProduct = {
  product_id: 'BTC-USDT',
  product_type: 'SPOT',
  base_currency_id: 'BTC',
  quote_currency_id: 'USDT',
  base_increment: '0.00000001',
  price_increment: '0.01',
  base_min_size: '0.00000001',
  base_max_size: '3400',
  quote_min_size: '1',
  trading_disabled: false,
}
const tokocryptoOrder = {
  orderId: '7',
  bOrderListId: '0',
  clientId: 'x',
  bOrderId: '8',
  symbol: 'BTC_USDT',
  symbolType: 1,
  side: 0,
  type: 1,
  status: 2,
  executedQty: '0.015',
  executedPrice: '42000',
  executedQuoteQty: '630',
}
const wrapped = (data: unknown) => ({ code: 0, msg: 'Success', data, timestamp: 1 })
const tokocryptoGood = [
  wrapped(tokocryptoOrder),
  wrapped({ list: [tokocryptoOrder] }),
  wrapped({
    bOrderListId: '1',
    clientId: 'x',
    orders: [
      { orderId: '7', clientId: 'x-target' },
      { orderId: '8', clientId: 'x-stop' },
    ],
  }),
  wrapped({
    list: [
      {
        tradeId: '1',
        orderId: '7',
        price: '1',
        qty: '0.015',
        commission: '1',
        commissionAsset: 'BTC',
        isBuyer: 1,
        time: '1',
      },
    ],
  }),
  wrapped({ canWithdraw: 0, accountAssets: [{ asset: 'BTC', free: '1', locked: '0' }] }),
  [{ symbol: 'BTCUSDT', price: '42000' }],
  { symbol: 'BTCUSDT', bidPrice: '1', askPrice: '42000' },
  {
    code: 2202,
    msg: 'Insufficient balance',
    data: { code: -2010, msg: 'Account has insufficient balance for requested action.' },
  },
]
const cexOrder = {
  orderId: '7',
  clientOrderId: 'x',
  accountId: 'sub',
  status: 'FILLED',
  currency1: 'BTC',
  currency2: 'USDT',
  side: 'BUY',
  executedAmountCcy1: '0.015',
  executedAmountCcy2: '630',
  averagePrice: '42000',
  feeAmount: '1',
  feeCurrency: 'USDT',
  rejectReason: null,
  lastUpdateTimestamp: '1',
}
const cexGood = [
  { ok: 'ok', data: cexOrder },
  { ok: 'ok', data: [cexOrder, { ...cexOrder, orderId: '8', status: 'PARTIALLY_FILLED' }] },
  { ok: 'ok', data: {} },
  {
    ok: 'ok',
    data: { balancesPerAccounts: { sub: { USDT: { balance: '2', balanceOnHold: '1' }, BTC: { balance: '1' } } } },
  },
  { ok: 'ok', data: { 'BTC-USDT': { last: '42000', bestBid: '1', bestAsk: '1' } } },
  {
    ok: 'ok',
    data: {
      ...cexOrder,
      status: 'REJECTED',
      orderRejectReason: '{"code":405}',
      rejectCode: 405,
      rejectReason: 'Insufficient funds',
    },
  },
  { error: 'API rate limit reached' },
  { error: 'Order not found' },
]
const cexPair = {
  base: 'BTC',
  quote: 'USDT',
  baseMin: '0.00001',
  baseMax: '100',
  baseLotSize: '0.00000001',
  quoteMin: '1',
  pricePrecision: '1',
  basePrecision: '8',
  quotePrecision: '8',
}

interface Case {
  /** Of what its protocol is tried with. */
  readonly share?: number
  readonly broker: BrokerDefinition
  readonly venue: CcxtVenue
  readonly marketType: string
  readonly credentials: Record<string, string>
  readonly good: readonly unknown[]
  readonly markets: (seen: Seen) => unknown
}

const cases: readonly Case[] = [
  {
    broker: binanceSpotBroker,
    venue: 'binance',
    marketType: 'spot',
    credentials: keyAndSecret,
    good: binanceGood,
    markets: ({ path }) =>
      path.includes('exchangeInfo') ? { rateLimits: [], exchangeFilters: [], symbols: [binanceMarket] } : undefined,
  },
  {
    broker: binanceUsdmBroker,
    venue: 'binanceusdm',
    marketType: 'linear',
    credentials: keyAndSecret,
    good: binanceGood,
    markets: ({ path }) =>
      path.includes('exchangeInfo')
        ? { rateLimits: [], exchangeFilters: [], symbols: [{ ...binanceMarket, ...perpetual }] }
        : undefined,
  },
  ...([okxSpotBroker, okxSwapBroker] as const).map((broker): Case => ({
    broker,
    venue: 'okx',
    share: 0.5,
    marketType: broker.id === 'okx-spot' ? 'spot' : 'swap',
    credentials: phrase,
    good: okxGood,
    markets: ({ path }) =>
      path.includes('/public/instruments')
        ? { code: '0', msg: '', data: [path.includes('SPOT') ? okxCoin : okxInstrument] }
        : undefined,
  })),
  {
    broker: coinbaseBroker,
    venue: 'coinbase',
    marketType: 'spot',
    credentials: signingKey,
    good: coinbaseGood,
    markets: ({ path }) =>
      /\/market\/products(\?|$)/.test(path)
        ? { products: path.includes('FUTURE') ? [] : [coinbaseProduct] }
        : undefined,
  },
  {
    broker: tokocryptoBroker,
    venue: 'tokocrypto',
    marketType: 'spot',
    credentials: keyAndSecret,
    good: tokocryptoGood,
    markets: ({ path }) =>
      path.endsWith('/common/symbols')
        ? wrapped({
            list: [
              {
                type: 1,
                symbol: 'BTC_USDT',
                baseAsset: 'BTC',
                quoteAsset: 'USDT',
                filters,
                spotTradingEnable: 1,
                permissions: [],
              },
            ],
          })
        : undefined,
  },
  {
    broker: cexBroker,
    venue: 'cex',
    marketType: 'spot',
    credentials: { ...keyAndSecret, accountId: 'sub' },
    good: cexGood,
    markets: ({ path }) => (path.endsWith('/get_pairs_info') ? { ok: 'ok', data: [cexPair] } : undefined),
  },
]

const command = orderSubmit.data.parse(orderSubmit.example)
const exit = { purpose: 'stop', side: 'sell' } as const
const kinds = [
  {},
  { side: 'sell' },
  { type: 'limit', price: '19000' },
  { ...exit, type: 'stop-market', triggerPrice: '19000' },
  { ...exit, type: 'take-profit-market', triggerPrice: '21000' },
  { ...exit, type: 'stop-or-target', triggerPrice: '19000', price: '21000' },
] as const

function ordersFor({ capabilities }: BrokerDefinition): ApprovedOrder[] {
  return kinds.flatMap((part) => {
    const made = { ...command, quantity: '0.015', ...part } as typeof command
    if (!capabilities.orderTypes.includes(made.type)) return []
    const approved = approveOrder(made, encodeClientOrderId(capabilities.clientId, made.intentId))
    if (!approved.ok) throw new Error(approved.error.message)
    return [approved.value]
  })
}

const httpStatuses = fc.constantFrom(200, 200, 200, 200, 400, 401, 418, 429, 500, 502)

describe.each(cases.map((one) => [one.broker.id, one] as const))('%s, whatever its replies are', (_, one) => {
  it('never ends in an exception, and makes a placement unknown or coded', async () => {
    const { broker, venue, marketType, good } = one
    const texts = hostileTexts(good)
    let reply = { status: 200, body: '' }
    const exchange = new ScriptedExchange(
      () => reply,
      (seen) => {
        const markets = one.markets(seen)
        return markets === undefined ? undefined : { status: 200, body: JSON.stringify(markets) }
      },
    )
    const dependencies = await exchange.start()
    try {
      const connected = await broker.connect(one.credentials, { environment: 'paper', dependencies })
      if (!connected.ok) throw new Error(connected.error.message)
      const since = new Date(Date.now() - 60_000)
      const hostile = { session: connected.value, orders: ordersFor(broker), symbol: 'BTC/USDT', since }
      let calls = 0
      const property = fc.asyncProperty(texts, httpStatuses, async (body, status) => {
        reply = { status, body }
        await callHostile(hostile, calls)
        calls += 1
      })
      await fc.assert(property, { numRuns: overSockets, endOnFailure: true })
      let replies = exchange.seen.length
      const shared = { venue, environment: 'paper', paperPath: '', marketTypes: [marketType], dependencies } as const
      const session = await sharedExchange(shared).session(keyAndSecret)
      // All sessions inherit it from the one exchange of their venue.
      Object.assign(Object.getPrototypeOf(session) as object, {
        fetchImplementation: () => {
          replies += 1
          const { status, body } = reply
          return Promise.resolve({ status, statusText: '', headers: {}, text: () => Promise.resolve(body) })
        },
      })
      const wanted = hostileReplies * (one.share ?? 1)
      const enough = replies + wanted
      // A call may ask nothing, and one that asks more than once gets the same again.
      const until = fc.asyncProperty(texts, httpStatuses, async (body, status) => {
        if (replies >= enough) return
        reply = { status, body }
        await callHostile(hostile, calls)
        calls += 1
      })
      await fc.assert(until, { numRuns: 3 * wanted, endOnFailure: true })
      expect(replies).toBeGreaterThanOrEqual(enough)
      await connected.value.close()
    } finally {
      exchange.stop()
    }
  }, 300_000)
})
