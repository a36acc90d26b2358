import { createHmac } from 'node:crypto'
import { type ApprovedOrder, approveOrder } from '@tradewire/broker-kit/approved-order'
import type { BrokerSession } from '@tradewire/broker-kit/broker-session'
import { encodeClientOrderId } from '@tradewire/broker-kit/client-order-id'
import type { BrokerDefinition, BrokerDependencies } from '@tradewire/broker-kit/define-broker'
import { orderSubmit } from '@tradewire/contracts/events/orders'
import { ManualClock } from '@tradewire/testkit/manual-clock'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { okxCoin, okxInstrument } from '#testing/good-replies'
import { type ScriptedReply, ScriptedExchange, type Seen } from '#testing/scripted-exchange'
import { okxSpotBroker } from './okx-spot.adapter.ts'
import { okxSwapBroker } from './okx-swap.adapter.ts'

const command = orderSubmit.data.parse(orderSubmit.example)
const credentials = { apiKey: 'key', secret: 'secret', passphrase: 'phrase' }
const order = {
  instId: 'BTC-USDT-SWAP',
  ordId: '7',
  clOrdId: 'x',
  state: 'filled',
  accFillSz: '1.5',
  avgPx: '42000',
  fee: '-0.1',
  feeCcy: 'USDT',
}

const coin = { ...okxCoin, lotSz: '0.00000001' }

let dependencies: BrokerDependencies

function answer(data: readonly unknown[], code = '0', msg = ''): ScriptedReply {
  return { status: 200, body: JSON.stringify({ code, msg, data }) }
}

function normal({ path }: Seen): ScriptedReply {
  if (path.includes('/public/instruments'))
    return answer([path.includes('SPOT') ? coin : { ...okxInstrument, lotSz: lotSize }])
  if (path.endsWith('/trade/order-algo')) return answer([{ algoId: '9', algoClOrdId: 'x', sCode: '0', sMsg: '' }])
  if (path.endsWith('/trade/order')) return answer([{ ...order, sCode: '0', sMsg: '' }])
  return answer([])
}

/** How many of a contract the venue lets go in steps of. */
let lotSize = okxInstrument.lotSz

const venue = new ScriptedExchange(normal, (one) =>
  one.path.includes('/public/instruments') ? normal(one) : undefined,
)

beforeAll(async () => {
  dependencies = await venue.start()
})
beforeEach(() => venue.reset())
afterAll(() => venue.stop())

async function connect(broker: BrokerDefinition = okxSwapBroker): Promise<BrokerSession> {
  const connected = await broker.connect(credentials, { environment: 'paper', dependencies })
  if (!connected.ok) throw new Error(connected.error.message)
  return connected.value
}

function orderOf(part: object): ApprovedOrder {
  const made = { ...command, quantity: '0.015', ...part }
  const approved = approveOrder(made, encodeClientOrderId(okxSwapBroker.capabilities.clientId, made.intentId))
  if (!approved.ok) throw new Error(approved.error.message)
  return approved.value
}

const stop = { purpose: 'stop', side: 'sell', reduceOnly: true } as const

