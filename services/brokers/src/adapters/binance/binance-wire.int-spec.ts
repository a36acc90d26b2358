import { createHmac } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type ApprovedOrder, approveOrder } from '@tradewire/broker-kit/approved-order'
import type { BrokerSession } from '@tradewire/broker-kit/broker-session'
import { encodeClientOrderId } from '@tradewire/broker-kit/client-order-id'
import type { BrokerDefinition, BrokerDependencies } from '@tradewire/broker-kit/define-broker'
import { orderSubmit } from '@tradewire/contracts/events/orders'
import { SystemClock } from '@tradewire/kernel/clock'
import { SystemRandomness } from '@tradewire/kernel/randomness'
import { eventually } from '@tradewire/testkit/eventually'
import { memoryLogger } from '@tradewire/testkit/memory-logger'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { binanceSpotBroker } from './binance-spot.adapter.ts'
import { BinanceApi } from './binance-api.client.ts'
import { binanceUsdmBroker } from './binance-usdm.adapter.ts'
import { sharedExchange } from '../ccxt/ccxt-exchange.client.ts'

interface Seen {
  readonly method: string
  readonly path: string
  readonly key: string
  readonly signed: string
  readonly fields: URLSearchParams
}

const command = orderSubmit.data.parse(orderSubmit.example)
const filters = [
  { filterType: 'PRICE_FILTER', tickSize: '0.10', minPrice: '0.10', maxPrice: '1000000' },
  { filterType: 'LOT_SIZE', stepSize: '0.001', minQty: '0.001', maxQty: '1000' },
  { filterType: 'MARKET_LOT_SIZE', stepSize: '0.001', minQty: '0.001', maxQty: '120' },
  { filterType: 'MIN_NOTIONAL', notional: '100', minNotional: '100' },
]
const spotSymbol = {
  symbol: 'BTCUSDT',
  status: 'TRADING',
  baseAsset: 'BTC',
  quoteAsset: 'USDT',
  isSpotTradingAllowed: true,
  permissionSets: [['SPOT']],
  orderTypes: [
    'LIMIT',
    'MARKET',
    'STOP',
    'STOP_MARKET',
    'TAKE_PROFIT',
    'TAKE_PROFIT_MARKET',
    'TRAILING_STOP_MARKET',
    'STOP_LOSS',
    'STOP_LOSS_LIMIT',
    'TAKE_PROFIT_LIMIT',
  ],
  filters,
}
const futuresSymbol = { ...spotSymbol, pair: 'BTCUSDT', contractType: 'PERPETUAL', marginAsset: 'USDT' }
/** Dollars that are traded for other dollars join the two currencies in which this venue quotes. */
const futuresSymbols = [
  futuresSymbol,
  { ...futuresSymbol, symbol: 'USDCUSDT', pair: 'USDCUSDT', baseAsset: 'USDC' },
  { ...futuresSymbol, symbol: 'BTCUSDC', pair: 'BTCUSDC', quoteAsset: 'USDC', marginAsset: 'USDC' },
]

let server: Server
let seen: Seen[] = []
let respond: (seen: Seen) => { readonly status: number; readonly body: unknown } | 'hang-up'
let dependencies: BrokerDependencies

function normal({ path, fields }: Seen): { status: number; body: unknown } {
  if (path.endsWith('/exchangeInfo'))
    return {
      status: 200,
      body: {
        timezone: 'UTC',
        serverTime: 1,
        rateLimits: [],
        exchangeFilters: [],
        symbols: path.includes('/fapi/') ? futuresSymbols : [spotSymbol],
      },
    }
  const base = {
    symbol: 'BTCUSDT',
    orderId: 7,
    status: 'NEW',
    executedQty: '0',
    price: '0',
    origQty: '1',
    side: 'BUY',
    type: 'LIMIT',
  }
  if (path.endsWith('/algoOrder'))
    return {
      status: 200,
      body: { symbol: 'BTCUSDT', algoId: 9, clientAlgoId: fields.get('clientAlgoId'), algoStatus: 'NEW' },
    }
  return { status: 200, body: { ...base, clientOrderId: fields.get('newClientOrderId') ?? 'x' } }
}

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      const url = new URL(request.url ?? '', 'http://venue')
      const text = url.search.slice(1) + body
      const one = {
        method: request.method ?? '',
        path: url.pathname,
        key: String(request.headers['x-mbx-apikey']),
        signed: text,
        fields: new URLSearchParams(text),
      }
      seen.push(one)
      const reply = respond(one)
      if (reply === 'hang-up') {
        request.socket.destroy()
        return
      }
      response.writeHead(reply.status, {
        'content-type': 'application/json',
        ...(reply.status === 429 ? { 'retry-after': '7' } : {}),
      })
      response.end(JSON.stringify(reply.body))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  dependencies = {
    clock: new SystemClock(),
    randomness: new SystemRandomness(),
    log: memoryLogger().logger,
    paperUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connectionsMax: 4,
    requestTimeoutMs: 1_000,
  }
})
beforeEach(() => {
  seen = []
  respond = normal
})
afterAll(() => server.close())

