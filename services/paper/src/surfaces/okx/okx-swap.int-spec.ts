import { createHmac } from 'node:crypto'
import ccxt from 'ccxt'
import { beforeEach, describe, expect, it } from 'vitest'
import { type Credentials, keySetsOf, keysOf, VenueUnderTest } from '#testing/venue-under-test'

const symbol = 'BTC/USDT:USDT'
const instId = 'BTC-USDT-SWAP'
const venue = new VenueUnderTest('okx-swap')
const keySets = keySetsOf('okx')

let account: Credentials
let exchange: InstanceType<typeof ccxt.okx>

function clientOf({ credentials }: Credentials, part: Record<string, string> = {}): InstanceType<typeof ccxt.okx> {
  const { apiKey = '', secret = '', passphrase = '' } = { ...credentials, ...part }
  const options = { fetchMarkets: { types: ['swap'] }, createOrder: 'privatePostTradeOrder' }
  const client = new ccxt.okx({ apiKey, secret, password: passphrase, options, enableRateLimit: false })
  client.has['fetchCurrencies'] = false
  client.fetchImplementation = venue.redirect('https://www.okx.com')
  return client
}

interface Reply<Item = Record<string, never>> {
  readonly status: number
  readonly code: string
  readonly msg: string
  readonly data: Item[]
}

/** A request as the venue's document says it is signed, without a client in between. */
async function send<Item = Record<string, never>>(
  method: 'GET' | 'POST',
  path: string,
  body = '',
  change: Record<string, string> = {},
): Promise<Reply<Item>> {
  const { apiKey = '', secret = '', passphrase = '' } = account.credentials
  const timestamp = change['ok-access-timestamp'] ?? new Date().toISOString()
  const sign = createHmac('sha256', secret)
    .update(timestamp + method + path + body)
    .digest('base64')
  const headers = {
    'ok-access-key': apiKey,
    'ok-access-passphrase': passphrase,
    'ok-access-timestamp': timestamp,
    'ok-access-sign': sign,
    ...(body === '' ? {} : { 'content-type': 'application/json' }),
    ...change,
  }
  const reply = await fetch(venue.base + path, { method, headers, ...(body === '' ? {} : { body }) })
  return { status: reply.status, ...((await reply.json()) as Omit<Reply<Item>, 'status'>) }
}

interface Part {
  readonly sCode: string
  readonly ordId: string
}
const order = (part: object) =>
  send<Part>(
    'POST',
    '/api/v5/trade/order',
    JSON.stringify({ instId, tdMode: 'cross', side: 'buy', ordType: 'market', sz: '1', ...part }),
  )
const algo = (part: object) =>
  send<Part>(
    'POST',
    '/api/v5/trade/order-algo',
    JSON.stringify({
      instId,
      tdMode: 'cross',
      side: 'sell',
      ordType: 'conditional',
      sz: '1',
      reduceOnly: true,
      ...part,
    }),
  )

beforeEach(async () => {
  await fetch(`${venue.url}/control/faults`, { method: 'DELETE' })
  await venue.move('42000')
  account = await venue.openAccount('10000')
  exchange = clientOf(account)
  await exchange.loadMarkets()
})

describe('orders through the real client', () => {
  it('count contracts: one is a hundredth of a coin', async () => {
    const placed = await exchange.createOrder(symbol, 'market', 'buy', 2)
    const found = await exchange.fetchOrder(String(placed.id), symbol)
    expect(found).toMatchObject({
      status: 'closed',
      filled: 2,
      average: 42_000,
      fee: { cost: 0.336, currency: 'USDT' },
    })
    const [position] = await exchange.fetchPositions([symbol])
    expect(position).toMatchObject({ side: 'long', contracts: 2, contractSize: 0.01, entryPrice: 42_000 })
    const [trade] = await exchange.fetchMyTrades(symbol)
    expect(trade).toMatchObject({ amount: 2, price: 42_000, order: placed.id, takerOrMaker: 'taker' })
    expect((await exchange.fetchBalance())['USDT']).toMatchObject({ total: 9_999.664 })
  })

  it('rest as limits, are found by id and client id, and are cancelled', async () => {
    const id = 'abc123'
    const placed = await exchange.createOrder(symbol, 'limit', 'buy', 1, 41_000, { clientOrderId: id })
    expect(await exchange.fetchOrder(String(placed.id), symbol)).toMatchObject({ status: 'open', clientOrderId: id })
    expect(await exchange.fetchOpenOrders(symbol)).toHaveLength(1)
    await exchange.cancelOrder(String(placed.id), symbol)
    expect(await exchange.fetchOpenOrders(symbol)).toHaveLength(0)
    const byClientId = await send<{ state: string }>('GET', `/api/v5/trade/order?instId=${instId}&clOrdId=${id}`)
    expect(byClientId.data[0]?.state).toBe('canceled')
  })

  it('keep stop, target and trailing stop in the algo book until the price triggers them', async () => {
    await exchange.createOrder(symbol, 'market', 'buy', 3)
    const protects = { reduceOnly: true }
    const stop = await exchange.createOrder(symbol, 'market', 'sell', 1, undefined, {
      ...protects,
      stopLossPrice: 41_000,
    })
    const target = await exchange.createOrder(symbol, 'limit', 'sell', 1, 43_000, {
      ...protects,
      takeProfitPrice: 43_000,
    })
    const trailing = await exchange.createOrder(symbol, 'market', 'sell', 1, undefined, {
      ...protects,
      trailingPercent: '1',
    })
    expect(await exchange.fetchOpenOrders(symbol)).toHaveLength(0)
    const waiting = await exchange.fetchOpenOrders(symbol, undefined, undefined, { ordType: 'conditional' })
    expect(waiting).toHaveLength(2)
    await venue.move('43000')
    expect(await exchange.fetchOrder(String(target.id), symbol, { trigger: true })).toMatchObject({ status: 'closed' })
    await venue.move('42570')
    expect(await exchange.fetchOrder(String(trailing.id), symbol, { trigger: true })).toMatchObject({
      status: 'closed',
    })
    await exchange.cancelOrder(String(stop.id), symbol, { trigger: true })
    expect(await exchange.fetchOrder(String(stop.id), symbol, { trigger: true })).toMatchObject({ status: 'canceled' })
    expect((await exchange.fetchPositions([symbol]))[0]).toMatchObject({ contracts: 1 })
  })
})

