import { createHmac } from 'node:crypto'
import { type ApprovedOrder, approveOrder } from '@tradewire/broker-kit/approved-order'
import type { BrokerSession } from '@tradewire/broker-kit/broker-session'
import { refusalOf } from '@tradewire/broker-kit/capabilities'
import { encodeClientOrderId } from '@tradewire/broker-kit/client-order-id'
import type { BrokerDependencies } from '@tradewire/broker-kit/define-broker'
import { orderSubmit } from '@tradewire/contracts/events/orders'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type ScriptedReply, ScriptedExchange, type Seen } from '#testing/scripted-exchange'
import { cexBroker } from './cex.adapter.ts'

const command = orderSubmit.data.parse(orderSubmit.example)
const pair = {
  base: 'BTC',
  quote: 'USDT',
  baseMin: '0.00001',
  baseMax: '100',
  baseLotSize: '0.00000001',
  quoteMin: '1',
  basePrecision: '8',
  quotePrecision: '8',
  pricePrecision: '1',
}
const order = {
  orderId: '1313003',
  clientOrderId: 'x',
  accountId: 'sub1',
  status: 'FILLED',
  currency1: 'BTC',
  currency2: 'USDT',
  side: 'BUY',
  orderType: 'Market',
  executedAmountCcy1: '0.01500000',
  executedAmountCcy2: '630.00',
  averagePrice: '42000',
  feeAmount: '1.57',
  feeCurrency: 'USDT',
  rejectReason: null,
  lastUpdateTimestamp: '1728474628015',
}

let dependencies: BrokerDependencies

const told = (data: unknown): ScriptedReply => ({ status: 200, body: JSON.stringify({ ok: 'ok', data }) })
const bodyOf = (one: Seen | undefined) => JSON.parse(one?.text ?? '{}') as Record<string, unknown>
const asked = (action: string) => venue.seen.filter(({ path }) => path.endsWith(`/${action}`))

function normal(one: Seen): ScriptedReply {
  if (one.path.endsWith('/get_my_orders')) return told(bodyOf(one)['archived'] === true ? [order] : [])
  if (one.path.endsWith('/do_cancel_my_order')) return told({})
  return told({ messageType: 'executionReport', ...order })
}

const venue = new ScriptedExchange(normal, ({ path }) => (path.endsWith('/get_pairs_info') ? told([pair]) : undefined))

beforeAll(async () => {
  dependencies = await venue.start()
})
beforeEach(() => venue.reset())
afterAll(() => venue.stop())

async function connect(): Promise<BrokerSession> {
  const credentials = { apiKey: 'key', secret: 'secret', accountId: 'sub1' }
  const connected = await cexBroker.connect(credentials, { environment: 'paper', dependencies })
  if (!connected.ok) throw new Error(connected.error.message)
  return connected.value
}

function orderOf(part: object): ApprovedOrder {
  const made = { ...command, quantity: '0.015', ...part }
  const approved = approveOrder(made, encodeClientOrderId(cexBroker.capabilities.clientId, made.intentId))
  if (!approved.ok) throw new Error(approved.error.message)
  return approved.value
}

const exit = { purpose: 'stop', side: 'sell' } as const
const limit = { orderType: 'Limit', timeInForce: 'GTC' }

describe('orders on the wire', () => {
  it.each([
    ['a market order, without a price', {}, { side: 'BUY', orderType: 'Market' }],
    ['a limit', { type: 'limit', price: '19000' }, { side: 'BUY', ...limit, price: '19000' }],
    [
      'a stop with a limit',
      { ...exit, type: 'stop-limit', triggerPrice: '19000', price: '18990' },
      { side: 'SELL', ...limit, price: '18990', stopPrice: '19000' },
    ],
    [
      'a stop without one',
      { ...exit, type: 'stop-market', triggerPrice: '19000' },
      { side: 'SELL', ...limit, price: '18050', stopPrice: '19000' },
    ],
  ])('%s', async (_, part, expected) => {
    const approved = orderOf(part)
    const session = await connect()
    expect((await session.submit(approved)).ok).toBe(true)
    const { timestamp, ...sent } = bodyOf(asked('do_my_new_order')[0])
    expect(typeof timestamp).toBe('number')
    expect(sent).toEqual({
      clientOrderId: approved.clientOrderId,
      accountId: 'sub1',
      currency1: 'BTC',
      currency2: 'USDT',
      amountCcy1: '0.015',
      ...expected,
    })
  })

  it('that the venue has no order for are refused before the call', () => {
    for (const type of ['take-profit-market', 'stop-or-target', 'trailing-stop'] as const) {
      const prices = { triggerPrice: '19000', price: '21000', callbackRatePercent: '1' }
      const refused = refusalOf(cexBroker.capabilities, { ...orderOf({ ...exit }), ...prices, type })
      expect(refused).toMatchObject({ kind: 'unsupported' })
    }
  })

  it('carry the signature of the account over action, second and body', async () => {
    const session = await connect()
    await session.submit(orderOf({}))
    const { headers, text } = asked('do_my_new_order')[0]!
    const signed = `do_my_new_order${String(headers['x-aggr-timestamp'])}${text}`
    expect(headers['x-aggr-signature']).toBe(createHmac('sha256', 'secret').update(signed).digest('base64'))
    expect(headers['x-aggr-key']).toBe('key')
  })

  it('are told by their own answer, with average and fee', async () => {
    const approved = orderOf({})
    const session = await connect()
    expect(await session.submit(approved)).toMatchObject({
      ok: true,
      value: {
        clientOrderId: approved.clientOrderId,
        status: 'filled',
        filledQuantity: '0.015',
        averagePrice: '42000',
        fee: '1.57',
        feeCurrency: 'USDT',
      },
    })
    expect(venue.seen.filter(({ path }) => path.endsWith('/get_my_orders'))).toHaveLength(0)
  })
})

