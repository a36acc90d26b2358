import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ScriptedReply, Seen } from '#testing/scripted-exchange'
import { credentials, data, failed, onTrade, platform, ScriptedGateway } from '#testing/scripted-gateway'
import { told } from '#testing/scripted-terminal'
import { mtManagerBroker } from './mt-manager.adapter.ts'

const gateway = new ScriptedGateway(mtManagerBroker)

beforeAll(() => gateway.start())
beforeEach(() => gateway.reset())
afterAll(() => gateway.stop())

const reference = {
  clientOrderId: gateway.clientOrderId,
  venueOrderId: null,
  symbol: 'EUR/USD',
  type: 'market',
} as const
const stop = { purpose: 'stop', leg: 'stop-1', side: 'sell', reduceOnly: true, type: 'stop-market' } as const
const close = { purpose: 'close', leg: 'close-1', side: 'sell', reduceOnly: true, type: 'market' } as const

describe('an order on the wire', () => {
  it('bears our id as comment and a key of its own, in hundredths of lots and by the name the broker has', async () => {
    const session = await gateway.openOne()
    expect(await session.submit(gateway.order())).toMatchObject({
      ok: true,
      value: { status: 'filled', venueOrderId: '7', filledQuantity: '0.1', averagePrice: '1.085', fee: '0.35' },
    })
    expect(gateway.bodies()).toEqual([
      {
        tradeTransactionType: 'OpenMarket',
        tradeCommand: 'Buy',
        orderBy: 5,
        symbol: 'EURUSD.m',
        volume: 10,
        price: 1.085,
        ieDeviation: 543,
        comment: gateway.clientOrderId,
      },
    ])
    const headers = gateway.transactions()[0]?.headers
    expect(headers?.['authorization']).toMatch(/^Bearer token-/)
    expect(headers?.['idempotency-key']).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/)
    // The venue writes [sl] behind a comment of 31 characters.
    expect(mtManagerBroker.capabilities.clientId.lengthMax + '[sl]'.length).toBeLessThanOrEqual(31)
  })

  it('has the same key when the same order is sent again, and another one after an answer that proves nothing was done', async () => {
    const key = () => gateway.transactions().at(-1)?.headers['idempotency-key']
    const session = await gateway.openOne()
    await session.submit(gateway.order())
    const first = key()
    const restarted = await gateway.openOne()
    gateway.answer = onTrade(failed('MT4Error', 'TradeBrokerBusy'))
    expect(await restarted.submit(gateway.order())).toMatchObject({ ok: false, error: { kind: 'not-sent' } })
    expect(key()).toBe(first)
    gateway.answer = () => undefined
    await restarted.submit(gateway.order())
    expect(key()).not.toBe(first)
  })

  it('sets a stop on the position and leaves its target, and is known again after a restart by what was kept', async () => {
    gateway.held = [gateway.trade]
    const session = await gateway.openOne()
    const placed = await session.submit(gateway.order({ ...stop, triggerPrice: '1.08' }))
    expect(placed).toMatchObject({ ok: true, value: { status: 'working', venueOrderId: 'sl@1.08:7' } })
    expect(gateway.bodies()[0]).toMatchObject({ tradeTransactionType: 'ModifyTrade', order: 7, sl: 1.08, tp: 1.1 })
    gateway.held = [{ ...gateway.trade, sl: 1.08 }]
    const restarted = await gateway.openOne()
    const kept = { ...reference, venueOrderId: 'sl@1.08:7', type: 'stop-market' } as const
    expect(await restarted.findByClientId(kept)).toMatchObject({ ok: true, value: { status: 'working' } })
    gateway.held = [
      {
        ...gateway.trade,
        sl: 1.08,
        tradeRecordState: 'ClosedNormal',
        activationType: 'SL',
        closePrice: 1.0799,
        comment: `${gateway.clientOrderId}[sl]`,
      },
    ]
    gateway.answer = ({ path }) => (path.includes('/TradesGetByLogin/') ? data([]) : undefined)
    expect(await restarted.findByClientId(kept)).toMatchObject({
      ok: true,
      value: { filledQuantity: '0.1', averagePrice: '1.0799' },
    })
  })

  it('leaves a level that a newer stop may hold when a stop is taken back after a restart', async () => {
    gateway.held = [{ ...gateway.trade, sl: 1.08 }]
    const restarted = await gateway.openOne()
    const kept = { ...reference, venueOrderId: 'sl@1.08:7', type: 'stop-market' } as const
    expect(await restarted.cancel(kept)).toMatchObject({ ok: true, value: { status: 'cancelled' } })
    expect(gateway.bodies()).toEqual([])
  })

  it('protects at once what it has opened, while the memory of the gateway does not show it yet', async () => {
    const session = await gateway.openOne()
    expect((await session.submit(gateway.order())).ok).toBe(true)
    const placed = await session.submit(gateway.order({ ...stop, triggerPrice: '1.08' }))
    expect(placed).toMatchObject({ ok: true, value: { status: 'working' } })
    expect(gateway.bodies()[1]).toMatchObject({ tradeTransactionType: 'ModifyTrade', order: 7, sl: 1.08, tp: 1.1 })
  })

  it('never lets an exit open a position: without one nothing is sent', async () => {
    const session = await gateway.openOne()
    for (const exit of [{ ...stop, triggerPrice: '1.08' }, close] as const) {
      const placed = await session.submit(gateway.order(exit))
      expect(placed).toMatchObject({ ok: false, error: { code: 'REDUCE_ONLY_REFUSED' } })
    }
    expect(gateway.transactions()).toEqual([])
  })

  it('is told as nothing to reduce when the trade server has no such ticket any more', async () => {
    gateway.held = [gateway.trade]
    const session = await gateway.openOne()
    await session.positions()
    gateway.answer = (asked) => {
      if (asked.path.includes('/TradeRecordsRequest'))
        return data([{ ...gateway.trade, tradeRecordState: 'ClosedNormal' }])
      return onTrade(failed('MT4Error', 'InvalidData'))(asked)
    }
    expect(await session.submit(gateway.order(close))).toMatchObject({
      ok: false,
      error: { code: 'REDUCE_ONLY_REFUSED' },
    })
  })

  it('is found when the venue has replaced its comment, by the ticket that was kept or by the tickets before', async () => {
    const parts = [
      { ...gateway.trade, order: 7, volume: 4, tradeRecordState: 'ClosedPart', comment: 'to #9', closePrice: 1.09 },
      { ...gateway.trade, order: 9, volume: 6, comment: 'from #7' },
    ]
    gateway.held = parts
    gateway.answer = ({ path }) => (path.includes('/TradesGetByLogin/') ? data([parts[1]]) : undefined)
    const session = await gateway.openOne()
    const found = await session.findByClientId({ ...reference, venueOrderId: '7' })
    expect(found).toMatchObject({ ok: true, value: { status: 'filled', filledQuantity: '0.1', venueOrderId: '7' } })
    gateway.held = [
      {
        ...gateway.trade,
        tradeRecordState: 'ClosedNormal',
        activationType: 'Stopout',
        comment: 'so: 49.8%',
        closePrice: 1,
      },
    ]
    gateway.answer = ({ path }) => (path.includes('/TradesGetByLogin/') ? data([]) : undefined)
    const other = await gateway.openOne()
    expect(await other.findByClientId({ ...reference, venueOrderId: '7' })).toMatchObject({
      ok: true,
      value: { status: 'filled' },
    })
    gateway.answer = ({ path }) => (path.includes('/TradesUserHistory/') ? data(gateway.held) : undefined)
    const fills = await other.fillsSince('EUR/USD', new Date(0))
    expect(fills.ok && fills.value.map(({ forced, side }) => [forced, side])).toEqual([
      [null, 'buy'],
      ['stop-out', 'sell'],
    ])
  })

  it('is looked for live where the memory of the gateway does not show it, and never taken from another login', async () => {
    gateway.answer = ({ path }) =>
      path.includes('/AdmTradesRequest/') ? data([{ ...gateway.trade, login: 6, order: 3 }, gateway.trade]) : undefined
    const session = await gateway.openOne()
    expect(await session.findByClientId(reference)).toMatchObject({ ok: true, value: { venueOrderId: '7' } })
    gateway.answer = ({ path }) =>
      path.includes('/AdmTradesRequest/') ? data([{ ...gateway.trade, login: 6 }]) : undefined
    expect(await (await gateway.openOne()).findByClientId(reference)).toEqual({ ok: true, value: null })
  })
})

