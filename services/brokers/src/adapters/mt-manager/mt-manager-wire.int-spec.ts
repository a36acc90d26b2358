import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type ApprovedOrder, approveOrder } from '@tradewire/broker-kit/approved-order'
import { rejectionCodes } from '@tradewire/broker-kit/broker-error'
import type { BrokerSession } from '@tradewire/broker-kit/broker-session'
import { encodeClientOrderId } from '@tradewire/broker-kit/client-order-id'
import { orderSubmit } from '@tradewire/contracts/events/orders'
import { SystemClock } from '@tradewire/kernel/clock'
import { SystemRandomness } from '@tradewire/kernel/randomness'
import { memoryLogger } from '@tradewire/testkit/memory-logger'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { mtManagerBroker } from './mt-manager.adapter.ts'

/** So many generated replies; set HOSTILE_REPLIES for more. */
const repliesDefault = 300
const replies = Number(process.env['HOSTILE_REPLIES'] ?? repliesDefault)

interface Asked {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
}
interface Told {
  readonly status: number
  readonly text: string
  readonly headers?: Record<string, string>
}

const platform = '0b5b7c0e-7d0f-4c6d-8f2e-4f8a3f0c9d11'
const told = (body: unknown, status = 200): Told => ({ status, text: JSON.stringify(body) })
const data = (value: unknown) => told({ data: value, error: null, meta: { activityId: 'a' } })
const failed = (code: string, managerCode: unknown = null, message = 'words') =>
  told({ data: null, error: { code, managerCode, message }, meta: { activityId: 'a' } })
const command = orderSubmit.data.parse(orderSubmit.example)
const clientOrderId = encodeClientOrderId(mtManagerBroker.capabilities.clientId, command.intentId)
const trade = {
  order: 7,
  login: 5,
  symbol: 'EURUSD.m',
  tradeCommand: 'Buy',
  volume: 10,
  tradeRecordState: 'OpenNormal',
  openPrice: 1.085,
  sl: 0,
  tp: 1.1,
  openTime: '2022-09-09T01:57:36',
  closeTime: '1970-01-01T00:00:00Z',
  commission: -0.35,
  comment: clientOrderId,
  activationType: 'None',
}
const config = {
  symbol: 'EURUSD.m',
  type: 0,
  currency: 'EUR',
  tradeMode: 'Full',
  profitCalculationMode: 'Forex',
  point: 0.000_01,
  contractSize: 100_000,
}

let server: Server
let seen: Asked[] = []
let held: object[] = []
let tokens = 0
let respond: (asked: Asked) => Told | 'hang-up' | undefined

function sane({ path }: Asked): Told {
  if (path.endsWith('openid-configuration'))
    return told({ token_endpoint: 'http://elsewhere.invalid/mt-manager/connect/token' })
  if (path.endsWith('/connect/token')) {
    tokens += 1
    return told({ access_token: `token-${tokens}`, expires_in: 3_600, token_type: 'Bearer', scope: 'webapi' })
  }
  if (path === '/api/TradePlatforms') return told([{ id: platform, type: 'MT4' }])
  if (path.includes('/UserRecordRequest/')) return data({ login: 5, group: 'demo' })
  if (path.includes('/GroupRecordGet/')) return data({ currency: 'USD' })
  if (path.includes('/GroupSecGroupsGet/')) return data([{ trade: 1, lotMin: 1, lotMax: 1_000, lotStep: 1 }])
  if (path.endsWith('/CfgRequestSymbol')) return data([config])
  if (path.includes('/TickInfoLast/')) return data({ symbol: 'EURUSD.m', bid: 1.0849, ask: 1.085 })
  if (path.includes('/MarginLevelRequest/')) {
    return data({ group: 'demo', balance: 1e4, equity: 1e4, margin: 0, free: 1e4, level: 0 })
  }
  if (path.endsWith('/TradeTransaction')) return data({ order: 7 })
  if (path.includes('/TradeRecordsRequest')) return data(held.length > 0 ? held : [trade])
  return data(path.includes('/TradesGetByLogin/') ? held : [])
}

