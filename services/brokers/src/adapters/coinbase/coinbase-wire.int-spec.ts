import { generateKeyPairSync, verify } from 'node:crypto'
import { type ApprovedOrder, approveOrder } from '@tradewire/broker-kit/approved-order'
import type { BrokerSession } from '@tradewire/broker-kit/broker-session'
import { encodeClientOrderId } from '@tradewire/broker-kit/client-order-id'
import type { BrokerDependencies } from '@tradewire/broker-kit/define-broker'
import { orderSubmit } from '@tradewire/contracts/events/orders'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type ScriptedReply, ScriptedExchange, type Seen } from '#testing/scripted-exchange'
import { coinbaseBroker } from './coinbase.adapter.ts'

const command = orderSubmit.data.parse(orderSubmit.example)
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const credentials = {
  apiKey: 'organizations/one/apiKeys/two',
  secret: privateKey.export({ type: 'sec1', format: 'pem' }).toString(),
}
const product = {
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
const filled = {
  order_id: 'venue-id',
  client_order_id: 'x',
  product_id: 'BTC-USDT',
  status: 'FILLED',
  filled_size: '0.015',
  average_filled_price: '42000',
  total_fees: '0.63',
}

let dependencies: BrokerDependencies

const answer = (body: unknown, status = 200): ScriptedReply => ({ status, body: JSON.stringify(body) })

function normal({ method, path }: Seen): ScriptedReply {
  if (path.includes('/ticker')) return answer({ trades: [], best_bid: '41999', best_ask: '42000' })
  if (method === 'POST') return answer({ success: true, success_response: { order_id: 'venue-id' } })
  return answer({ order: filled })
}

const venue = new ScriptedExchange(normal, ({ path }) =>
  /\/market\/products(\?|$)/.test(path) ? answer({ products: path.includes('FUTURE') ? [] : [product] }) : undefined,
)

beforeAll(async () => {
  dependencies = await venue.start()
})
beforeEach(() => venue.reset())
afterAll(() => venue.stop())

async function connect(): Promise<BrokerSession> {
  const connected = await coinbaseBroker.connect(credentials, { environment: 'paper', dependencies })
  if (!connected.ok) throw new Error(connected.error.message)
  return connected.value
}

function orderOf(part: object): ApprovedOrder {
  const made = { ...command, quantity: '0.015', ...part }
  const approved = approveOrder(made, encodeClientOrderId(coinbaseBroker.capabilities.clientId, made.intentId))
  if (!approved.ok) throw new Error(approved.error.message)
  return approved.value
}

const exit = { purpose: 'stop', side: 'sell' } as const
const size = { base_size: '0.015' }
const down = { stop_direction: 'STOP_DIRECTION_STOP_DOWN' }
const up = { stop_direction: 'STOP_DIRECTION_STOP_UP' }

describe('orders on the wire', () => {
  it.each([
    ['a purchase at the market', {}, { sor_limit_ioc: { ...size, limit_price: '44100' } }],
    ['a sale at the market', { side: 'sell' }, { market_market_ioc: size }],
    [
      'a limit',
      { type: 'limit', price: '19000' },
      { limit_limit_gtc: { ...size, limit_price: '19000', post_only: false } },
    ],
    [
      'a stop with a limit',
      { ...exit, type: 'stop-limit', triggerPrice: '19000', price: '18990' },
      { stop_limit_stop_limit_gtc: { ...size, limit_price: '18990', stop_price: '19000', ...down } },
    ],
    [
      'a stop without one',
      { ...exit, type: 'stop-market', triggerPrice: '19000' },
      { stop_limit_stop_limit_gtc: { ...size, limit_price: '18050', stop_price: '19000', ...down } },
    ],
    [
      'a target',
      { ...exit, type: 'take-profit-market', triggerPrice: '21000' },
      { stop_limit_stop_limit_gtc: { ...size, limit_price: '19950', stop_price: '21000', ...up } },
    ],
    [
      'a stop and a target',
      { ...exit, type: 'stop-or-target', triggerPrice: '19000', price: '21000' },
      { trigger_bracket_gtc: { ...size, limit_price: '21000', stop_trigger_price: '19000' } },
    ],
  ])('%s', async (_, part, configuration) => {
    const approved = orderOf(part)
    const session = await connect()
    expect((await session.submit(approved)).ok).toBe(true)
    const sent = JSON.parse(venue.seen.find(({ method }) => method === 'POST')?.text ?? '{}') as object
    expect(sent).toEqual({
      client_order_id: approved.clientOrderId,
      product_id: 'BTC-USDT',
      side: approved.side.toUpperCase(),
      order_configuration: configuration,
    })
  })

  it('carry a token of the account for exactly this call', async () => {
    const session = await connect()
    await session.submit(orderOf({}))
    const placed = venue.seen.find(({ method }) => method === 'POST')
    const [header = '', claims = '', signature = ''] = String(placed?.headers['authorization']).slice(7).split('.')
    const said = JSON.parse(Buffer.from(claims, 'base64url').toString()) as object
    expect(said).toMatchObject({ sub: credentials.apiKey, uri: 'POST api.coinbase.com/api/v3/brokerage/orders' })
    const key = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const
    expect(verify('sha256', Buffer.from(`${header}.${claims}`), key, Buffer.from(signature, 'base64url'))).toBe(true)
  })
})

describe('failures', () => {
  const refusal = (error: string, preview_failure_reason: string) =>
    answer({ success: false, error_response: { error, message: '', preview_failure_reason } })

  it.each([
    ['INSUFFICIENT_FUND', 'PREVIEW_INSUFFICIENT_FUND', { kind: 'rejected', code: 'INSUFFICIENT_FUNDS' }],
    ['UNKNOWN_FAILURE_REASON', 'PREVIEW_INVALID_BASE_SIZE_TOO_SMALL', { kind: 'rejected', code: 'INVALID_QUANTITY' }],
    ['UNKNOWN_FAILURE_REASON', 'PREVIEW_SOMETHING_NEW', { kind: 'rejected', code: 'REFUSED_BY_VENUE' }],
  ])('of a placement that has the status of a success: %s %s', async (error, preview, expected) => {
    const session = await connect()
    venue.respond = (one) => (one.method === 'POST' ? refusal(error, preview) : normal(one))
    expect(await session.submit(orderOf({}))).toMatchObject({ ok: false, error: expected })
  })

  it.each([
    ['a full queue', 429, { error: 'rate_limit_exceeded', message: 'slow down' }, 'rate-limited'],
    ['a wrong key', 401, 'Unauthorized', 'auth'],
    ['a failure inside', 500, { error: 'INTERNAL', message: 'oops' }, 'outcome-unknown'],
    ['a gateway', 502, '<html>', 'outcome-unknown'],
  ])('of the whole call: %s', async (_, status, body, kind) => {
    const session = await connect()
    venue.respond = (one) =>
      one.method === 'POST' ? { status, body: typeof body === 'string' ? body : JSON.stringify(body) } : normal(one)
    expect(await session.submit(orderOf({}))).toMatchObject({ ok: false, error: { kind } })
  })

  it('before a purchase was sent prove that nothing stands', async () => {
    const session = await connect()
    venue.respond = () => 'hang-up'
    expect(await session.submit(orderOf({}))).toMatchObject({ ok: false, error: { kind: 'not-sent' } })
    expect(venue.seen.filter(({ method }) => method === 'POST')).toHaveLength(0)
  })

  it('are never repeated by the library', async () => {
    const session = await connect()
    venue.respond = (one) => (one.method === 'POST' ? 'hang-up' : normal(one))
    expect(await session.submit(orderOf({}))).toMatchObject({ ok: false, error: { kind: 'outcome-unknown' } })
    expect(venue.seen.filter(({ method }) => method === 'POST')).toHaveLength(1)
  })
})

describe('replies that make no sense', () => {
  const leaf = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.integer(),
    fc.constant(null),
    fc.boolean(),
    fc.constantFrom('OPEN', '1e9'),
  )
  const field = fc.constantFrom(
    'order_id',
    'status',
    'filled_size',
    'results',
    'orders',
    'accounts',
    'fills',
    'cursor',
    'order',
    'success',
  )
  const item = fc.oneof(leaf, fc.dictionary(field, fc.oneof(leaf, fc.array(leaf, { maxLength: 2 })), { maxKeys: 6 }))
  const body = fc.oneof(
    fc.string({ maxLength: 40 }),
    fc
      .dictionary(field, fc.oneof(item, fc.array(item, { maxLength: 2 })), { maxKeys: 6 })
      .map((value) => JSON.stringify(value)),
  )

  it('never end in an exception, nor a placement in a proof that the venue never gave', async () => {
    const session = await connect()
    const reference = { clientOrderId: 'x', venueOrderId: null, symbol: 'BTC/USDT', type: 'limit' as const }
    await fc.assert(
      fc.asyncProperty(body, fc.constantFrom(200, 200, 400, 500), async (text, status) => {
        venue.respond = () => ({ status, body: text })
        const placed = await session.submit(orderOf({ side: 'sell' }))
        if (!placed.ok) expect(placed.error.kind).toBe('outcome-unknown')
        for (const read of [
          session.openOrders(),
          session.positions(),
          session.fillsSince('BTC/USDT', new Date(0)),
          session.findByClientId(reference),
          session.findByClientId({ ...reference, venueOrderId: 'y' }),
          session.cancel({ ...reference, venueOrderId: 'y' }),
          session.keyFacts(),
        ]) {
          expect(typeof (await read).ok).toBe('boolean')
        }
      }),
      { numRuns: 60 },
    )
  })
})
