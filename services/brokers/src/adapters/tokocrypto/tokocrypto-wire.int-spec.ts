import { createHmac } from 'node:crypto'
import { type ApprovedOrder, approveOrder } from '@tradewire/broker-kit/approved-order'
import type { BrokerSession } from '@tradewire/broker-kit/broker-session'
import { encodeClientOrderId } from '@tradewire/broker-kit/client-order-id'
import type { BrokerDependencies } from '@tradewire/broker-kit/define-broker'
import { orderSubmit } from '@tradewire/contracts/events/orders'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type ScriptedReply, ScriptedExchange, type Seen } from '#testing/scripted-exchange'
import { tokocryptoBroker } from './tokocrypto.adapter.ts'

const command = orderSubmit.data.parse(orderSubmit.example)
const filters = [
  { filterType: 'PRICE_FILTER', minPrice: '0.01', maxPrice: '1000000', tickSize: '0.01' },
  { filterType: 'LOT_SIZE', minQty: '0.00001', maxQty: '9000', stepSize: '0.00001' },
]
const market = { type: 1, symbol: 'BTC_USDT', baseAsset: 'BTC', quoteAsset: 'USDT', filters, spotTradingEnable: 1 }
const order = {
  orderId: '7',
  bOrderListId: '0',
  clientId: 'x',
  symbol: 'BTC_USDT',
  side: 0,
  type: 1,
  status: 2,
  executedQty: '0.01500000',
  executedQuoteQty: '630',
  createTime: 1,
}
const trade = {
  tradeId: '3',
  orderId: '7',
  symbol: 'BTC_USDT',
  price: '42000',
  qty: '0.015',
  commission: '0.000015',
  commissionAsset: 'BTC',
  isBuyer: 1,
  time: '1572920872276',
}

let dependencies: BrokerDependencies

const wrapped = (data: unknown): ScriptedReply => ({
  status: 200,
  body: JSON.stringify({ code: 0, msg: 'Success', data, timestamp: 1 }),
})

function normal({ path, method }: Seen): ScriptedReply {
  if (path.includes('/ticker/bookTicker')) return { status: 200, body: JSON.stringify({ askPrice: '42000' }) }
  if (path.includes('/orders/trades')) return wrapped({ list: [trade] })
  if (path.includes('/orders/oco')) return wrapped({ orders: [{ orderId: '7' }, { orderId: '8' }] })
  if (method === 'GET' && /\/orders\?/.test(path)) return wrapped({ list: [order] })
  return wrapped(order)
}

const venue = new ScriptedExchange(normal, ({ path }) =>
  path.endsWith('/common/symbols')
    ? wrapped({ list: [market, { ...market, type: 3, symbol: 'ETH_USDT', baseAsset: 'ETH' }] })
    : undefined,
)

beforeAll(async () => {
  dependencies = await venue.start()
})
beforeEach(() => venue.reset())
afterAll(() => venue.stop())

async function connect(): Promise<BrokerSession> {
  const credentials = { apiKey: 'key', secret: 'secret' }
  const connected = await tokocryptoBroker.connect(credentials, { environment: 'paper', dependencies })
  if (!connected.ok) throw new Error(connected.error.message)
  return connected.value
}

function orderOf(part: object): ApprovedOrder {
  const made = { ...command, quantity: '0.015', ...part }
  const approved = approveOrder(made, encodeClientOrderId(tokocryptoBroker.capabilities.clientId, made.intentId))
  if (!approved.ok) throw new Error(approved.error.message)
  return approved.value
}

const posted = () => venue.seen.find(({ method }) => method === 'POST')
const exit = { purpose: 'stop', side: 'sell' } as const
const size = { quantity: '0.015' }