beforeAll(async () => {
  server = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk: Buffer) => (text += chunk.toString()))
    request.on('end', () => {
      const path = (request.url ?? '').replace(/^\/mt-manager/, '')
      const asked = { method: request.method ?? '', path, headers: request.headers, text }
      seen.push(asked)
      const reply = respond(asked) ?? sane(asked)
      if (reply === 'hang-up') {
        request.socket.destroy()
        return
      }
      response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers })
      response.end(reply.text)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
beforeEach(() => {
  seen = []
  held = []
  respond = () => undefined
})
afterAll(() => server.close())

const credentials = { clientId: 'client', clientSecret: 'hidden words', tradePlatform: platform, login: '5' }

async function open(part: Record<string, string> = {}): Promise<BrokerSession> {
  const dependencies = {
    clock: new SystemClock(),
    randomness: new SystemRandomness(),
    log: memoryLogger().logger,
    paperUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connectionsMax: 4,
    requestTimeoutMs: 1_000,
  }
  const form = mtManagerBroker.credentials.parse({ ...credentials, ...part })
  const connected = await mtManagerBroker.connect(form, { environment: 'paper', dependencies })
  if (!connected.ok) throw new Error(connected.error.message)
  return connected.value
}

function order(part: Partial<typeof command> = {}): ApprovedOrder {
  const euro = { venue: 'mt-manager', symbol: 'EUR/USD', quantity: '0.1', leverage: null } as const
  const approved = approveOrder({ ...command, ...euro, ...part }, clientOrderId)
  if (!approved.ok) throw new Error(approved.error.message)
  return approved.value
}

const onTrade = (reply: Told | 'hang-up') => (asked: Asked) =>
  asked.path.endsWith('/TradeTransaction') ? reply : undefined
const trades = () => seen.filter(({ path }) => path.endsWith('/TradeTransaction'))
const bodies = () => trades().map(({ text }) => JSON.parse(text) as Record<string, unknown>)
const stop = { purpose: 'stop', leg: 'stop-1', side: 'sell', reduceOnly: true, type: 'stop-market' } as const
const close = { purpose: 'close', leg: 'close-1', side: 'sell', reduceOnly: true, type: 'market' } as const
const reference = { clientOrderId, venueOrderId: null, symbol: 'EUR/USD', type: 'market' } as const