describe('refusals', () => {
  it.each([
    ['too small', { sz: '0.001' }, '51020'],
    ['not a multiple of the lot', { sz: '1.005' }, '51121'],
    ['too large', { sz: '999999' }, '51202'],
    ['no price', { ordType: 'limit' }, '51204'],
    ['a price beyond the limit', { ordType: 'limit', px: '60000' }, '51006'],
    ['a price between ticks', { ordType: 'limit', px: '41000.05' }, '51000'],
    ['an unknown instrument', { instId: 'BTCUSDT' }, '51001'],
    ['an unknown type', { ordType: 'iceberg' }, '51000'],
    ['a client id with a dash', { clOrdId: 'a-b' }, '51000'],
    ['a client id of 33 characters', { clOrdId: 'a'.repeat(33) }, '51000'],
    ['hedge mode', { posSide: 'long' }, '51000'],
    ['isolated margin', { tdMode: 'isolated' }, '51000'],
    ['attached orders, which the engine does not have', { attachAlgoOrds: [{ slTriggerPx: '1' }] }, '51000'],
    ['nothing to reduce', { side: 'sell', reduceOnly: true }, '51205'],
    ['too little money', { sz: '600' }, '51008'],
  ])('tell %s with the code of the venue', async (_, part, sCode) => {
    const refused = await order(part)
    expect(refused).toMatchObject({ status: 200, code: '1', data: [{ sCode, ordId: '' }] })
  })

  it.each([
    ['a stop above the price', { slTriggerPx: '43000', slOrdPx: '-1' }, '51280'],
    ['a target below the price', { tpTriggerPx: '41000', tpOrdPx: '-1' }, '51279'],
    ['no order price', { slTriggerPx: '41000' }, '51000'],
    ['a callback of twenty percent', { ordType: 'move_order_stop', callbackRatio: '0.2' }, '51257'],
  ])('tell %s of an algo order', async (_, part, sCode) => {
    expect(await algo(part)).toMatchObject({ code: '1', data: [{ sCode }] })
  })

  it('tell a used client id, of either book', async () => {
    await order({ ordType: 'limit', px: '41000', clOrdId: 'twice' })
    expect((await order({ ordType: 'limit', px: '41000', clOrdId: 'twice' })).data[0]?.sCode).toBe('51016')
    await algo({ slTriggerPx: '41000', slOrdPx: '-1', algoClOrdId: 'twice' })
    const again = await algo({ slTriggerPx: '41000', slOrdPx: '-1', algoClOrdId: 'twice' })
    expect(again.data[0]?.sCode).toBe('51065')
  })

  it('answer a batch of which a part failed with the outer code 2', async () => {
    const one = { instId, tdMode: 'cross', side: 'buy', ordType: 'market' }
    const batch = JSON.stringify([
      { ...one, sz: '1' },
      { ...one, sz: '0.001' },
    ])
    const reply = await send<Part>('POST', '/api/v5/trade/batch-orders', batch)
    expect(reply.code).toBe('2')
    expect(reply.data.map(({ sCode }) => sCode)).toEqual(['0', '51020'])
  })

  it('tell orders that are not there', async () => {
    expect(await send('GET', `/api/v5/trade/order?instId=${instId}&ordId=1`)).toMatchObject({ code: '51603', data: [] })
    expect(await send('GET', '/api/v5/trade/order-algo?algoClOrdId=none')).toMatchObject({ code: '51603' })
    const cancel = JSON.stringify({ instId, clOrdId: 'none' })
    expect(await send('POST', '/api/v5/trade/cancel-order', cancel)).toMatchObject({
      code: '1',
      data: [{ sCode: '51400' }],
    })
  })
})

