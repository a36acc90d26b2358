import { createHmac } from 'node:crypto'
import { eventually } from '@tradewire/testkit/eventually'
import ccxt from 'ccxt'
import { beforeEach, describe, expect, it } from 'vitest'
import { type UsdmClient, usdmClientOf } from '#testing/usdm-client'
import { type Credentials, VenueUnderTest } from '#testing/venue-under-test'

const symbol = 'BTC/USDT:USDT'
const venue = new VenueUnderTest('binance-usdm')

let account: Credentials
let exchange: UsdmClient

const signed = (method: string, path: string, query = '', secret = account.secret) =>
  venue.signed({ ...account, secret }, method, path, query)

beforeEach(async () => {
  await fetch(`${venue.url}/control/faults`, { method: 'DELETE' })
  await venue.move('42000')
  account = await venue.openAccount('10000')
  exchange = usdmClientOf(venue, account)
  await exchange.loadMarkets()
})

describe('orders through the real client', () => {
  it('fill at the market price, with fees, and show as a position', async () => {
    const order = await exchange.createOrder(symbol, 'market', 'buy', 0.01, undefined, {
      clientOrderId: venue.nextId(),
    })
    expect(order).toMatchObject({ status: 'closed', filled: 0.01, average: 42000 })
    const trades = await exchange.fetchMyTrades(symbol)
    expect(trades).toHaveLength(1)
    expect(trades[0]).toMatchObject({ amount: 0.01, price: 42000, fee: { cost: 0.168, currency: 'USDT' } })
    const [position] = await exchange.fetchPositions([symbol])
    expect(position).toMatchObject({ side: 'long', contracts: 0.01, entryPrice: 42000 })
    const balance = await exchange.fetchBalance()
    expect(balance['USDT']).toMatchObject({ total: 9999.832 })
  })

  it('rest as limits, are found by id and client id, and are cancelled', async () => {
    const id = venue.nextId()
    const order = await exchange.createOrder(symbol, 'limit', 'buy', 0.01, 41000, { clientOrderId: id })
    expect(order.status).toBe('open')
    const found = await exchange.fetchOrder(String(order.id), symbol)
    expect(found).toMatchObject({ clientOrderId: id, price: 41000, remaining: 0.01 })
    const byClientId = await signed('GET', '/fapi/v1/order', `symbol=BTCUSDT&origClientOrderId=${id}`)
    expect((byClientId.body as { orderId: number }).orderId).toBe(Number(order.id))
    expect(await exchange.fetchOpenOrders(symbol)).toHaveLength(1)
    await exchange.cancelOrder(String(order.id), symbol)
    expect(await exchange.fetchOpenOrders(symbol)).toHaveLength(0)
    expect((await exchange.fetchOrder(String(order.id), symbol)).status).toBe('canceled')
  })

  it('fill a resting limit as a maker when the price crosses it', async () => {
    const order = await exchange.createOrder(symbol, 'limit', 'sell', 0.01, 43000)
    await venue.move('43100')
    const filled = await exchange.fetchOrder(String(order.id), symbol)
    expect(filled).toMatchObject({ status: 'closed', average: 43000 })
    expect((await exchange.fetchMyTrades(symbol))[0]).toMatchObject({ takerOrMaker: 'maker' })
  })

  it('keep stop, target and trailing stop in the algo book and trigger them by price', async () => {
    await exchange.createOrder(symbol, 'market', 'buy', 0.03)
    const stop = await exchange.createOrder(symbol, 'market', 'sell', 0.01, undefined, {
      stopLossPrice: 41000,
      reduceOnly: true,
      clientOrderId: venue.nextId(),
    })
    const target = await exchange.createOrder(symbol, 'market', 'sell', 0.01, undefined, {
      takeProfitPrice: 43000,
      reduceOnly: true,
    })
    const trailing = await exchange.createOrder(symbol, 'market', 'sell', 0.01, undefined, {
      trailingPercent: 1,
      trailingTriggerPrice: 42500,
      reduceOnly: true,
    })
    expect(await exchange.fetchOpenOrders(symbol)).toHaveLength(0)
    expect(await exchange.fetchOpenOrders(symbol, undefined, undefined, { trigger: true })).toHaveLength(3)
    await venue.move('43000')
    const done = await exchange.fetchOrder(String(target.id), symbol, { trigger: true })
    expect(done.status).toBe('closed')
    await venue.move('42571')
    expect(await exchange.fetchOpenOrders(symbol, undefined, undefined, { trigger: true })).toHaveLength(2)
    await venue.move('42570')
    expect((await exchange.fetchOrder(String(trailing.id), symbol, { trigger: true })).status).toBe('closed')
    expect((await exchange.fetchPositions([symbol]))[0]).toMatchObject({ contracts: 0.01 })
    await exchange.cancelOrder(String(stop.id), symbol, { trigger: true })
    expect(await exchange.fetchOpenOrders(symbol, undefined, undefined, { trigger: true })).toHaveLength(0)
  })

  it('close the whole position with closePosition, whatever its size is then', async () => {
    await exchange.createOrder(symbol, 'market', 'sell', 0.02)
    await exchange.createOrder(symbol, 'market', 'buy', 0.02, undefined, { stopLossPrice: 43000, closePosition: true })
    await exchange.createOrder(symbol, 'market', 'sell', 0.03)
    await venue.move('43000')
    expect(await exchange.fetchPositions([symbol])).toHaveLength(0)
  })

  it('let a client order id be used again once its order is filled: the trap of this venue', async () => {
    const id = venue.nextId()
    await exchange.createOrder(symbol, 'market', 'buy', 0.01, undefined, { clientOrderId: id })
    await exchange.createOrder(symbol, 'market', 'buy', 0.01, undefined, { clientOrderId: id })
    const ledger = await fetch(`${venue.url}/control/ledger?accountId=${account.accountId}`)
    expect(await ledger.json()).toMatchObject({ totals: { ordersAccepted: 2, duplicateClientOrderIds: 1 } })
    const open = venue.nextId()
    await exchange.createOrder(symbol, 'limit', 'buy', 0.01, 41000, { clientOrderId: open })
    await expect(exchange.createOrder(symbol, 'limit', 'buy', 0.01, 41000, { clientOrderId: open })).rejects.toThrow(
      ccxt.InvalidOrder,
    )
  })

  it('liquidate an account whose margin is gone', async () => {
    account = await venue.openAccount('100')
    exchange = usdmClientOf(venue, account)
    await exchange.createOrder(symbol, 'market', 'buy', 0.04)
    await venue.move('39500')
    expect(await exchange.fetchPositions([symbol])).toHaveLength(0)
    const balance = await exchange.fetchBalance()
    expect(Number((balance['USDT'] as { total: number }).total)).toBeGreaterThanOrEqual(0)
    expect(Number((balance['USDT'] as { total: number }).total)).toBeLessThan(5)
  })

  it('remember leverage and refuse modes that the venue simulation does not have', async () => {
    await exchange.setLeverage(5, symbol)
    const { body } = await signed('GET', '/fapi/v1/symbolConfig', 'symbol=BTCUSDT')
    expect(body).toMatchObject([{ leverage: 5, marginType: 'CROSSED' }])
    await expect(exchange.setMarginMode('cross', symbol)).rejects.toThrow(ccxt.MarginModeAlreadySet)
    await expect(exchange.setMarginMode('isolated', symbol)).rejects.toThrow(ccxt.ExchangeError)
    expect(await exchange.fetchPositionMode(symbol)).toMatchObject({ hedged: false })
  })

  it('answer tickers, candles and time', async () => {
    await venue.post('/control/price', {
      venue: 'binance-usdm',
      symbol: 'BTCUSDT',
      candles: [
        { at: 1_893_456_000_000, open: '42000', high: '42100', low: '41900', close: '42050' },
        { at: 1_893_456_060_000, open: '42050', high: '42300', low: '42000', close: '42200' },
      ],
    })
    const candles = await exchange.fetchOHLCV(symbol, '1m')
    expect(candles.slice(-2).map((row) => row.slice(0, 5))).toEqual([
      [1_893_456_000_000, 42000, 42100, 41900, 42050],
      [1_893_456_060_000, 42050, 42300, 42000, 42200],
    ])
    expect(await exchange.fetchTicker(symbol)).toMatchObject({ last: 42200 })
    expect(Math.abs(((await exchange.fetchTime()) as number) - Date.now())).toBeLessThan(1_000)
  })
})