async function connect(definition: BrokerDefinition, name = 'a'): Promise<BrokerSession> {
  const connected = await definition.connect(
    { apiKey: `key-${name}`, secret: `secret-${name}` },
    { environment: 'paper', dependencies },
  )
  if (!connected.ok) throw new Error(connected.error.message)
  return connected.value
}

function orderOf(part: object): ApprovedOrder {
  const made = { ...command, ...part }
  const approved = approveOrder(made, encodeClientOrderId(binanceUsdmBroker.capabilities.clientId, made.intentId))
  if (!approved.ok) throw new Error(approved.error.message)
  return approved.value
}

const stop = { purpose: 'stop', side: 'sell', reduceOnly: true } as const
const forms = [
  ['market', {}, 'newClientOrderId', 'MARKET', 'MARKET'],
  ['limit', { type: 'limit', price: '19000' }, 'newClientOrderId', 'LIMIT', 'LIMIT'],
  ['stop-market', { ...stop, type: 'stop-market', triggerPrice: '19000' }, 'clientAlgoId', 'STOP_MARKET', 'STOP_LOSS'],
  [
    'stop-limit',
    { ...stop, type: 'stop-limit', triggerPrice: '19000', price: '18990' },
    'clientAlgoId',
    'STOP',
    'STOP_LOSS_LIMIT',
  ],
  [
    'take-profit-market',
    { ...stop, type: 'take-profit-market', triggerPrice: '21000' },
    'clientAlgoId',
    'TAKE_PROFIT_MARKET',
    'TAKE_PROFIT',
  ],
  [
    'take-profit-limit',
    { ...stop, type: 'take-profit-limit', triggerPrice: '21000', price: '21010' },
    'clientAlgoId',
    'TAKE_PROFIT',
    'TAKE_PROFIT_LIMIT',
  ],
  [
    'trailing-stop',
    { ...stop, type: 'trailing-stop', callbackRatePercent: '2' },
    'clientAlgoId',
    'TRAILING_STOP_MARKET',
    null,
  ],
] as const

describe('our id on the wire', () => {
  it.each(forms)('stands in the right field of a %s order', async (_, part, usdmField, usdmType, spotType) => {
    const order = orderOf(part)
    const futures = await connect(binanceUsdmBroker)
    expect((await futures.submit(order)).ok).toBe(true)
    const placed = seen.at(-1)
    expect(placed?.fields.get(usdmField)).toBe(order.clientOrderId)
    expect(placed?.fields.get('type')).toBe(usdmType)
    expect(placed?.path).toBe(
      usdmField === 'clientAlgoId' ? '/binance-usdm/fapi/v1/algoOrder' : '/binance-usdm/fapi/v1/order',
    )
    if (spotType === null) return
    const spot = await connect(binanceSpotBroker)
    expect((await spot.submit(order)).ok).toBe(true)
    expect(seen.at(-1)?.fields.get('newClientOrderId')).toBe(order.clientOrderId)
    expect(seen.at(-1)?.fields.get('type')).toBe(spotType)
    expect(seen.at(-1)?.fields.get('quantity')).toBe(order.quantity)
  })
})