describe('orders on the wire', () => {
  it.each([
    ['a purchase at the market', {}, { ...size, side: '0', type: '1', price: '44100', timeInForce: '2' }],
    ['a sale at the market, without a price', { side: 'sell' }, { ...size, side: '1', type: '2' }],
    ['a limit', { type: 'limit', price: '19000' }, { ...size, side: '0', type: '1', price: '19000' }],
    [
      'a stop with a limit',
      { ...exit, type: 'stop-limit', triggerPrice: '19000', price: '18990' },
      { ...size, side: '1', type: '4', price: '18990', stopPrice: '19000' },
    ],
    [
      'a stop without one',
      { ...exit, type: 'stop-market', triggerPrice: '19000' },
      { ...size, side: '1', type: '4', price: '18050', stopPrice: '19000' },
    ],
    [
      'a target',
      { ...exit, type: 'take-profit-market', triggerPrice: '21000' },
      { ...size, side: '1', type: '6', price: '19950', stopPrice: '21000' },
    ],
  ])('%s', async (_, part, expected) => {
    const approved = orderOf(part)
    const session = await connect()
    expect((await session.submit(approved)).ok).toBe(true)
    const sent = Object.fromEntries(new URLSearchParams(posted()?.text))
    const { timestamp: _at, recvWindow: _window, signature: _signature, ...order } = sent
    expect(order).toEqual({ symbol: 'BTC_USDT', clientId: approved.clientOrderId, ...expected })
  })

  it('a stop and a target, each half under an id of its own', async () => {
    const approved = orderOf({ ...exit, type: 'stop-or-target', triggerPrice: '19000', price: '21000' })
    const session = await connect()
    expect(await session.submit(approved)).toMatchObject({ ok: true, value: { status: 'working', venueOrderId: '7' } })
    expect(posted()?.path).toContain('/open/v1/orders/oco')
    const id = approved.clientOrderId
    expect(Object.fromEntries(new URLSearchParams(posted()?.text))).toMatchObject({
      ...size,
      side: '1',
      price: '21000',
      stopPrice: '19000',
      stopLimitPrice: '18050',
      listClientId: id,
      limitClientId: `${id}-target`,
      stopClientId: `${id}-stop`,
    })
    expect(`${id}-target`.length).toBeLessThanOrEqual(32)
  })

  it('carry the signature of the account over what was sent', async () => {
    const session = await connect()
    await session.submit(orderOf({}))
    const [text = '', signature] = (posted()?.text ?? '').split('&signature=')
    expect(createHmac('sha256', 'secret').update(text).digest('hex')).toBe(signature)
    expect(posted()?.headers['x-mbx-apikey']).toBe('key')
  })

  it('are told with the average and the fee of their trades', async () => {
    const session = await connect()
    expect(await session.submit(orderOf({}))).toMatchObject({
      ok: true,
      value: { status: 'filled', filledQuantity: '0.015', averagePrice: '42000', fee: '0.000015', feeCurrency: 'BTC' },
    })
  })
})

describe('markets', () => {
  it('of another type are neither listed nor traded: their prices and streams are elsewhere', async () => {
    const session = await connect()
    const listed = await session.instruments()
    expect(listed.ok && listed.value.map(({ symbol }) => symbol)).toEqual(['BTC/USDT'])
    const refused = await session.submit(orderOf({ symbol: 'ETH/USDT' }))
    expect(refused).toMatchObject({ ok: false, error: { kind: 'rejected', code: 'UNKNOWN_SYMBOL' } })
  })
})

describe('failures', () => {
  it.each([
    [2_202, 'Insufficient balance', { kind: 'rejected', code: 'INSUFFICIENT_FUNDS' }],
    [3_210, 'The total volume is too low', { kind: 'rejected', code: 'BELOW_MINIMUM_NOTIONAL' }],
    [3_203, 'Incorrect Order Quantity', { kind: 'rejected', code: 'INVALID_QUANTITY' }],
    [-2_010, 'Duplicate order sent.', { kind: 'rejected', code: 'DUPLICATE_CLIENT_ORDER_ID' }],
    [-2_010, 'Order would trigger immediately.', { kind: 'rejected', code: 'WOULD_TRIGGER_IMMEDIATELY' }],
    [-1_021, 'Timestamp for this request is outside of the recvWindow.', { kind: 'not-sent' }],
    [-1_022, 'Signature for this request is not valid.', { kind: 'auth' }],
    [-1_003, 'Too many requests', { kind: 'rate-limited' }],
    [-1_007, 'Timeout waiting for response from backend server.', { kind: 'outcome-unknown' }],
  ])('of a placement: %s %s', async (code, msg, error) => {
    const session = await connect()
    venue.respond = (one) =>
      one.method === 'POST' ? { status: 200, body: JSON.stringify({ code, msg, timestamp: 1 }) } : normal(one)
    expect(await session.submit(orderOf({ side: 'sell' }))).toMatchObject({ ok: false, error })
  })

  it('of the whole venue are a rate limit or an open outcome', async () => {
    const session = await connect()
    for (const [status, kind] of [
      [429, 'rate-limited'],
      [418, 'rate-limited'],
      [502, 'outcome-unknown'],
    ] as const) {
      venue.respond = () => ({ status, body: '<html>' })
      expect(await session.submit(orderOf({ side: 'sell' }))).toMatchObject({ ok: false, error: { kind } })
    }
  })

  it('are never repeated by the library', async () => {
    const session = await connect()
    venue.respond = (one) => (one.method === 'POST' ? 'hang-up' : normal(one))
    expect(await session.submit(orderOf({}))).toMatchObject({ ok: false, error: { kind: 'outcome-unknown' } })
    expect(venue.seen.filter(({ method }) => method === 'POST')).toHaveLength(1)
  })

  it('before a purchase was sent prove that nothing stands', async () => {
    const session = await connect()
    venue.respond = () => 'hang-up'
    expect(await session.submit(orderOf({}))).toMatchObject({ ok: false, error: { kind: 'not-sent' } })
  })
})
