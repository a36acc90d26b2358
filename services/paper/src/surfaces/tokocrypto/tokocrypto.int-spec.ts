import { eventually } from '@tradewire/testkit/eventually'
import ccxt from 'ccxt'
import { beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { type Credentials, VenueUnderTest } from '#testing/venue-under-test'

const symbol = 'BTC/USDT'
const name = 'BTC_USDT'
const venue = new VenueUnderTest('tokocrypto')

let account: Credentials
let exchange: InstanceType<typeof ccxt.tokocrypto>

beforeEach(async () => {
  await fetch(`${venue.url}/control/faults`, { method: 'DELETE' })
  await venue.move('42000')
  account = await venue.openAccount('10000', { balances: { BTC: '1' } })
  const { apiKey, secret } = account
  exchange = new ccxt.tokocrypto({ apiKey, secret, enableRateLimit: false })
  exchange.fetchImplementation = (url: string, options: RequestInit) =>
    fetch(url.replace(/^https:\/\/(www\.tokocrypto|api\.binance)\.com/, venue.base), options)
})

interface Told {
  readonly code: number
  readonly msg: string
  readonly data: Record<string, unknown> & { readonly list: Record<string, unknown>[] }
}

async function send(method: 'GET' | 'POST', path: string, query = ''): Promise<{ status: number; body: Told }> {
  return venue.signed(account, method, `/open/v1${path}`, query)
}

describe('the real client', () => {
  it('sells by quantity and buys by cost; the fee of a purchase is taken from the coins', async () => {
    await exchange.loadMarkets()
    const sold = await exchange.createOrder(symbol, 'market', 'sell', 0.1)
    expect(await exchange.fetchOrder(String(sold.id), symbol)).toMatchObject({ status: 'closed', filled: 0.1 })
    await exchange.createOrder(symbol, 'market', 'buy', 0.1, 42_000)
    const trades = await exchange.fetchMyTrades(symbol)
    expect(trades.map(({ info, fee }) => [(info as { isBuyer: number }).isBuyer, fee?.currency])).toEqual([
      [0, 'USDT'],
      [1, 'BTC'],
    ])
    const balance = await exchange.fetchBalance()
    expect(balance['BTC']).toMatchObject({ total: 0.9999 })
  })

  it('rests limits and stop limits, lists them by symbol, and cancels them', async () => {
    await exchange.loadMarkets()
    const resting = await exchange.createOrder(symbol, 'limit', 'buy', 0.1, 41_000, { clientOrderId: 'mine' })
    const stop = await exchange.createOrder(symbol, 'limit', 'sell', 0.1, 40_900, { triggerPrice: 41_000 })
    expect(await exchange.fetchOpenOrders(symbol)).toHaveLength(2)
    expect(await exchange.cancelOrder(String(resting.id), symbol)).toMatchObject({
      status: 'canceled',
      clientOrderId: 'mine',
    })
    await venue.move('41000')
    expect(await exchange.fetchOrder(String(stop.id), symbol)).toMatchObject({ status: 'closed' })
    await expect(exchange.cancelOrder(String(stop.id), symbol)).rejects.toThrow(ccxt.OrderNotFound)
  })

  it('learns why an order was refused', async () => {
    await exchange.loadMarkets()
    await expect(exchange.createOrder(symbol, 'limit', 'buy', 5, 42_000)).rejects.toThrow(ccxt.InsufficientFunds)
    await expect(exchange.createOrder(symbol, 'limit', 'buy', 0.00001, 42_000)).rejects.toThrow(ccxt.InvalidOrder)
    exchange.secret = 'wrong'
    await expect(exchange.fetchBalance()).rejects.toThrow(ccxt.AuthenticationError)
  })

  it('reads the prices from the other host, under its names', async () => {
    await exchange.loadMarkets()
    expect(await exchange.fetchTicker(symbol)).toMatchObject({ symbol, last: 42_000 })
  })
})

describe('requests', () => {
  const limit = `symbol=${name}&side=0&type=1&quantity=0.1&price=41000`

  it.each([
    ['without a symbol', 'side=0&type=1&quantity=0.1&price=41000', -1_102],
    ['under the name of another host', limit.replace(name, 'BTCUSDT'), -1_121],
    ['of an unknown type', limit.replace('type=1', 'type=3'), -1_116],
    ['to buy at the market by quantity', `symbol=${name}&side=0&type=2&quantity=0.1`, -1_102],
    ['with more decimals than the asset has', limit.replace('0.1', '0.1000000001'), -1_111],
    ['below the least volume', limit.replace('0.1', '0.00001'), 3_210],
  ])('%s are turned away by number', async (_, query, code) => {
    expect((await send('POST', '/orders', query)).body.code).toBe(code)
  })

  it('with an id of an open order are refused, and find it', async () => {
    const own = `${limit}&clientId=mine`
    expect((await send('POST', '/orders', own)).body).toMatchObject({ code: 0, data: { clientId: 'mine', status: 0 } })
    expect((await send('POST', '/orders', own)).body).toMatchObject({ code: -2_010, msg: 'Duplicate order sent.' })
    expect((await send('GET', '/orders/detail', 'clientId=mine')).body.data).toMatchObject({ symbol: name, side: 0 })
    expect((await send('GET', '/orders/detail', 'clientId=other')).body.code).toBe(3_218)
  })

  it('for a stop and a target make two orders of which one ends the other', async () => {
    const ids = 'listClientId=a&limitClientId=a-target&stopClientId=a-stop'
    const prices = 'quantity=0.1&price=43000&stopPrice=41000&stopLimitPrice=40000'
    const { body } = await send('POST', '/orders/oco', `symbol=${name}&side=1&${prices}&${ids}`)
    expect(body.data).toMatchObject({ clientId: 'a', orders: [{ clientId: 'a-target' }, { clientId: 'a-stop' }] })
    await venue.move('43001')
    const statuses = await Promise.all(
      ['a-target', 'a-stop'].map(
        async (id) => (await send('GET', '/orders/detail', `clientId=${id}`)).body.data['status'],
      ),
    )
    expect(statuses).toEqual([2, 6])
  })
})

describe('the stream of a user', () => {
  interface Message {
    readonly result?: { readonly subscriptionId: number }
    readonly error?: { readonly code: number }
    readonly event?: Record<string, unknown>
  }

  it('takes a token of the account, tells its reports with ids of the machinery behind, and ends with the token', async () => {
    const { body } = await send('POST', '/user-listen-token', 'validity=4000')
    const socket = new WebSocket(`${venue.base.replace('http', 'ws')}/ws-api/v3`)
    const messages: Message[] = []
    socket.on('message', (data) => messages.push(JSON.parse((data as Buffer).toString('utf8')) as Message))
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
    const subscribe = (listenToken: unknown) =>
      socket.send(JSON.stringify({ id: '1', method: 'userDataStream.subscribe.listenToken', params: { listenToken } }))
    subscribe(`${account.apiKey}.9999999999999.00`)
    await eventually(() => messages.some(({ error }) => error?.code === -1_209), { describe: 'the refusal' })
    subscribe(body.data['token'])
    await eventually(() => messages.some(({ result }) => result !== undefined), { describe: 'the subscription' })
    const placed = await send('POST', '/orders', `symbol=${name}&side=1&type=2&quantity=0.1&clientId=mine`)
    const reports = () => messages.flatMap(({ event }) => (event?.['e'] === 'executionReport' ? [event] : []))
    await eventually(() => reports().length >= 2, { describe: 'the reports' })
    expect(reports().map((each) => [each['x'], each['X'], each['c'], each['s']])).toEqual([
      ['NEW', 'NEW', 'mine', 'BTCUSDT'],
      ['TRADE', 'FILLED', 'mine', 'BTCUSDT'],
    ])
    expect(String(reports()[0]?.['i'])).toBe(placed.body.data['bOrderId'])
    expect(placed.body.data['bOrderId']).not.toBe(placed.body.data['orderId'])
    await eventually(() => messages.some(({ event }) => event?.['e'] === 'eventStreamTerminated'), {
      describe: 'the end of the token',
    })
    socket.close()
  })
})