describe('orders on the wire', () => {
  it.each([
    ['market', {}, { ordType: 'market', sz: '1.5' }],
    ['limit', { type: 'limit', price: '19000' }, { ordType: 'limit', px: '19000' }],
    [
      'stop-market',
      { ...stop, type: 'stop-market', triggerPrice: '19000' },
      { ordType: 'conditional', slTriggerPx: '19000', slOrdPx: '-1', reduceOnly: true },
    ],
    [
      'stop-limit',
      { ...stop, type: 'stop-limit', triggerPrice: '19000', price: '18990.5' },
      { ordType: 'conditional', slTriggerPx: '19000', slOrdPx: '18990.5' },
    ],
    [
      'take-profit-market',
      { ...stop, type: 'take-profit-market', triggerPrice: '21000' },
      { ordType: 'conditional', tpTriggerPx: '21000', tpOrdPx: '-1' },
    ],
    [
      'take-profit-limit',
      { ...stop, type: 'take-profit-limit', triggerPrice: '21000', price: '21010' },
      { ordType: 'conditional', tpTriggerPx: '21000', tpOrdPx: '21010' },
    ],
    [
      'trailing-stop',
      { ...stop, type: 'trailing-stop', callbackRatePercent: '2' },
      { ordType: 'move_order_stop', callbackRatio: '0.02' },
    ],
  ])('%s: contracts, our id, and no price that does not belong there', async (type, part, fields) => {
    const approved = orderOf(part)
    const session = await connect()
    expect((await session.submit(approved)).ok).toBe(true)
    const placed = venue.seen.find(({ method }) => method === 'POST')
    const conditional = type !== 'market' && type !== 'limit'
    const sent = JSON.parse(placed?.text ?? '{}') as Record<string, unknown>
    expect(placed?.path).toBe(`/okx/api/v5/trade/order${conditional ? '-algo' : ''}`)
    expect(sent).toMatchObject({ instId: 'BTC-USDT-SWAP', tdMode: 'cross', sz: '1.5', ...fields })
    expect(sent[conditional ? 'algoClOrdId' : 'clOrdId']).toBe(approved.clientOrderId)
    if (type !== 'limit') expect(sent['px']).toBeUndefined()
  })

  it('pay for coins in cash and count them as they are; a stop and a target are one order', async () => {
    const session = await connect(okxSpotBroker)
    await session.submit(orderOf({}))
    await session.submit(
      orderOf({ purpose: 'stop', side: 'sell', type: 'stop-or-target', triggerPrice: '19000', price: '21000' }),
    )
    const sent = venue.seen.filter(({ method }) => method === 'POST').map(({ text }) => JSON.parse(text) as unknown)
    expect(sent).toMatchObject([
      { instId: 'BTC-USDT', tdMode: 'cash', ordType: 'market', sz: '0.015', tgtCcy: 'base_ccy' },
      { ordType: 'oco', tdMode: 'cash', slTriggerPx: '19000', slOrdPx: '-1', tpTriggerPx: '21000', tpOrdPx: '-1' },
    ])
  })

  it('are signed over the time, the path and the body', async () => {
    const session = await connect()
    await session.submit(orderOf({}))
    for (const { method, path, text, headers } of venue.seen.filter(({ path }) => path.includes('/trade/'))) {
      const signed = `${String(headers['ok-access-timestamp'])}${method}${path.replace('/okx', '')}${text}`
      expect(headers['ok-access-sign']).toBe(createHmac('sha256', 'secret').update(signed).digest('base64'))
      expect(headers['ok-access-passphrase']).toBe('phrase')
    }
  })
})

describe('failures', () => {
  it.each([
    ['outer code 1', '1', '51008', { kind: 'rejected', code: 'INSUFFICIENT_FUNDS' }],
    ['outer code 2', '2', '51016', { kind: 'rejected', code: 'DUPLICATE_CLIENT_ORDER_ID' }],
    ['outer code 0', '0', '51280', { kind: 'rejected', code: 'WOULD_TRIGGER_IMMEDIATELY' }],
    ['outer code 0', '0', '51999', { kind: 'rejected', code: 'REFUSED_BY_VENUE' }],
    ['outer code 1', '1', '51009', { kind: 'rejected', code: 'REFUSED_BY_VENUE' }],
    ['outer code 1', '1', '51010', { kind: 'rejected', code: 'ACCOUNT_SETTINGS_UNSUITABLE' }],
    ['outer code 1', '1', '50011', { kind: 'rate-limited' }],
    ['outer code 1', '1', '50004', { kind: 'outcome-unknown' }],
    ['outer code 1', '1', '50026', { kind: 'outcome-unknown' }],
  ])('of one part are found behind %s (%s %s)', async (_, code, sCode, error) => {
    const session = await connect()
    venue.respond = () => answer([{ ordId: '', algoId: '', sCode, sMsg: 'words of the venue' }], code)
    const refused = await session.submit(orderOf({}))
    expect(refused).toMatchObject({ ok: false, error: { ...error, message: 'words of the venue' } })
  })

  it.each([
    ['a full queue', 429, '50011', 'rate-limited'],
    ['a wrong key', 401, '50111', 'auth'],
    ['a wrong passphrase', 401, '50105', 'auth'],
    ['a stale time', 401, '50102', 'not-sent'],
    ['an account that is being liquidated', 400, '50009', 'rejected'],
    ['an account that may not trade', 400, '50027', 'rejected'],
    ['a timeout inside', 200, '50004', 'outcome-unknown'],
    ['maintenance', 503, '50001', 'outcome-unknown'],
  ])('of the whole call: %s', async (_, status, code, kind) => {
    const session = await connect()
    venue.respond = () => ({ status, body: JSON.stringify({ code, msg: 'words', data: [] }) })
    expect(await session.submit(orderOf({}))).toMatchObject({ ok: false, error: { kind } })
  })

  it('are never repeated by the library', async () => {
    const session = await connect()
    venue.respond = () => 'hang-up'
    expect(await session.submit(orderOf({}))).toMatchObject({ ok: false, error: { kind: 'outcome-unknown' } })
    expect(venue.seen.filter(({ method }) => method === 'POST')).toHaveLength(1)
  })

  it('leave an order that was taken as working when it cannot be read afterwards', async () => {
    const session = await connect()
    venue.respond = (one) => (one.method === 'POST' ? normal(one) : { status: 500, body: 'oops' })
    expect(await session.submit(orderOf({}))).toMatchObject({
      ok: true,
      value: { status: 'working', venueOrderId: '7' },
    })
  })
})