describe('refusals as the client classes them', () => {
  const place = (type: string, side: string, quantity: number, price?: number, more = {}) =>
    exchange.createOrder(symbol, type, side, quantity, price, more)

  it('insufficient margin, reduceOnly without a position, immediate triggers, small notional', async () => {
    await expect(place('market', 'buy', 100)).rejects.toThrow(ccxt.InsufficientFunds)
    await expect(place('market', 'sell', 0.01, undefined, { reduceOnly: true })).rejects.toThrow(/-2022/)
    await expect(place('market', 'sell', 0.01, undefined, { stopLossPrice: 43000 })).rejects.toThrow(
      ccxt.OrderImmediatelyFillable,
    )
    await expect(place('limit', 'buy', 0.002, 40000)).rejects.toThrow(ccxt.InvalidOrder)
  })

  it('unknown orders, conditional types at the wrong endpoint, unknown symbols, precision', async () => {
    await expect(exchange.cancelOrder('1', symbol)).rejects.toThrow(ccxt.OrderNotFound)
    await expect(exchange.fetchOrder('1', symbol)).rejects.toThrow(ccxt.OrderNotFound)
    const common = 'symbol=BTCUSDT&side=SELL&quantity=0.01'
    expect(await signed('POST', '/fapi/v1/order', `${common}&type=STOP_MARKET&stopPrice=41000`)).toMatchObject({
      status: 400,
      body: { code: -4120 },
    })
    expect(await signed('POST', '/fapi/v1/order', 'symbol=NOPE&side=SELL&quantity=0.01&type=MARKET')).toMatchObject({
      body: { code: -1121 },
    })
    expect(
      await signed('POST', '/fapi/v1/order', 'symbol=BTCUSDT&side=SELL&quantity=0.0101&type=MARKET'),
    ).toMatchObject({ body: { code: -1111 } })
    expect(await signed('POST', '/fapi/v1/order', `${common}&type=LIMIT&timeInForce=GTC&price=42000.05`)).toMatchObject(
      { body: { code: -4014 } },
    )
    expect(await signed('POST', '/fapi/v1/order', `${common}&type=LIMIT&price=42000`)).toMatchObject({
      body: { code: -1102 },
    })
  })

  it('wrong keys, wrong signatures, stale timestamps', async () => {
    await expect(usdmClientOf(venue, { ...account, secret: 'wrong' }).fetchBalance()).rejects.toThrow(
      ccxt.AuthenticationError,
    )
    await expect(usdmClientOf(venue, { ...account, apiKey: 'wrong' }).fetchBalance()).rejects.toThrow(
      ccxt.AuthenticationError,
    )
    expect(await signed('GET', '/fapi/v3/account', '', 'other')).toMatchObject({ status: 400, body: { code: -1022 } })
    const stale = usdmClientOf(venue, account)
    stale.nonce = () => Date.now() - 60_000
    stale.milliseconds = () => Date.now() - 60_000
    await expect(stale.fetchBalance()).rejects.toThrow(ccxt.InvalidNonce)
    const noKey = await fetch(`${venue.base}/fapi/v3/account?timestamp=1`)
    expect([noKey.status, await noKey.json()]).toMatchObject([401, { code: -2014 }])
  })

  it('take signatures over query, body, or both as they were sent', async () => {
    const at = String(Date.now())
    const query = 'symbol=BTCUSDT&side=BUY'
    const body = `type=MARKET&quantity=0.01&timestamp=${at}`
    const signature = createHmac('sha256', account.secret)
      .update(query + body)
      .digest('hex')
    const reply = await fetch(`${venue.base}/fapi/v1/order?${query}`, {
      method: 'POST',
      headers: { 'x-mbx-apikey': account.apiKey, 'content-type': 'application/x-www-form-urlencoded' },
      body: `${body}&signature=${signature.toUpperCase()}`,
    })
    expect(reply.status).toBe(200)
    expect(reply.headers.get('x-mbx-used-weight-1m')).toMatch(/^\d+$/)
    expect(reply.headers.get('x-mbx-order-count-10s')).toMatch(/^\d+$/)
  })
})