describe('the clock of a trade server', () => {
  const minuteMs = 60_000
  const [openedMs, closedMs] = [20 * minuteMs, 5 * minuteMs]

  it.each([-5, 0, 3, 5.5])(
    'tells the hours of its own zone, %s ahead of UTC, and trades are of the moment',
    async (hours) => {
      gateway.hoursAhead = hours
      const now = Date.now()
      const [openedAt, closedAt] = [new Date(now - openedMs), new Date(now - closedMs)]
      const position = { ...gateway.trade, openTime: gateway.serverTime(openedAt) }
      const ended = {
        ...position,
        tradeRecordState: 'ClosedNormal',
        activationType: 'SL',
        closePrice: 1.0799,
        closeTime: gateway.serverTime(closedAt),
      }
      gateway.held = [position]
      const session = await gateway.openOne()
      expect(await session.findByClientId(reference)).toMatchObject({ value: { executedAt: openedAt } })
      gateway.held = []
      gateway.answer = ({ path }) => (path.includes('/TradesUserHistory/') ? data([ended]) : undefined)
      const [fills, older] = await Promise.all([
        session.fillsSince('EUR/USD', new Date(now - 2 * closedMs)),
        session.fillsSince('EUR/USD', new Date(now)),
      ])
      expect(fills).toMatchObject({ value: [{ tradeId: '7:close', at: closedAt }] })
      expect(older).toEqual({ ok: true, value: [] })
    },
  )

  it('asks for what was closed in either zone', async () => {
    gateway.hoursAhead = -5
    const session = await gateway.openOne()
    const since = new Date('2026-03-02T12:00:00Z')
    await session.fillsSince('EUR/USD', since)
    expect(gateway.asked('/TradesUserHistory/5?fromTime=2026-03-02T06:59:00.000Z')).toHaveLength(1)
  })
})