describe('an order on the wire', () => {
  it('bears our id as comment and a key of its own, in hundredths of lots and by the name the broker has', async () => {
    const session = await open()
    expect(await session.submit(order())).toMatchObject({
      ok: true,
      value: { status: 'filled', venueOrderId: '7', filledQuantity: '0.1', averagePrice: '1.085', fee: '0.35' },
    })
    expect(bodies()).toEqual([
      {
        tradeTransactionType: 'OpenMarket',
        tradeCommand: 'Buy',
        orderBy: 5,
        symbol: 'EURUSD.m',
        volume: 10,
        price: 1.085,
        ieDeviation: 543,
        comment: clientOrderId,
      },
    ])
    const headers = trades()[0]?.headers
    expect(headers?.['authorization']).toMatch(/^Bearer token-/)
    expect(headers?.['idempotency-key']).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/)
    // The venue writes [sl] behind a comment of 31 characters.
    expect(mtManagerBroker.capabilities.clientId.lengthMax + '[sl]'.length).toBeLessThanOrEqual(31)
  })

  it('has the same key when the same order is sent again, and another one after an answer that proves nothing was done', async () => {
    const key = () => trades().at(-1)?.headers['idempotency-key']
    const session = await open()
    await session.submit(order())
    const first = key()
    const restarted = await open()
    respond = onTrade(failed('MT4Error', 'TradeBrokerBusy'))
    expect(await restarted.submit(order())).toMatchObject({ ok: false, error: { kind: 'not-sent' } })
    expect(key()).toBe(first)
    respond = () => undefined
    await restarted.submit(order())
    expect(key()).not.toBe(first)
  })

  it('sets a stop on the position and leaves its target, and is known again after a restart by what was kept', async () => {
    held = [trade]
    const session = await open()
    const placed = await session.submit(order({ ...stop, triggerPrice: '1.08' }))
    expect(placed).toMatchObject({ ok: true, value: { status: 'working', venueOrderId: 'sl@1.08:7' } })
    expect(bodies()[0]).toMatchObject({ tradeTransactionType: 'ModifyTrade', order: 7, sl: 1.08, tp: 1.1 })
    held = [{ ...trade, sl: 1.08 }]
    const restarted = await open()
    const kept = { ...reference, venueOrderId: 'sl@1.08:7', type: 'stop-market' } as const
    expect(await restarted.findByClientId(kept)).toMatchObject({ ok: true, value: { status: 'working' } })
    held = [
      {
        ...trade,
        sl: 1.08,
        tradeRecordState: 'ClosedNormal',
        activationType: 'SL',
        closePrice: 1.0799,
        comment: `${clientOrderId}[sl]`,
      },
    ]
    respond = ({ path }) => (path.includes('/TradesGetByLogin/') ? data([]) : undefined)
    expect(await restarted.findByClientId(kept)).toMatchObject({
      ok: true,
      value: { filledQuantity: '0.1', averagePrice: '1.0799' },
    })
  })

  it('never lets an exit open a position: without one nothing is sent', async () => {
    const session = await open()
    for (const exit of [{ ...stop, triggerPrice: '1.08' }, close] as const) {
      const placed = await session.submit(order(exit))
      expect(placed).toMatchObject({ ok: false, error: { code: 'REDUCE_ONLY_REFUSED' } })
    }
    expect(trades()).toEqual([])
  })

  it('is told as nothing to reduce when the trade server has no such ticket any more', async () => {
    held = [trade]
    const session = await open()
    await session.positions()
    respond = (asked) => {
      if (asked.path.includes('/TradeRecordsRequest')) return data([{ ...trade, tradeRecordState: 'ClosedNormal' }])
      return onTrade(failed('MT4Error', 'InvalidData'))(asked)
    }
    expect(await session.submit(order(close))).toMatchObject({ ok: false, error: { code: 'REDUCE_ONLY_REFUSED' } })
  })

  it('is found when the venue has replaced its comment, by the ticket that was kept or by the tickets before', async () => {
    const parts = [
      { ...trade, order: 7, volume: 4, tradeRecordState: 'ClosedPart', comment: 'to #9', closePrice: 1.09 },
      { ...trade, order: 9, volume: 6, comment: 'from #7' },
    ]
    held = parts
    respond = ({ path }) => (path.includes('/TradesGetByLogin/') ? data([parts[1]]) : undefined)
    const session = await open()
    const found = await session.findByClientId({ ...reference, venueOrderId: '7' })
    expect(found).toMatchObject({ ok: true, value: { status: 'filled', filledQuantity: '0.1', venueOrderId: '7' } })
    held = [
      { ...trade, tradeRecordState: 'ClosedNormal', activationType: 'Stopout', comment: 'so: 49.8%', closePrice: 1 },
    ]
    respond = ({ path }) => (path.includes('/TradesGetByLogin/') ? data([]) : undefined)
    const other = await open()
    expect(await other.findByClientId({ ...reference, venueOrderId: '7' })).toMatchObject({
      ok: true,
      value: { status: 'filled' },
    })
    respond = ({ path }) => (path.includes('/TradesUserHistory/') ? data(held) : undefined)
    const fills = await other.fillsSince('EUR/USD', new Date(0))
    expect(fills.ok && fills.value.map(({ forced, side }) => [forced, side])).toEqual([
      [null, 'buy'],
      ['stop-out', 'sell'],
    ])
  })

  it('is looked for live where the memory of the gateway does not show it, and never taken from another login', async () => {
    respond = ({ path }) =>
      path.includes('/AdmTradesRequest/') ? data([{ ...trade, login: 6, order: 3 }, trade]) : undefined
    const session = await open()
    expect(await session.findByClientId(reference)).toMatchObject({ ok: true, value: { venueOrderId: '7' } })
    respond = ({ path }) => (path.includes('/AdmTradesRequest/') ? data([{ ...trade, login: 6 }]) : undefined)
    expect(await (await open()).findByClientId(reference)).toEqual({ ok: true, value: null })
  })
})