describe('fault switches', () => {
  const place = (id: string) => exchange.createOrder(symbol, 'market', 'buy', 0.01, undefined, { clientOrderId: id })
  const fault = (given: object) =>
    venue.post('/control/faults', { venue: 'binance-usdm', accountId: account.accountId, next: 1, ...given })
  const accepted = async () => (await exchange.fetchOrders(symbol)).length

  it('drop the reply, or answer with an error, of an order that stands', async () => {
    await fault({ kind: 'drop-reply-after-accept' })
    await expect(place(venue.nextId())).rejects.toThrow(ccxt.NetworkError)
    await fault({ kind: 'error-after-accept' })
    await expect(place(venue.nextId())).rejects.toThrow(ccxt.RequestTimeout)
    expect(await accepted()).toBe(2)
  })

  it('answer as to a repetition of an order that stands', async () => {
    await fault({ kind: 'repeat-request' })
    await expect(place(venue.nextId())).rejects.toThrow('"code":-4116')
    expect(await accepted()).toBe(1)
  })

  it('limit the orders of an account or the calls of an address with 429, and refuse, without accepting', async () => {
    await fault({ kind: 'rate-limit', milliseconds: 3_000 })
    await expect(place(venue.nextId())).rejects.toThrow('"code":-1015')
    await fault({ kind: 'rate-limit', milliseconds: 3_000, accountId: undefined })
    await expect(place(venue.nextId())).rejects.toThrow('"code":-1003')
    await fault({ kind: 'reject' })
    await expect(place(venue.nextId())).rejects.toThrow(ccxt.InvalidOrder)
    expect(await accepted()).toBe(0)
  })

  it('hide an order that stands until the delay is over', async () => {
    await fault({ kind: 'delay-visibility', milliseconds: 400 })
    const id = venue.nextId()
    await place(id)
    expect(await accepted()).toBe(0)
    expect(await signed('GET', '/fapi/v1/order', `symbol=BTCUSDT&origClientOrderId=${id}`)).toMatchObject({
      body: { code: -2013 },
    })
    await eventually(async () => (await accepted()) === 1)
  })

  it('fill only a part at once', async () => {
    await fault({ kind: 'partial-fill', fraction: '0.3' })
    expect(await place(venue.nextId())).toMatchObject({ filled: 0.003, status: 'expired' })
    // Never nothing: what closes a position part by part comes to its end.
    await fault({ kind: 'partial-fill', fraction: '0.01' })
    expect(await place(venue.nextId())).toMatchObject({ filled: 0.001, status: 'expired' })
  })
})