describe('the server of an account', () => {
  it('is its platform with its group, which has minima and steps of its own', async () => {
    const session = await gateway.openOne()
    expect(await session.server?.()).toEqual({ ok: true, value: `${platform} demo` })
  })
})

describe('a client of the gateway', () => {
  it('asks for one token for all its accounts, at the host that it knows and no other, and for another when it is refused', async () => {
    const sessions = await gateway.open(3)
    await Promise.all(sessions.map((session) => session.balances()))
    const asked = () => gateway.asked('/connect/token')
    expect(asked()).toHaveLength(1)
    expect(Object.fromEntries(new URLSearchParams(asked()[0]?.text))).toEqual({
      grant_type: 'client_credentials',
      client_id: 'client',
      client_secret: 'hidden words',
      scope: 'webapi',
    })
    let refusals = 1
    gateway.answer = ({ path }) =>
      path.endsWith('/TradeTransaction') && refusals-- > 0 ? { status: 401, body: '' } : undefined
    expect((await sessions[0]?.submit(gateway.order()))?.ok).toBe(true)
    expect(asked()).toHaveLength(2)
    expect(gateway.transactions()).toHaveLength(2)
  })

  it('is told what is wrong with it, and its secret never', async () => {
    const cases: [(asked: Seen) => ScriptedReply | undefined, string][] = [
      [({ path }) => (path.endsWith('/connect/token') ? told({ error: 'invalid_client' }, 400) : undefined), 'auth'],
      [({ path }) => (path.endsWith('/api/TradePlatforms') ? told({ value: [] }) : undefined), 'auth'],
      [
        ({ path }) => (path.endsWith('/api/TradePlatforms') ? told([{ id: platform, type: 'MT7' }]) : undefined),
        'auth',
      ],
      [({ path }) => (path.includes('/UserRecordRequest/') ? failed('NotFound') : undefined), 'auth'],
      [({ path }) => (path.includes('/MarginLevelRequest/') ? failed('Forbidden') : undefined), 'auth'],
      [({ path }) => (path.includes('/MarginLevelRequest/') ? failed('NoConnect') : undefined), 'connectivity'],
      [({ path }) => (path.endsWith('/connect/token') ? { status: 503, body: '' } : undefined), 'connectivity'],
    ]
    for (const [answer, kind] of cases) {
      gateway.answer = answer
      const balances = await (await gateway.openOne()).balances()
      expect(balances).toMatchObject({ ok: false, error: { kind } })
      expect(JSON.stringify(balances)).not.toContain(credentials.clientSecret)
    }
    expect(mtManagerBroker.credentials.safeParse({ ...credentials, tradePlatform: 'x' }).success).toBe(false)
    expect(mtManagerBroker.credentials.safeParse({ ...credentials, login: '0' }).success).toBe(false)
  })
})
