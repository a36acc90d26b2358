import { generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import { eventually } from '@tradewire/testkit/eventually'
import ccxt from 'ccxt'
import { beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { type Credentials, keySetsOf, keysOf, VenueUnderTest } from '#testing/venue-under-test'

const symbol = 'BTC/USDT'
const product = 'BTC-USDT'
const base = '/api/v3/brokerage'
const venue = new VenueUnderTest('coinbase')
const keySets = keySetsOf('coinbase')

let account: Credentials
let exchange: InstanceType<typeof ccxt.coinbase>

beforeEach(async () => {
  await fetch(`${venue.url}/control/faults`, { method: 'DELETE' })
  await venue.move('42000')
  account = await venue.openAccount('10000', { balances: { BTC: '1' } })
  const { apiKey, secret } = account
  exchange = new ccxt.coinbase({ apiKey, secret, enableRateLimit: false })
  exchange.has['fetchCurrencies'] = false
  exchange.fetchImplementation = venue.redirect('https://api.coinbase.com')
})

interface TokenChange {
  readonly claims?: object
  readonly header?: object
  readonly secret?: string
}

/** As the venue's document says it is made, without a client in between. */
function token(
  uri: string | undefined,
  { claims = {}, header = {}, secret = account.secret }: TokenChange = {},
): string {
  const now = Math.floor(Date.now() / 1_000)
  const parts = [
    { alg: 'ES256', typ: 'JWT', kid: account.apiKey, nonce: randomUUID(), ...header },
    { iss: 'cdp', sub: account.apiKey, nbf: now, exp: now + 120, ...(uri === undefined ? {} : { uri }), ...claims },
  ]
  const text = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  const signature = sign('sha256', Buffer.from(text), { key: secret, dsaEncoding: 'ieee-p1363' })
  return `${text}.${signature.toString('base64url')}`
}

async function send<Body>(
  method: 'GET' | 'POST',
  path: string,
  body?: object,
  change?: TokenChange,
): Promise<{ status: number; body: Body }> {
  const uri = `${method} api.coinbase.com${path.replace(/\?.*/, '')}`
  const headers = { authorization: `Bearer ${token(uri, change)}`, 'content-type': 'application/json' }
  const reply = await fetch(venue.base + path, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await reply.text()
  return { status: reply.status, body: (text.startsWith('{') ? JSON.parse(text) : text) as Body }
}

interface Placed {
  readonly success: boolean
  readonly success_response?: { readonly order_id: string }
  readonly error_response?: { readonly error: string; readonly preview_failure_reason: string }
}

function place(configuration: object, part: object = {}): Promise<{ status: number; body: Placed }> {
  const client_order_id = randomUUID()
  const order = { client_order_id, product_id: product, side: 'BUY', order_configuration: configuration, ...part }
  return send<Placed>('POST', `${base}/orders`, order)
}

const limit = (limit_price: string, base_size = '0.01') => ({
  limit_limit_gtc: { base_size, limit_price, post_only: false },
})

describe('orders through the real client, with its own token', () => {
  it('are sold by quantity and bought by cost; the fee is taken in the quote', async () => {
    await exchange.loadMarkets()
    const sold = await exchange.createOrder(symbol, 'market', 'sell', 0.1)
    expect(await exchange.fetchOrder(String(sold.id), symbol)).toMatchObject({
      status: 'closed',
      filled: 0.1,
      average: 42_000,
      fee: { cost: '4.2', currency: 'USDT' },
    })
    const bought = await exchange.createOrder(symbol, 'market', 'buy', 0.1, 42_000)
    expect(await exchange.fetchOrder(String(bought.id), symbol)).toMatchObject({ filled: 0.1 })
    const balance = await exchange.fetchBalance({ v3: true })
    expect(balance['BTC']).toMatchObject({ total: 1 })
    expect(balance['USDT']).toMatchObject({ total: 9_991.6 })
    const trades = await exchange.fetchMyTrades(symbol)
    expect(trades).toHaveLength(2)
  })

  it('rest as limits and stop limits, are listed and cancelled', async () => {
    await exchange.loadMarkets()
    const resting = await exchange.createOrder(symbol, 'limit', 'buy', 0.1, 41_000)
    const stop = await exchange.createOrder(symbol, 'limit', 'sell', 0.1, 40_900, { stopLossPrice: 41_000 })
    expect(await exchange.fetchOpenOrders(symbol)).toHaveLength(2)
    await exchange.cancelOrder(String(resting.id), symbol)
    await venue.move('41000')
    expect(await exchange.fetchOrder(String(stop.id), symbol)).toMatchObject({ status: 'closed' })
    await expect(exchange.cancelOrder(String(stop.id), symbol)).rejects.toThrow(ccxt.BadRequest)
  })

  it('are turned away with a key of somebody else', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    exchange.secret = privateKey.export({ type: 'sec1', format: 'pem' }).toString()
    await expect(exchange.fetchBalance({ v3: true })).rejects.toThrow(ccxt.AuthenticationError)
  })
})

describe('refusals', () => {
  it.each([
    ['too little money', limit('42000', '5'), 'INSUFFICIENT_FUND', 'PREVIEW_INSUFFICIENT_FUND'],
    ['too small', limit('42000', '0.00000001'), 'UNKNOWN_FAILURE_REASON', 'PREVIEW_INVALID_QUOTE_SIZE_TOO_SMALL'],
    ['a price between steps', limit('41000.001'), 'UNKNOWN_FAILURE_REASON', 'PREVIEW_INVALID_PRICE_PRECISION'],
    [
      'a purchase by quantity',
      { market_market_ioc: { base_size: '0.1' } },
      'UNKNOWN_FAILURE_REASON',
      'PREVIEW_INVALID_QUOTE_SIZE',
    ],
    ['an unknown kind', { twap_limit_gtd: {} }, 'UNKNOWN_FAILURE_REASON', 'PREVIEW_UNSUPPORTED_ORDER_CONFIGURATION'],
  ])('have the status of a success: %s', async (_, configuration, error, preview_failure_reason) => {
    const { status, body } = await place(configuration)
    expect(status).toBe(200)
    expect(body).toMatchObject({ success: false, error_response: { error, preview_failure_reason } })
  })

  it('never place a second order for a used id: the first is the answer', async () => {
    const used = { client_order_id: randomUUID() }
    const [first, second] = [await place(limit('41000'), used), await place(limit('41000'), used)]
    expect(second.body.success_response?.order_id).toBe(first.body.success_response?.order_id)
    const { body } = await send<{ orders: object[] }>('GET', `${base}/orders/historical/batch?order_status=OPEN`)
    expect(body.orders).toHaveLength(1)
  })

  it.each([
    ['an old token', { claims: { nbf: 1_600_000_000, exp: 1_600_000_120 } }],
    ['a token for longer than two minutes', { claims: { exp: Math.floor(Date.now() / 1_000) + 3_600 } }],
    ['a token for another path', { claims: { uri: `GET api.coinbase.com${base}/orders` } }],
    ['another issuer', { claims: { iss: 'me' } }],
    ['another name in the header', { header: { kid: 'x' } }],
    ['no signature at all', { header: { alg: 'none' } }],
  ])('turn away %s', async (_, change) => {
    expect(await send('GET', `${base}/accounts`, undefined, change)).toMatchObject({ status: 401 })
  })
})

describe('answers', () => {
  it('have the fields of the venue', async () => {
    const { body } = await place(limit('42000'))
    const id = body.success_response?.order_id ?? ''
    const order = await send<{ order: object }>('GET', `${base}/orders/historical/${id}`)
    expect(keysOf(order.body.order)).toEqual(keySets['coinbase.order'])
    const fills = await send<{ fills: object[] }>('GET', `${base}/orders/historical/fills`)
    expect(keysOf(fills.body)).toEqual(keySets['coinbase.fills'])
    expect(keysOf(fills.body.fills[0])).toEqual(keySets['coinbase.fill'])
    const accounts = await send<{ accounts: object[] }>('GET', `${base}/accounts`)
    expect(keysOf(accounts.body)).toEqual(keySets['coinbase.accounts'])
    expect(keysOf(accounts.body.accounts[0])).toEqual(keySets['coinbase.account'])
    const listed = (await (await fetch(`${venue.base}${base}/market/products/${product}`)).json()) as object
    expect(keysOf(listed)).toEqual(keySets['coinbase.product'])
  })

  it('come in pages', async () => {
    for (const price of ['41000', '41001', '41002']) await place(limit(price))
    const first = await send<{ orders: object[]; cursor: string }>('GET', `${base}/orders/historical/batch?limit=2`)
    expect(first.body.orders).toHaveLength(2)
    const rest = await send<{ orders: object[]; cursor: string }>(
      'GET',
      `${base}/orders/historical/batch?limit=2&cursor=${first.body.cursor}`,
    )
    expect(rest.body).toMatchObject({ cursor: '' })
    expect(rest.body.orders).toHaveLength(1)
  })
})

describe('the stream of a user', () => {
  interface Message {
    readonly type?: string
    readonly channel?: string
    readonly sequence_num?: number
    readonly events?: { readonly type: string; readonly orders: Record<string, string>[] }[]
  }

  it('begins with what is open and tells what changes, to whom has a token', async () => {
    await place(limit('41000'))
    const socket = new WebSocket(`${venue.base.replace('http', 'ws')}/ws`)
    const messages: Message[] = []
    socket.on('message', (data) => messages.push(JSON.parse((data as Buffer).toString('utf8')) as Message))
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
    socket.send(JSON.stringify({ type: 'subscribe', channel: 'user', jwt: 'x' }))
    await eventually(() => messages.some(({ type }) => type === 'error'), { describe: 'the refusal' })
    socket.send(JSON.stringify({ type: 'subscribe', channel: 'user', jwt: token(undefined) }))
    await eventually(() => messages.some(({ channel }) => channel === 'user'), { describe: 'the snapshot' })
    await venue.move('40999')
    const told = () => messages.flatMap(({ channel, events }) => (channel === 'user' ? (events ?? []) : []))
    await eventually(() => told().length >= 2, { describe: 'the fill' })
    expect(told().map(({ type, orders }) => [type, orders[0]?.['status']])).toEqual([
      ['snapshot', 'OPEN'],
      ['update', 'FILLED'],
    ])
    expect(keysOf(told()[0]?.orders[0])).toEqual(keySets['coinbase.event.order'])
    expect(keysOf(messages.find(({ channel }) => channel === 'user'))).toEqual(keySets['coinbase.event'])
    socket.close()
  })
})