describe('a stop and a target at spot', () => {
  it('travel as one order list, whose halves bear our id with a word behind', async () => {
    const order = orderOf({ ...stop, type: 'stop-or-target', triggerPrice: '19000', price: '21000' })
    const half = { symbol: 'BTCUSDT', orderListId: 5, status: 'NEW', executedQty: '0' }
    respond = (asked) =>
      asked.path.endsWith('/orderList/oco')
        ? {
            status: 200,
            body: {
              orderReports: [
                { ...half, orderId: 7, clientOrderId: asked.fields.get('aboveClientOrderId') },
                { ...half, orderId: 8, clientOrderId: asked.fields.get('belowClientOrderId') },
              ],
            },
          }
        : normal(asked)
    const spot = await connect(binanceSpotBroker)
    expect(await spot.submit(order)).toMatchObject({
      ok: true,
      value: { clientOrderId: order.clientOrderId, venueOrderId: 'list 5', status: 'working', filledQuantity: '0' },
    })
    const { path, fields } = seen.at(-1)!
    expect(path).toBe('/binance-spot/api/v3/orderList/oco')
    expect(Object.fromEntries(fields)).toMatchObject({
      symbol: 'BTCUSDT',
      side: 'SELL',
      quantity: order.quantity,
      listClientOrderId: order.clientOrderId,
      aboveType: 'LIMIT_MAKER',
      abovePrice: '21000',
      aboveClientOrderId: `${order.clientOrderId}-target`,
      belowType: 'STOP_LOSS',
      belowStopPrice: '19000',
      belowClientOrderId: `${order.clientOrderId}-stop`,
    })
  })
})

describe('sessions of one venue', () => {
  it('sign with their own keys and share one download of the markets', async () => {
    const sessions = await Promise.all(['a', 'b', 'c'].map((name) => connect(binanceUsdmBroker, name)))
    await Promise.all(sessions.map((session) => session.submit(orderOf({}))))
    expect(seen.filter(({ path }) => path.endsWith('/exchangeInfo')).length).toBeLessThanOrEqual(1)
    for (const { key, signed } of seen.filter(({ path }) => path.endsWith('/order'))) {
      const [text = '', signature] = signed.split('&signature=')
      const secret = key.replace('key-', 'secret-')
      expect(createHmac('sha256', secret).update(text).digest('hex')).toBe(signature)
    }
    expect(new Set(seen.filter(({ path }) => path.endsWith('/order')).map(({ key }) => key)).size).toBe(3)
  })
})

describe('rates', () => {
  const prices = [
    { symbol: 'BTCUSDT', price: '20000.1', time: 1 },
    { symbol: 'USDCUSDT', price: '0.9998', time: 1 },
    { symbol: 'BTCUSDC', price: '20004.1', time: 1 },
    { symbol: 'UNLISTED', price: '3', time: 1 },
  ]

  it('are those of the symbols that join two currencies in which the venue quotes, in one read', async () => {
    respond = (one) => (one.path.endsWith('/ticker/price') ? { status: 200, body: prices } : normal(one))
    const session = await connect(binanceUsdmBroker)
    expect(await session.rates()).toEqual({ ok: true, value: [{ symbol: 'USDC/USDT', price: '0.9998' }] })
    expect(seen.filter(({ path }) => path.endsWith('/ticker/price'))).toHaveLength(1)
    await session.close()
  })

  it('are none where a coin is bought with what it is quoted in', async () => {
    const session = await connect(binanceSpotBroker)
    expect(await session.rates()).toEqual({ ok: true, value: [] })
    await session.close()
  })
})