describe('replies that make no sense', () => {
  const leaf = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.integer(),
    fc.constant(null),
    fc.boolean(),
    fc.constantFrom('0', '1', 'live', '1e9', 'NaN'),
  )
  const field = fc.constantFrom(
    'ordId',
    'algoId',
    'clOrdId',
    'state',
    'accFillSz',
    'avgPx',
    'fee',
    'instId',
    'sCode',
    'details',
    'pos',
    'billId',
    'ts',
  )
  const item = fc.oneof(leaf, fc.dictionary(field, fc.oneof(leaf, fc.array(leaf, { maxLength: 2 })), { maxKeys: 8 }))
  const body = fc.oneof(
    fc.string({ maxLength: 40 }),
    fc
      .record({
        code: fc.constantFrom('0', '1', '2', 7),
        msg: leaf,
        data: fc.oneof(leaf, fc.array(item, { maxLength: 3 })),
      })
      .map((value) => JSON.stringify(value)),
  )

  it('never end in an exception, nor a placement in a proof that the venue never gave', async () => {
    const session = await connect()
    const reference = { clientOrderId: 'x', venueOrderId: null, symbol: 'BTC/USDT', type: 'stop-market' as const }
    await fc.assert(
      fc.asyncProperty(body, fc.constantFrom(200, 200, 400, 500), async (text, status) => {
        venue.respond = () => ({ status, body: text })
        const placed = await session.submit(orderOf({}))
        if (!placed.ok) expect(placed.error.kind).toBe('outcome-unknown')
        for (const read of [
          session.openOrders(),
          session.positions(),
          session.balances(),
          session.fillsSince('BTC/USDT', new Date(0)),
          session.findByClientId(reference),
          session.cancel(reference),
          session.keyFacts(),
          session.settingsProblem!(),
        ]) {
          expect(typeof (await read).ok).toBe('boolean')
        }
      }),
      { numRuns: 60 },
    )
  })
})

describe('the markets of the exchange', () => {
  it('are read again when somebody asks later, and not at once', async () => {
    const clock = new ManualClock(new Date().toISOString())
    const options = { environment: 'paper', dependencies: { ...dependencies, clock } } as const
    const opened = await okxSwapBroker.connect(credentials, options)
    if (!opened.ok) throw new Error(opened.error.message)
    const step = async () => {
      const listed = await opened.value.instruments()
      return listed.ok ? listed.value[0]?.quantityStep : listed.error.kind
    }
    const before = await step()
    lotSize = '1'
    expect(await step()).toBe(before)
    clock.advance(3_600_000)
    expect([before, await step()]).toEqual(['0.0001', '0.01'])
    lotSize = okxInstrument.lotSz
    await opened.value.close()
  })
})

describe('settings of the account', () => {
  it.each([
    ['keeps long and short apart', { acctLv: '2', posMode: 'long_short_mode' }, 'net mode'],
    ['has no futures', { acctLv: '1', posMode: 'net_mode' }, 'Futures mode'],
    ['is as it should be', { acctLv: '3', posMode: 'net_mode' }, null],
  ])('are told where they keep us from trading swaps: one that %s', async (_name, config, words) => {
    venue.respond = ({ path }) => answer(path.endsWith('/account/config') ? [config] : [])
    const problem = await (await connect()).settingsProblem?.()
    expect(problem).toEqual({ ok: true, value: words === null ? null : (expect.stringContaining(words) as string) })
  })

  it('do not matter where coins are bought', async () => {
    venue.respond = () => answer([{ acctLv: '1', posMode: 'long_short_mode' }])
    expect(await (await connect(okxSpotBroker)).settingsProblem?.()).toEqual({ ok: true, value: null })
  })
})