describe('what is not signed as the venue wants it', () => {
  const path = '/api/v5/account/balance'
  it.each([
    ['no key', { 'ok-access-key': '' }, '50103'],
    ['no passphrase', { 'ok-access-passphrase': '' }, '50104'],
    ['another passphrase', { 'ok-access-passphrase': 'x' }, '50105'],
    ['no signature', { 'ok-access-sign': '' }, '50106'],
    ['another signature', { 'ok-access-sign': 'x' }, '50113'],
    ['an unknown key', { 'ok-access-key': 'x' }, '50111'],
    ['a time of another form', { 'ok-access-timestamp': '1700000000' }, '50112'],
    ['an old time', { 'ok-access-timestamp': '2020-01-01T00:00:00.000Z' }, '50102'],
  ])('is turned away: %s', async (_, change, code) => {
    expect(await send('GET', path, '', change)).toMatchObject({ status: 401, code })
  })

  it('is turned away when the body is another one than was signed', async () => {
    const signedFor = JSON.stringify({ instId, lever: '5', mgnMode: 'cross' })
    const timestamp = new Date().toISOString()
    const { secret = '' } = account.credentials
    const text = `${timestamp}POST/api/v5/account/set-leverage${signedFor}`
    const sign = createHmac('sha256', secret).update(text).digest('base64')
    const change = { 'ok-access-timestamp': timestamp, 'ok-access-sign': sign }
    const reply = await send('POST', '/api/v5/account/set-leverage', signedFor.replace('5', '9'), change)
    expect(reply).toMatchObject({ status: 401, code: '50113' })
  })

  it('is turned away through the real client too, as a failed authentication', async () => {
    await expect(clientOf(account, { secret: 'wrong' }).fetchBalance()).rejects.toThrow(ccxt.AuthenticationError)
  })
})

describe('answers', () => {
  it('have the fields of the venue', async () => {
    const placed = await order({ sz: '2' })
    await order({ ordType: 'limit', px: '41000' })
    const stop = await algo({ slTriggerPx: '41000', slOrdPx: '-1' })
    const one = async (path: string) => keysOf((await send('GET', path)).data[0])
    expect(keysOf(placed.data[0])).toEqual([...(keySets['okx.placed'] ?? []), 'ts'].toSorted())
    expect(keysOf(stop.data[0])).toEqual(expect.arrayContaining([...(keySets['okx.algo.placed'] ?? [])]))
    expect(await one(`/api/v5/trade/order?instId=${instId}&ordId=${placed.data[0]?.ordId ?? ''}`)).toEqual(
      keySets['okx.order'],
    )
    expect(await one('/api/v5/trade/orders-pending?instType=SWAP')).toEqual(keySets['okx.order'])
    expect(await one('/api/v5/trade/orders-algo-pending?ordType=conditional')).toEqual(
      expect.arrayContaining([...(keySets['okx.algo'] ?? [])]),
    )
    expect(await one('/api/v5/trade/fills-history?instType=SWAP')).toEqual(
      expect.arrayContaining([...(keySets['okx.fill'] ?? [])]),
    )
    expect(await one('/api/v5/account/positions')).toEqual([...(keySets['okx.position'] ?? []), 'imr'].toSorted())
    expect(await one('/api/v5/account/balance')).toEqual(keySets['okx.balance'])
    const balance = await send<{ details: object[] }>('GET', '/api/v5/account/balance')
    expect(keysOf(balance.data[0]?.details[0])).toEqual(keySets['okx.balance.detail'])
    expect(await one('/api/v5/public/instruments?instType=SWAP')).toEqual(keySets['okx.instrument.swap'])
  })

  it('list newest first and page by id', async () => {
    for (const px of ['41000', '41001', '41002']) await order({ ordType: 'limit', px })
    const first = await send<{ px: string; ordId: string }>('GET', '/api/v5/trade/orders-pending?instType=SWAP&limit=2')
    expect(first.data.map(({ px }) => px)).toEqual(['41002', '41001'])
    const rest = await send<{ px: string }>('GET', `/api/v5/trade/orders-pending?after=${first.data[1]?.ordId ?? ''}`)
    expect(rest.data.map(({ px }) => px)).toEqual(['41000'])
  })

  it('give candles and tickers to the real client', async () => {
    expect(await exchange.fetchTicker(symbol)).toMatchObject({ last: 42_000 })
    expect((await exchange.fetchOHLCV(symbol, '1m')).length).toBeGreaterThan(0)
    await exchange.setLeverage(5, symbol)
    expect(
      await send<{ lever: string }>('GET', `/api/v5/account/leverage-info?instId=${instId}&mgnMode=cross`),
    ).toMatchObject({ data: [{ lever: '5' }] })
    await expect(exchange.setLeverage(125, symbol)).rejects.toThrow(/59102/)
  })
})