describe('reads', () => {
  const reference = { clientOrderId: 'x', venueOrderId: null, symbol: 'BTC/USDT', type: 'limit' as const }

  it('ask for an order among the open ones first, then among the ended ones', async () => {
    const session = await connect()
    expect(await session.findByClientId(reference)).toMatchObject({ ok: true, value: { status: 'filled' } })
    expect(asked('get_my_orders').map((one) => bodyOf(one)['archived'])).toEqual([undefined, true])
  })

  it('take an order that is open as found at once', async () => {
    venue.respond = () => told([{ ...order, status: 'PARTIALLY_FILLED' }])
    const session = await connect()
    expect(await session.findByClientId(reference)).toMatchObject({ ok: true, value: { status: 'working' } })
    expect(asked('get_my_orders')).toHaveLength(1)
  })

  it('leave out of positions what an unfinished order has executed, as its fills are told when it has ended', async () => {
    const balancesPerAccounts = { sub1: { BTC: { balance: '1.015' }, USDT: { balance: '100', balanceOnHold: '40' } } }
    venue.respond = (one) => {
      if (one.path.endsWith('/get_my_account_status_v3')) return told({ balancesPerAccounts })
      return told(bodyOf(one)['archived'] === true ? [] : [{ ...order, status: 'PARTIALLY_FILLED' }])
    }
    const session = await connect()
    expect(await session.positions()).toMatchObject({ ok: true, value: [{ symbol: 'BTC/USDT', quantity: '1' }] })
    expect(await session.fillsSince('BTC/USDT', new Date(0))).toEqual({ ok: true, value: [] })
    const balances = await session.balances()
    expect(balances.ok && balances.value[0]).toMatchObject({ currency: 'USDT', total: '100', free: '60' })
  })
})

describe('failures', () => {
  const rejected = (rejectReason: string) =>
    told({
      ...order,
      orderId: null,
      status: 'REJECTED',
      orderRejectReason: '{"code":405}',
      rejectCode: 405,
      rejectReason,
    })

  it.each([
    ['Insufficient funds', { kind: 'rejected', code: 'INSUFFICIENT_FUNDS' }],
    ['Stop price would trigger immediately', { kind: 'rejected', code: 'WOULD_TRIGGER_IMMEDIATELY' }],
    ['something new', { kind: 'rejected', code: 'REFUSED_BY_VENUE' }],
  ])('of the order engine are answered as rejected orders: %s', async (reason, error) => {
    const session = await connect()
    venue.respond = () => rejected(reason)
    expect(await session.submit(orderOf({}))).toMatchObject({ ok: false, error })
  })

  it.each([
    [429, 'API rate limit reached', 'rate-limited'],
    [401, 'API key not passed or incorrect', 'auth'],
    [400, 'API orders from Main account are not allowed', 'rejected'],
    [503, 'Request processing timeout', 'outcome-unknown'],
    [500, 'Internal error', 'outcome-unknown'],
  ])('in words: %s %s', async (status, error, kind) => {
    const session = await connect()
    venue.respond = () => ({ status, body: JSON.stringify({ error }) })
    expect(await session.submit(orderOf({}))).toMatchObject({ ok: false, error: { kind } })
  })

  it('are never repeated by the library, and texts that are none leave the outcome open', async () => {
    const session = await connect()
    venue.respond = () => 'hang-up'
    expect(await session.submit(orderOf({}))).toMatchObject({ ok: false, error: { kind: 'outcome-unknown' } })
    expect(asked('do_my_new_order')).toHaveLength(1)
    venue.respond = () => ({ status: 502, body: '<html>' })
    expect(await session.submit(orderOf({}))).toMatchObject({ ok: false, error: { kind: 'outcome-unknown' } })
  })

  it('of a cancel of an order that has ended tell that it was not found, whatever the words are', async () => {
    const session = await connect()
    venue.respond = (one) =>
      one.path.endsWith('/do_cancel_my_order')
        ? { status: 400, body: JSON.stringify({ error: 'This order must be active' }) }
        : normal(one)
    const reference = { clientOrderId: 'x', venueOrderId: '1313003', symbol: 'BTC/USDT', type: 'limit' as const }
    expect(await session.cancel(reference)).toMatchObject({ ok: false, error: { code: 'ORDER_NOT_FOUND' } })
  })
})