describe('a client of the gateway', () => {
  it('asks for one token for all its accounts, at the host that it knows and no other, and for another when it is refused', async () => {
    const dependencies = {
      clock: new SystemClock(),
      randomness: new SystemRandomness(),
      log: memoryLogger().logger,
      paperUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      connectionsMax: 4,
      requestTimeoutMs: 1_000,
    }
    const form = mtManagerBroker.credentials.parse(credentials)
    const sessions = await Promise.all(
      [1, 2, 3].map(() => mtManagerBroker.connect(form, { environment: 'paper', dependencies })),
    )
    await Promise.all(sessions.map((each) => (each.ok ? each.value.balances() : undefined)))
    const asked = () => seen.filter(({ path }) => path.endsWith('/connect/token'))
    expect(asked()).toHaveLength(1)
    expect(Object.fromEntries(new URLSearchParams(asked()[0]?.text))).toEqual({
      grant_type: 'client_credentials',
      client_id: 'client',
      client_secret: 'hidden words',
      scope: 'webapi',
    })
    let refusals = 1
    respond = ({ path }) =>
      path.endsWith('/TradeTransaction') && refusals-- > 0 ? { status: 401, text: '' } : undefined
    const [first] = sessions
    expect(first?.ok === true && (await first.value.submit(order())).ok).toBe(true)
    expect(asked()).toHaveLength(2)
    expect(trades()).toHaveLength(2)
  })

  it('is told what is wrong with it, and its secret never', async () => {
    const cases: [(asked: Asked) => Told | undefined, string][] = [
      [({ path }) => (path.endsWith('/connect/token') ? told({ error: 'invalid_client' }, 400) : undefined), 'auth'],
      [({ path }) => (path === '/api/TradePlatforms' ? told({ value: [] }) : undefined), 'auth'],
      [({ path }) => (path === '/api/TradePlatforms' ? told([{ id: platform, type: 'MT7' }]) : undefined), 'auth'],
      [({ path }) => (path.includes('/UserRecordRequest/') ? failed('NotFound') : undefined), 'auth'],
      [({ path }) => (path.includes('/MarginLevelRequest/') ? failed('Forbidden') : undefined), 'auth'],
      [({ path }) => (path.includes('/MarginLevelRequest/') ? failed('NoConnect') : undefined), 'connectivity'],
      [({ path }) => (path.endsWith('/connect/token') ? { status: 503, text: '' } : undefined), 'connectivity'],
    ]
    for (const [answer, kind] of cases) {
      respond = answer
      const balances = await (await open()).balances()
      expect(balances).toMatchObject({ ok: false, error: { kind } })
      expect(JSON.stringify(balances)).not.toContain(credentials.clientSecret)
    }
    expect(mtManagerBroker.credentials.safeParse({ ...credentials, tradePlatform: 'x' }).success).toBe(false)
    expect(mtManagerBroker.credentials.safeParse({ ...credentials, login: '0' }).success).toBe(false)
  })
})

