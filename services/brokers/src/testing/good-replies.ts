/**
 * Replies as the exchanges behind ccxt send them when all is well, and their markets. Called by the hostile spec, which spoils them.
 * Must never be taken for a venue's document: they have what the adapters read.
 */
export const filters = [
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
export const binanceMarket = {
  symbol: 'BTCUSDT',
  status: 'TRADING',
  baseAsset: 'BTC',
  quoteAsset: 'USDT',
  isSpotTradingAllowed: true,
  permissionSets: [['SPOT']],
  orderTypes: [...binanceTypes, 'TAKE_PROFIT_MARKET', 'TRAILING_STOP_MARKET'],
  filters,
}
export const perpetual = { pair: 'BTCUSDT', contractType: 'PERPETUAL', marginAsset: 'USDT' }
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
export const binanceGood = [
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
export const okxInstrument = {
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
export const okxCoin = {
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
export const okxGood = [
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
export const coinbaseGood = [
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
export const coinbaseProduct = {
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
export const wrapped = (data: unknown) => ({ code: 0, msg: 'Success', data, timestamp: 1 })
export const tokocryptoGood = [
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
export const cexGood = [
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
export const cexPair = {
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
