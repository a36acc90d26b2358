import { createHmac } from 'node:crypto'
import { eventually } from '@tradewire/testkit/eventually'
import { ManualClock } from '@tradewire/testkit/manual-clock'
import ccxt from 'ccxt'
import { beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { type Credentials, keySets, keysOf, VenueUnderTest } from '#testing/venue-under-test'

const symbol = 'BTC/USDT'
const venue = new VenueUnderTest('binance-spot')

let account: Credentials
let exchange: InstanceType<typeof ccxt.binance>

function clientOf({ apiKey, secret }: Credentials): InstanceType<typeof ccxt.binance> {
  const options = { fetchMarkets: { types: ['spot'] }, fetchCurrencies: false }
  const client = new ccxt.binance({ apiKey, secret, options, enableRateLimit: false })
  client.fetchImplementation = venue.redirect('https://api.binance.com')
  return client
}

const signed = (method: string, path: string, query = '', secret = account.secret) =>
  venue.signed({ ...account, secret }, method, path, query)

beforeEach(async () => {
  await venue.move('42000')
  account = await venue.openAccount('10000', { balances: { BTC: '1' } })
  exchange = clientOf(account)
  await exchange.loadMarkets()
})

describe('spot orders through the real client', () => {
  it('fill at the market, pay the fee in what they receive, and move the balances', async () => {
    const order = await exchange.createOrder(symbol, 'market', 'buy', 0.01, undefined, {
      clientOrderId: venue.nextId(),
    })
    expect(order).toMatchObject({ status: 'closed', filled: 0.01, average: 42000 })
    expect(order.fee).toMatchObject({ cost: 0.00001, currency: 'BTC' })
    const balance = await exchange.fetchBalance()
    expect(balance).toMatchObject({ BTC: { total: 1.00999 }, USDT: { total: 9580 } })
    expect((await exchange.fetchMyTrades(symbol))[0]).toMatchObject({ amount: 0.01, side: 'buy' })
    const spent = await exchange.createOrder(symbol, 'market', 'buy', 0.01, 42000)
    expect(spent.filled).toBe(0.01)
  })

  it('set funds aside while a limit rests and give them back when it is cancelled', async () => {
    const id = venue.nextId()
    const order = await exchange.createOrder(symbol, 'limit', 'buy', 0.1, 40000, { clientOrderId: id })
    expect(await exchange.fetchBalance()).toMatchObject({ USDT: { free: 6000, used: 4000, total: 10000 } })
    expect(await exchange.fetchOrder(String(order.id), symbol)).toMatchObject({ status: 'open', clientOrderId: id })
    await exchange.cancelOrder(String(order.id), symbol)
    expect(await exchange.fetchBalance()).toMatchObject({ USDT: { free: 10000, used: 0 } })
    expect(await exchange.fetchOpenOrders(symbol)).toHaveLength(0)
    await expect(exchange.cancelAllOrders(symbol)).rejects.toThrow(ccxt.OrderNotFound)
  })

  it('wait as stop loss and take profit and execute when triggered', async () => {
    const stop = await exchange.createOrder(symbol, 'limit', 'sell', 0.1, 40900, { stopLossPrice: 41000 })
    expect((await exchange.fetchOpenOrders(symbol))[0]).toMatchObject({ id: stop.id, triggerPrice: 41000 })
    const target = await exchange.createOrder(symbol, 'market', 'sell', 0.1, undefined, { takeProfitPrice: 43000 })
    await venue.move('43500')
    expect(await exchange.fetchOrder(String(target.id), symbol)).toMatchObject({ status: 'closed', average: 43500 })
    await venue.move('41000')
    expect(await exchange.fetchOrder(String(stop.id), symbol)).toMatchObject({ status: 'closed', average: 41000 })
  })

  it('stand as a list of stop and target of which one cancels the other', async () => {
    const list = await signed(
      'POST',
      '/api/v3/orderList/oco',
      'symbol=BTCUSDT&side=SELL&quantity=0.5&aboveType=LIMIT_MAKER&abovePrice=44000&belowType=STOP_LOSS&belowStopPrice=40000&listClientOrderId=pair',
    )
    expect(list).toMatchObject({ status: 200, body: { listOrderStatus: 'EXECUTING' } })
    expect(await exchange.fetchBalance()).toMatchObject({ BTC: { used: 0.5 } })
    expect(await exchange.fetchOpenOrders(symbol)).toHaveLength(2)
    await venue.move('40000')
    expect(await exchange.fetchOpenOrders(symbol)).toHaveLength(0)
    expect(await exchange.fetchBalance()).toMatchObject({ BTC: { used: 0, total: 0.5 } })
    expect(await signed('GET', '/api/v3/orderList', 'listClientOrderId=pair')).toMatchObject({
      body: { listOrderStatus: 'ALL_DONE' },
    })
  })

  it('cancel both orders of a list together', async () => {
    await signed(
      'POST',
      '/api/v3/orderList/oco',
      'symbol=BTCUSDT&side=SELL&quantity=0.5&aboveType=LIMIT_MAKER&abovePrice=44000&belowType=STOP_LOSS_LIMIT&belowStopPrice=40000&belowPrice=39900&belowTimeInForce=GTC',
    )
    const [order] = await exchange.fetchOpenOrders(symbol)
    const cancelled = await signed('DELETE', '/api/v3/order', `symbol=BTCUSDT&orderId=${String(order?.id)}`)
    expect((cancelled.body as { orderReports: object[] }).orderReports).toHaveLength(2)
    expect(await exchange.fetchOpenOrders(symbol)).toHaveLength(0)
  })
})

describe('spot refusals as the client classes them', () => {
  const place = (type: string, side: string, quantity: number, price?: number, more = {}) =>
    exchange.createOrder(symbol, type, side, quantity, price, more)

  it('funds, triggers, makers, duplicates', async () => {
    await expect(place('limit', 'buy', 1, 40000)).rejects.toThrow(ccxt.InsufficientFunds)
    await expect(place('limit', 'buy', 0.01, 43000, { postOnly: true })).rejects.toThrow(ccxt.OrderImmediatelyFillable)
    await expect(place('limit', 'sell', 0.01, 43000, { stopLossPrice: 43000 })).rejects.toThrow(ccxt.InvalidOrder)
    const clientOrderId = venue.nextId()
    await place('limit', 'buy', 0.01, 40000, { clientOrderId })
    await expect(place('limit', 'buy', 0.01, 40000, { clientOrderId })).rejects.toThrow(/Duplicate order sent/)
  })

  it('filters, unknown orders, symbols', async () => {
    const order = 'symbol=BTCUSDT&side=BUY&timeInForce=GTC&type=LIMIT'
    expect(await signed('POST', '/api/v3/order', `${order}&quantity=0.000015&price=40000`)).toMatchObject({
      status: 400,
      body: { code: -1013, msg: 'Filter failure: LOT_SIZE' },
    })
    expect(await signed('POST', '/api/v3/order', `${order}&quantity=0.01&price=40000.001`)).toMatchObject({
      body: { msg: 'Filter failure: PRICE_FILTER' },
    })
    expect(await signed('POST', '/api/v3/order', `${order}&quantity=0.00001&price=40000`)).toMatchObject({
      body: { msg: 'Filter failure: NOTIONAL' },
    })
    expect(await signed('POST', '/api/v3/order', `${order}&quantity=0.000000001&price=40000`)).toMatchObject({
      body: { code: -1111 },
    })
    expect(await signed('POST', '/api/v3/order', 'symbol=NOPE&side=BUY&type=MARKET&quantity=1')).toMatchObject({
      body: { code: -1121 },
    })
    await expect(exchange.fetchOrder('5', symbol)).rejects.toThrow(ccxt.OrderNotFound)
    await expect(exchange.cancelOrder('5', symbol)).rejects.toThrow(ccxt.OrderNotFound)
  })
})

describe('the real budgets of spot', () => {
  // Stands still: however long fifty calls take, they are within the same ten seconds.
  const clock = new ManualClock()
  const standing = new VenueUnderTest('binance-spot', { PAPER_LIMITS: 'real' }, clock)

  it('let fifty orders of an account through within ten seconds, and the next when they are over', async () => {
    await standing.move('42000')
    const one = await standing.openAccount('10000')
    const order = () =>
      standing.signed(one, 'POST', '/api/v3/order', 'symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.001')
    for (let count = 0; count < 50; count += 1) expect((await order()).status).toBe(200)
    const limited = await order()
    expect(limited).toMatchObject({ status: 429, body: { code: -1015 } })
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0)
    clock.advance(10_000)
    expect((await order()).status).toBe(200)
  })
})