describe('what became of a transaction', () => {
  it('is told by the codes that prove it, and unknown by any other', async () => {
    const cases = [
      ['MT4Error', 'TradeNoMoney', 'rejected'],
      ['MT4Error', 'TradeMarketClosed', 'rejected'],
      ['MT4Error', 134, 'rejected'],
      ['MT4Error', 'TradeTooManyReq', 'rate-limited'],
      ['MT4Error', 'TradeContextBusy', 'not-sent'],
      ['MT4Error', 'AccountDisabled', 'auth'],
      ['MT4Error', 'TradeTimeout', 'outcome-unknown'],
      ['MT4Error', 'TradeProcess', 'outcome-unknown'],
      ['MT4Error', 'SomethingNew', 'outcome-unknown'],
      ['MT4Error', 999, 'outcome-unknown'],
      ['MT4Error', null, 'outcome-unknown'],
      ['OutcomeUnknown', null, 'outcome-unknown'],
      ['MT4Error', 'OutcomeUnknown', 'outcome-unknown'],
      ['Timeout', null, 'not-sent'],
      ['NoConnect', null, 'outcome-unknown'],
      ['Internal', null, 'outcome-unknown'],
      ['Validation', null, 'rejected'],
      ['Forbidden', null, 'auth'],
      ['NotFound', null, 'rejected'],
    ] as const
    for (const [code, managerCode, kind] of cases) {
      const session = await open()
      respond = onTrade(failed(code, managerCode))
      expect([code, managerCode, await session.submit(order())]).toMatchObject([
        code,
        managerCode,
        { ok: false, error: { kind } },
      ])
    }
    expect(trades()).toHaveLength(cases.length)
  })

  it('is unknown when the answer is lost, late or cannot be read, and is asked once', async () => {
    const session = await open()
    const unclear = [
      'hang-up',
      told({}, 500),
      told({}, 504),
      told({}),
      data(null),
      data({ order: 0.5 }),
      { status: 200, text: '' },
    ] as const
    for (const reply of unclear) {
      respond = onTrade(reply)
      expect(await session.submit(order())).toMatchObject({ ok: false, error: { kind: 'outcome-unknown' } })
    }
    expect(trades()).toHaveLength(unclear.length)
  })

  it('is told by its status where that proves that nothing was done', async () => {
    const session = await open()
    respond = onTrade({ status: 429, text: '', headers: { 'retry-after': '7' } })
    expect(await session.submit(order())).toMatchObject({
      ok: false,
      error: { kind: 'rate-limited', retryAfterMs: 7_000 },
    })
    const cases = [
      [400, 'rejected'],
      [401, 'auth'],
      [403, 'auth'],
      [404, 'not-sent'],
    ] as const
    for (const [status, kind] of cases) {
      respond = onTrade({ status, text: '' })
      expect(await session.submit(order())).toMatchObject({ ok: false, error: { kind } })
    }
  })
})

const deep = `${'{"data":'.repeat(2_000)}1${'}'.repeat(2_000)}`
const anyText = fc.oneof(
  fc.json(),
  fc.string(),
  fc
    .anything()
    .map((value) =>
      JSON.stringify({ data: { order: value }, error: { code: 'TradeTimeout', managerCode: value } }, plain),
    ),
  fc
    .record({ code: fc.string(), managerCode: fc.oneof(fc.string(), fc.double(), fc.constant(null)) })
    .map((error) => JSON.stringify({ data: null, error })),
  fc.constantFrom(
    '',
    '{',
    '[]',
    'null',
    deep,
    '{"data":{"order":1e999}}',
    '{"data":{"order":-1},"error":null}',
    '{"data":{"order":"7x"},"error":null}',
  ),
)

function plain(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' || typeof value === 'symbol' || typeof value === 'function' ? String(value) : value
}

describe('a venue that answers nonsense', () => {
  it('never ends the process, and makes a transaction that was sent unknown or refused with a code', async () => {
    const session = await open()
    await session.balances()
    const kinds = new Set(['outcome-unknown', 'rejected', 'rate-limited', 'auth', 'not-sent'])
    await fc.assert(
      fc.asyncProperty(anyText, fc.constantFrom(200, 200, 200, 400, 418, 429, 500), async (text, status) => {
        respond = onTrade({ status, text })
        const placed = await session.submit(order())
        if (placed.ok) throw new Error(`taken for done: ${text}`)
        expect(kinds).toContain(placed.error.kind)
        if (placed.error.kind === 'rejected') expect(rejectionCodes).toContain(placed.error.code)
        if (status >= 500) expect(placed.error.kind).toBe('outcome-unknown')
      }),
      { numRuns: replies },
    )
  }, 600_000)

  it('fails reads with words, whatever comes', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyText,
        fc.constantFrom('Trades', 'Record', 'Platforms', 'Cfg', 'token', 'Group'),
        async (text, where) => {
          const session = await open()
          respond = ({ path }) => (path.includes(where) ? { status: 200, text } : undefined)
          const found = await session.findByClientId(reference)
          expect(found.ok ? found.value : found.error.kind).toSatisfy(
            (one) => one === null || ['connectivity', 'rejected', 'auth', 'rate-limited'].includes(one as string),
          )
          respond = () => undefined
        },
      ),
      { numRuns: 40 },
    )
  }, 120_000)
})
