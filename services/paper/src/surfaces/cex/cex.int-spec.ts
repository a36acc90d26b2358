import { createHmac } from 'node:crypto'
import { eventually } from '@tradewire/testkit/eventually'
import ccxt from 'ccxt'
import { beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { type Credentials, VenueUnderTest } from '#testing/venue-under-test'

const symbol = 'BTC/USDT'
const venue = new VenueUnderTest('cex')
const accountId = 'trading'

let account: Credentials
let exchange: InstanceType<typeof ccxt.cex>

beforeEach(async () => {
  await fetch(`${venue.url}/control/faults`, { method: 'DELETE' })
  await venue.move('42000')
  account = await venue.openAccount('10000', { balances: { BTC: '1' } })
  const { apiKey, secret } = account
  exchange = new ccxt.cex({ apiKey, secret, enableRateLimit: false })
  exchange.has['fetchCurrencies'] = false
  exchange.fetchImplementation = venue.redirect('https://trade.cex.io')
})

interface Sent {
  readonly status: number
  readonly body: { readonly ok?: string; readonly error?: string; readonly data?: never }
}

/** As the venue's document says it is signed, without a client in between. */
async function send(action: string, body: object, changed: Record<string, string> = {}): Promise<Sent> {
  const text = JSON.stringify(body)
  const timestamp = String(Math.floor(Date.now() / 1_000))
  const signature = createHmac('sha256', account.secret).update(`${action}${timestamp}${text}`).digest('base64')
  const reply = await fetch(`${venue.base}/api/spot/rest/${action}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-aggr-key': account.apiKey,
      'x-aggr-timestamp': timestamp,
      'x-aggr-signature': signature,
      ...changed,
    },
    body: text,
  })
  return { status: reply.status, body: (await reply.json()) as Sent['body'] }
}

const limit = {
  accountId,
  currency1: 'BTC',
  currency2: 'USDT',
  side: 'BUY',
  orderType: 'Limit',
  timeInForce: 'GTC',
  amountCcy1: '0.1',
  price: '41000',
  timestamp: 1_700_000_000_000,
}

describe('the real client', () => {
  it('trades at the market by quantity; the fee is taken in what is paid', async () => {
    await exchange.loadMarkets()
    const bought = await exchange.createOrder(symbol, 'market', 'buy', 0.1, undefined, { accountId })
    expect(bought).toMatchObject({ status: 'closed', filled: 0.1, average: 42_000, fee: { currency: 'USDT' } })
    expect(bought.id).toMatch(/^\d+$/)
    const account = { method: 'privatePostGetMyAccountStatusV3', account: accountId }
    expect((await exchange.fetchBalance(account))['BTC']).toMatchObject({ total: 1.1 })
    expect(await exchange.fetchClosedOrders(symbol)).toHaveLength(1)
  })

  it('rests limits and stop limits, lists and cancels them', async () => {
    await exchange.loadMarkets()
    const resting = await exchange.createOrder(symbol, 'limit', 'buy', 0.1, 41_000, { accountId })
    const stop = await exchange.createOrder(symbol, 'limit', 'sell', 0.1, 40_900, { accountId, triggerPrice: '41000' })
    expect(await exchange.fetchOpenOrders(symbol)).toHaveLength(2)
    await exchange.cancelOrder(String(resting.id), symbol)
    await venue.move('41000')
    expect(await exchange.fetchClosedOrder(String(stop.id), symbol)).toMatchObject({ status: 'closed' })
    await expect(exchange.cancelOrder(String(stop.id), symbol)).rejects.toThrow(ccxt.ExchangeError)
  })

  it('learns why an order was refused', async () => {
    await exchange.loadMarkets()
    const place = (amount: number, params: object) =>
      exchange.createOrder(symbol, 'limit', 'buy', amount, 42_000, params)
    await expect(place(5, { accountId })).rejects.toThrow(ccxt.InsufficientFunds)
    await expect(place(0.1, { accountId: 'nobody' })).rejects.toThrow(ccxt.ExchangeError)
    exchange.secret = 'wrong'
    await expect(place(0.1, { accountId })).rejects.toThrow(ccxt.AuthenticationError)
  })

  it('reads tickers by pair', async () => {
    await exchange.loadMarkets()
    expect(await exchange.fetchTicker(symbol)).toMatchObject({ symbol, last: 42_000 })
  })
})

describe('requests', () => {
  it.each([
    ['with an amount that is a number', { amountCcy1: 0.1 }, 'Field amountCcy1 check failed'],
    ['without a time', { timestamp: undefined }, 'Field timestamp check failed'],
    ['without a side', { side: 'buy' }, 'Mandatory parameter side should be one of BUY,SELL'],
    ['from the main account', { accountId: undefined }, 'API orders from Main account are not allowed'],
    ['for an unknown pair', { currency1: 'NOPE' }, 'Currency pair is not supported'],
    [
      'for a stop without a limit',
      { orderType: 'Market', stopPrice: '41000' },
      'Market Trigger orders are not allowed',
    ],
  ])('%s are turned away in words', async (_, part, error) => {
    expect((await send('do_my_new_order', { ...limit, ...part })).body).toEqual({ error })
  })

  it('for both amounts at the market are answered as a rejected order with the reason as JSON in a text', async () => {
    const both = { ...limit, orderType: 'Market', amountCcy2: '10' }
    const { body } = await send('do_my_new_order', both)
    expect(body.data).toMatchObject({ status: 'REJECTED', rejectCode: 405 })
    expect(JSON.parse((body.data as unknown as { orderRejectReason: string }).orderRejectReason)).toMatchObject({
      code: 405,
    })
  })

  it('for ended orders need a time of the last year, and never show open ones', async () => {
    await send('do_my_new_order', limit)
    expect((await send('get_my_orders', {})).body.data).toHaveLength(1)
    const from = Date.now() - 1_000_000
    expect((await send('get_my_orders', { archived: true, serverCreateTimestampFrom: from })).body.data).toEqual([])
    expect((await send('get_my_orders', { archived: true })).body.error).toMatch(/check failed/)
  })

  it.each([
    ['another key', { 'x-aggr-key': 'nobody' }],
    ['another signature', { 'x-aggr-signature': 'AAAA' }],
    ['an old time', { 'x-aggr-timestamp': '1600000000' }],
  ])('with %s are turned away', async (_, headers) => {
    expect((await send('get_my_orders', {}, headers)).status).toBe(401)
  })
})

describe('the private socket', () => {
  interface Message {
    readonly e: string
    readonly ok?: string
    readonly data?: Record<string, unknown>
  }

  async function open(): Promise<{ socket: WebSocket; messages: Message[] }> {
    const socket = new WebSocket(`${venue.base.replace('http', 'ws')}/api/spot/ws`)
    const messages: Message[] = []
    socket.on('message', (data) => messages.push(JSON.parse((data as Buffer).toString('utf8')) as Message))
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
    return { socket, messages }
  }

  function login(secret: string): string {
    const timestamp = Math.floor(Date.now() / 1_000)
    const signature = createHmac('sha256', secret).update(`${timestamp}${account.apiKey}`).digest('hex')
    return JSON.stringify({ e: 'auth', auth: { key: account.apiKey, signature, timestamp }, oid: 'auth' })
  }

  it('greets, wants a login, then tells the reports and balances of the sub-account', async () => {
    const { socket, messages } = await open()
    await eventually(() => messages[0]?.e === 'connected', { describe: 'the greeting' })
    socket.send(JSON.stringify({ e: 'ping' }))
    socket.send(JSON.stringify({ e: 'get_my_orders', oid: '1', data: {} }))
    await eventually(() => messages.some(({ data }) => data?.['error'] === 'Please Login'), { describe: 'the refusal' })
    expect(messages.some(({ e }) => e === 'pong')).toBe(true)
    socket.send(login(account.secret))
    await eventually(() => messages.some(({ e, ok }) => e === 'auth' && ok === 'ok'), { describe: 'the login' })
    await send('do_my_new_order', { ...limit, clientOrderId: 'mine', price: '42000' })
    const reports = () => messages.filter(({ e }) => e === 'executionReport').map(({ data }) => data)
    await eventually(() => reports().length >= 2, { describe: 'the reports' })
    expect(reports().map((data) => [data?.['status'], data?.['clientOrderId'], data?.['accountId']])).toEqual([
      ['NEW', 'mine', accountId],
      ['FILLED', 'mine', accountId],
    ])
    expect(messages.some(({ e }) => e === 'account_update')).toBe(true)
    socket.close()
  })

  it('ends with a login that is not signed, and with what is no message', async () => {
    for (const text of [login('wrong'), 'words']) {
      const { socket, messages } = await open()
      const closed = new Promise((resolve) => socket.once('close', resolve))
      socket.send(text)
      await closed
      expect(messages.at(-1)).toEqual({ e: 'disconnected' })
    }
  })
})