describe('failures', () => {
  it('are never repeated by the library', async () => {
    const session = await connect(binanceUsdmBroker)
    seen = []
    respond = () => 'hang-up'
    const lost = await session.submit(orderOf({}))
    expect(lost.ok ? null : lost.error.kind).toBe('outcome-unknown')
    respond = () => ({ status: 503, body: { code: -1007, msg: 'Timeout waiting for response from backend server.' } })
    const late = await session.submit(orderOf({}))
    expect(late.ok ? null : late.error.kind).toBe('outcome-unknown')
    expect(seen.filter(({ method }) => method === 'POST')).toHaveLength(2)
  })

  it('tell how long a rate limit lasts, and a wrong key after an earlier success', async () => {
    const session = await connect(binanceSpotBroker)
    await session.submit(orderOf({}))
    respond = () => ({ status: 429, body: { code: -1003, msg: 'Too many requests.' } })
    expect(await session.submit(orderOf({}))).toMatchObject({
      ok: false,
      error: { kind: 'rate-limited', retryAfterMs: 7_000 },
    })
    respond = () => ({ status: 401, body: { code: -2015, msg: 'Invalid API-key, IP, or permissions for action.' } })
    expect(await session.submit(orderOf({}))).toMatchObject({ ok: false, error: { kind: 'auth' } })
  })

  it.each([
    [-4400, 'Futures Trading Quantitative Rules violated, only reduceOnly order is allowed, please try again later.'],
    [-4192, 'Trade forbidden due to Cooling-off Period.'],
    [-4087, 'User can only place reduce only order'],
  ])('that forbid the account an order (%i) refuse that order and leave the key alone', async (code, msg) => {
    const session = await connect(binanceUsdmBroker)
    respond = () => ({ status: 400, body: { code, msg } })
    expect(await session.submit(orderOf({}))).toMatchObject({ ok: false, error: { kind: 'rejected', message: msg } })
  })

  it('that forbid the account a leverage refuse that and leave the key alone', async () => {
    const session = await connect(binanceUsdmBroker)
    const msg = 'More than 20x leverage is available one month after account registration.'
    respond = () => ({ status: 400, body: { code: -4203, msg } })
    expect(await session.setLeverage('BTC/USDT', 50)).toMatchObject({ ok: false, error: { kind: 'rejected' } })
  })

  it.each([-1005, -1011, -1109, -2015, -2017])('tell a key that lets nobody in (%i)', async (code) => {
    const session = await connect(binanceUsdmBroker)
    respond = () => ({ status: 401, body: { code, msg: 'words' } })
    expect(await session.submit(orderOf({}))).toMatchObject({ ok: false, error: { kind: 'auth' } })
  })

  it("of a clock that is off are mended by the venue's own: the next order is taken", async () => {
    const session = await connect(binanceUsdmBroker)
    const aheadMs = 60_000
    respond = (one) => {
      const venueMs = Date.now() + aheadMs
      if (one.path.endsWith('/time')) return { status: 200, body: { serverTime: venueMs } }
      const stale = Math.abs(Number(one.fields.get('timestamp')) - venueMs) > 10_000
      const msg = 'Timestamp for this request is outside of the recvWindow.'
      return stale ? { status: 400, body: { code: -1021, msg } } : normal(one)
    }
    expect(await session.submit(orderOf({}))).toMatchObject({ ok: false, error: { kind: 'not-sent' } })
    await eventually(async () => (await session.submit(orderOf({}))).ok, { describe: 'an order is taken' })
  })

  it('leave the outcome open when the reply to an order cannot be read', async () => {
    const session = await connect(binanceUsdmBroker)
    respond = () => ({ status: 200, body: { surprise: true } })
    expect(await session.submit(orderOf({}))).toMatchObject({ ok: false, error: { kind: 'outcome-unknown' } })
  })
})

describe('what the venue says of a key', () => {
  async function factsOf(told: object): ReturnType<BinanceApi['keyFacts']> {
    const venue = { venue: 'binanceusdm', environment: 'paper', paperPath: '/binance-usdm', dependencies } as const
    const exchange = await sharedExchange({ ...venue, marketTypes: ['linear'] }).session({ apiKey: 'a', secret: 'b' })
    respond = ({ path }) => ({ status: 200, body: path.endsWith('/sapi/v1/account/apiRestrictions') ? told : {} })
    return new BinanceApi(exchange, { contracts: true, clock: dependencies.clock }).keyFacts()
  }

  it.each([
    [
      'bound to addresses',
      { ipRestrict: true, enableWithdrawals: false },
      { mayWithdraw: false, ipBound: true, expiresAt: null },
    ],
    [
      'free and of an end',
      { ipRestrict: false, enableWithdrawals: true, tradingAuthorityExpirationTime: 1_628_985_600_000 },
      { mayWithdraw: true, ipBound: false, expiresAt: new Date('2021-08-15T00:00:00.000Z') },
    ],
    ['told no more of', { enableWithdrawals: false }, { mayWithdraw: false, ipBound: null, expiresAt: null }],
  ])('%s', async (_name, told, value) => {
    expect(await factsOf(told)).toEqual({ ok: true, value })
  })

  it('is an error where the end is no moment', async () => {
    const told = { ipRestrict: false, enableWithdrawals: false, tradingAuthorityExpirationTime: 9e15 }
    expect(await factsOf(told)).toMatchObject({ ok: false, error: { kind: 'connectivity' } })
  })
})

describe('settings of the account', () => {
  it.each([
    [true, expect.stringContaining('One-way Mode') as string],
    [false, null],
  ])('are told where they keep us from trading: Hedge Mode is %s', async (dualSidePosition, value) => {
    const session = await connect(binanceUsdmBroker)
    respond = ({ path }) => ({
      status: 200,
      body: path.includes('/fapi/v1/positionSide/dual') ? { dualSidePosition } : {},
    })
    expect(await session.settingsProblem?.()).toEqual({ ok: true, value })
  })
})