describe('spot user data over the websocket API', () => {
  interface Message {
    id?: string
    status?: number
    result?: object
    error?: object
    event?: Record<string, unknown>
  }

  async function open(): Promise<{ messages: Message[]; socket: WebSocket }> {
    const socket = new WebSocket(`${venue.base.replace('http', 'ws')}/ws-api/v3`)
    const messages: Message[] = []
    socket.on('message', (data) => messages.push(JSON.parse((data as Buffer).toString('utf8')) as Message))
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
    return { messages, socket }
  }

  function subscribe(socket: WebSocket, secret: string): void {
    const timestamp = Date.now()
    const text = `apiKey=${account.apiKey}&recvWindow=5000&timestamp=${String(timestamp)}`
    const signature = createHmac('sha256', secret).update(text).digest('hex')
    const params = { apiKey: account.apiKey, timestamp, recvWindow: 5000, signature }
    socket.send(JSON.stringify({ id: '1', method: 'userDataStream.subscribe.signature', params }))
  }

  it('refuses a wrong signature', async () => {
    const { messages, socket } = await open()
    subscribe(socket, 'wrong')
    await eventually(() => messages.length > 0)
    expect(messages[0]).toMatchObject({ id: '1', status: 400, error: { code: -1022 } })
    socket.close()
  })

  it('tells executions and balances with the keys of the venue', async () => {
    const { messages, socket } = await open()
    subscribe(socket, account.secret)
    await eventually(() => messages.length > 0)
    expect(messages[0]).toEqual({ id: '1', status: 200, result: { subscriptionId: 0 } })
    await exchange.createOrder(symbol, 'market', 'buy', 0.01, undefined, { clientOrderId: 'event-1' })
    const resting = await exchange.createOrder(symbol, 'limit', 'buy', 0.01, 40000, { clientOrderId: 'event-2' })
    await exchange.cancelOrder(String(resting.id), symbol)
    await signed(
      'POST',
      '/api/v3/orderList/oco',
      'symbol=BTCUSDT&side=SELL&quantity=0.5&aboveType=LIMIT_MAKER&abovePrice=44000&belowType=STOP_LOSS&belowStopPrice=40000',
    )
    await eventually(() => messages.some(({ event }) => event?.['e'] === 'listStatus'))
    const events = messages.slice(1).map(({ event }) => event as Record<string, unknown>)
    const reports = events.filter(({ e }) => e === 'executionReport')
    expect(reports.slice(0, 4).map(({ c, C, x, X }) => [c, C, x, X])).toEqual([
      ['event-1', '', 'NEW', 'NEW'],
      ['event-1', '', 'TRADE', 'FILLED'],
      ['event-2', '', 'NEW', 'NEW'],
      [`cancel-${String(resting.id)}`, 'event-2', 'CANCELED', 'CANCELED'],
    ])
    for (const report of reports) expect(keysOf(report)).toEqual(keySets['spot.event.executionReport'])
    expect(keysOf(messages[1])).toEqual(keySets['spot.event.wrapped'])
    const position = events.find(({ e }) => e === 'outboundAccountPosition') as { B: object[] }
    expect(keysOf(position)).toEqual(keySets['spot.event.accountPosition'])
    expect(keysOf(position.B[0])).toEqual(keySets['spot.event.accountPosition.B'])
    expect(keysOf(events.find(({ e }) => e === 'listStatus'))).toEqual(keySets['spot.event.listStatus'])
    socket.close()
  })
})

describe('spot answers', () => {
  it('have the keys of the venue', async () => {
    const placed = await signed('POST', '/api/v3/order', 'symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.01')
    expect(keysOf(placed.body)).toEqual(keySets['spot.newOrder.full'])
    expect(keysOf((placed.body as { fills: object[] }).fills[0])).toEqual(keySets['spot.newOrder.fill'])
    const resting = await signed(
      'POST',
      '/api/v3/order',
      'symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.01&price=40000',
    )
    const { orderId } = resting.body as { orderId: number }
    const at = `symbol=BTCUSDT&orderId=${String(orderId)}`
    expect(keysOf((await signed('GET', '/api/v3/order', at)).body)).toEqual(keySets['spot.order'])
    expect(keysOf(((await signed('GET', '/api/v3/openOrders')).body as object[])[0])).toEqual(
      keySets['spot.openOrders'],
    )
    expect(keysOf(((await signed('GET', '/api/v3/allOrders', 'symbol=BTCUSDT')).body as object[])[0])).toEqual(
      keySets['spot.allOrders'],
    )
    expect(keysOf(((await signed('GET', '/api/v3/myTrades', 'symbol=BTCUSDT')).body as object[])[0])).toEqual(
      keySets['spot.trade'],
    )
    expect(keysOf((await signed('DELETE', '/api/v3/order', at)).body)).toEqual(keySets['spot.cancel'])
    const view = (await signed('GET', '/api/v3/account')).body as { balances: object[]; commissionRates: object }
    expect(keysOf(view)).toEqual(keySets['spot.account'])
    expect(keysOf(view.balances[0])).toEqual(keySets['spot.account.balance'])
    expect(keysOf(view.commissionRates)).toEqual(keySets['spot.account.commissionRates'])
    const open = async (path: string) => (await (await fetch(venue.base + path)).json()) as never
    const info = (await open('/api/v3/exchangeInfo')) as { symbols: object[] }
    expect(keysOf(info)).toEqual(keySets['spot.exchangeInfo'])
    expect(keysOf(info.symbols[0])).toEqual(keySets['spot.exchangeInfo.symbol'])
    expect(keysOf(await open('/api/v3/ticker/24hr?symbol=BTCUSDT'))).toEqual(keySets['spot.ticker24hr'])
    expect(keysOf(await open('/api/v3/ticker/price?symbol=BTCUSDT'))).toEqual(keySets['spot.tickerPrice'])
    expect(keysOf(await open('/api/v3/ticker/bookTicker?symbol=BTCUSDT'))).toEqual(keySets['spot.bookTicker'])
    expect(keysOf(await open('/api/v3/depth?symbol=BTCUSDT'))).toEqual(keySets['spot.depth'])
    expect(keysOf(await open('/api/v3/avgPrice?symbol=BTCUSDT'))).toEqual(keySets['spot.avgPrice'])
  })
})
