import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ownIdOf, partIdOf } from '#domain/positions/part-ids'
import { onTrade, ScriptedMetaapi } from '#testing/scripted-metaapi'
import { told } from '#testing/scripted-terminal'
import { metaapiBroker } from './metaapi.adapter.ts'

const venue = new ScriptedMetaapi(metaapiBroker)

beforeAll(() => venue.start())
beforeEach(() => venue.reset())
afterAll(() => venue.stop())

const { clientOrderId } = venue
const reference = { clientOrderId, venueOrderId: null, symbol: 'EUR/USD', type: 'market' } as const
const stop = { purpose: 'stop', leg: 'stop-1', side: 'sell', reduceOnly: true, type: 'stop-market' } as const

describe('an order on the wire', () => {
  it('bears our id as client id, in lots and by the broker its own name, and is told at the price of its deal', async () => {
    const session = await venue.open()
    expect(await session.submit(venue.order())).toMatchObject({
      ok: true,
      value: { status: 'filled', venueOrderId: '7', filledQuantity: '0.1', averagePrice: '1.085', fee: '0.35' },
    })
    expect(venue.trades().map(({ body }) => body)).toEqual([
      { actionType: 'ORDER_TYPE_BUY', symbol: 'EURUSD.m', volume: 0.1, clientId: clientOrderId },
    ])
    expect(venue.trades()[0]?.headers['auth-token']).toBe('a.b.c')
    expect(clientOrderId.length).toBeLessThan(metaapiBroker.capabilities.clientId.lengthMax)
  })

  it('sets a stop on the position and leaves its target', async () => {
    venue.held = [venue.position]
    const session = await venue.open()
    const placed = await session.submit(venue.order({ ...stop, triggerPrice: '1.08' }))
    expect(placed).toMatchObject({ ok: true, value: { status: 'working', venueOrderId: 'sl@1.08:7' } })
    expect(venue.trades()[0]?.body).toEqual({
      actionType: 'POSITION_MODIFY',
      positionId: '7',
      stopLoss: 1.08,
      takeProfit: 1.1,
    })
    const cancelled = await session.cancel({
      clientOrderId,
      venueOrderId: 'sl@1.08:7',
      symbol: 'EUR/USD',
      type: 'stop-market',
    })
    expect(cancelled.ok).toBe(false)
  })

  it('knows a stop again after a restart by what was kept of it, and leaves a level that a newer stop may hold', async () => {
    venue.held = [{ ...venue.position, stopLoss: 1.08 }]
    const kept = { ...reference, venueOrderId: 'sl@1.08:7', type: 'stop-market' } as const
    const session = await venue.open()
    expect(await session.findByClientId(kept)).toMatchObject({ ok: true, value: { status: 'working' } })
    expect(await session.openOrders()).toMatchObject({ ok: true, value: [{ clientOrderId, status: 'working' }] })
    const restarted = await venue.open()
    expect(await restarted.cancel(kept)).toMatchObject({ ok: true, value: { status: 'cancelled' } })
    expect(venue.trades()).toEqual([])
  })

  it('is not called cancelled when it shows as filled before its deal does', async () => {
    let shown = false
    const filled = { ...venue.position, type: 'ORDER_TYPE_BUY', state: 'ORDER_STATE_FILLED', currentVolume: 0 }
    venue.answer = ({ path }) => {
      if (path.includes('/history-deals/')) return told(shown ? [venue.deal] : [])
      if (!path.includes('/history-orders/')) return undefined
      shown = true
      return told([filled])
    }
    const found = await (await venue.open()).findByClientId(reference)
    expect(found).toMatchObject({ ok: true, value: { status: 'filled', filledQuantity: '0.1' } })
  })

  it('never lets an exit open a position: without one nothing is sent', async () => {
    const session = await venue.open()
    const placed = await session.submit(venue.order({ ...stop, triggerPrice: '1.08' }))
    expect(placed).toMatchObject({ ok: false, error: { code: 'REDUCE_ONLY_REFUSED' } })
    expect(venue.trades()).toEqual([])
  })

  it('names its parts within 26 characters, and is known again by each of them', () => {
    for (const [part, parts] of [
      [1, 1],
      [1, 3],
      [3, 3],
      [20, 20],
    ] as const) {
      const id = partIdOf(clientOrderId, part, parts)
      expect(id.length).toBeLessThanOrEqual(metaapiBroker.capabilities.clientId.lengthMax)
      expect(ownIdOf(id)).toEqual({ clientOrderId, part, last: part === parts })
    }
    expect(ownIdOf('TE_EURUSD_abc')).toBeNull()
  })
})

describe('what became of a trade', () => {
  it('is unknown after -11 and proved not sent by -10', async () => {
    const cases = [
      [-10, 'TRADE_RETCODE_DISCONNECTED_BEFORE_TRADE', 'not-sent'],
      [-11, 'TRADE_RETCODE_DISCONNECTED_DURING_TRADE', 'outcome-unknown'],
      [-1, 'TRADE_RETCODE_UNKNOWN', 'outcome-unknown'],
      [-7, 'ERR_TRADE_TIMED_OUT', 'outcome-unknown'],
      [10_012, 'TRADE_RETCODE_TIMEOUT', 'outcome-unknown'],
      [10_031, 'TRADE_RETCODE_CONNECTION', 'outcome-unknown'],
      [-5, 'ERR_NOT_SYNCHRONIZED', 'not-sent'],
      [-8, 'ERR_INVESTOR', 'auth'],
      [10_018, 'TRADE_RETCODE_MARKET_CLOSED', 'rejected'],
      [10_024, 'TRADE_RETCODE_TOO_MANY_REQUESTS', 'rate-limited'],
      [10_099, 'TRADE_RETCODE_NEW', 'rejected'],
    ] as const
    const session = await venue.open()
    for (const [numericCode, stringCode, kind] of cases) {
      venue.answer = onTrade(told({ numericCode, stringCode, message: 'words' }))
      expect(await session.submit(venue.order())).toMatchObject({ ok: false, error: { kind } })
    }
    expect(venue.trades()).toHaveLength(cases.length)
  })

  it('is unknown when the answer is lost, late or cannot be read, and is asked once', async () => {
    const session = await venue.open()
    for (const reply of [
      'hang-up',
      told({ error: 'TimeoutError', message: '' }, 504),
      told({}, 500),
      told({}),
    ] as const) {
      venue.answer = onTrade(reply)
      expect(await session.submit(venue.order())).toMatchObject({ ok: false, error: { kind: 'outcome-unknown' } })
    }
    expect(venue.trades()).toHaveLength(4)
  })

  it('is told by its status where that proves that nothing was done', async () => {
    const session = await venue.open()
    const soon = new Date(Date.now() + 5_000).toISOString()
    const limited = { error: 'TooManyRequestsError', message: '', metadata: { recommendedRetryTime: soon } }
    venue.answer = onTrade(told(limited, 429))
    const refused = await session.submit(venue.order())
    expect(refused).toMatchObject({ ok: false, error: { kind: 'rate-limited' } })
    if (!refused.ok && refused.error.kind === 'rate-limited') expect(refused.error.retryAfterMs).toBeGreaterThan(3_000)
    const cases = [
      [400, 'rejected'],
      [401, 'auth'],
      [403, 'auth'],
      [404, 'not-sent'],
    ] as const
    for (const [status, kind] of cases) {
      venue.answer = onTrade(told({ error: 'X', message: 'no' }, status))
      expect(await session.submit(venue.order())).toMatchObject({ ok: false, error: { kind } })
    }
  })

  it('a token that is revoked in between is told by the next read, and by the news', async () => {
    const session = await venue.open()
    expect((await session.positions()).ok).toBe(true)
    venue.answer = () => told({ error: 'UnauthorizedError', message: 'revoked' }, 401)
    expect(await session.positions()).toMatchObject({ ok: false, error: { kind: 'auth' } })
    const heard = await new Promise((resolve) => session.events((event) => resolve(event.kind)))
    expect(heard).toBe('auth-failed')
    await session.close()
  })

  it('a read that fails for a moment is repeated, a refusal is not', async () => {
    const session = await venue.open()
    await session.balances()
    let failures = 0
    venue.answer = ({ path }) => {
      failures += path.endsWith('/account-information') ? 1 : 0
      return failures === 1 ? told({ error: 'TimeoutError', message: '' }, 504) : undefined
    }
    expect((await session.balances()).ok).toBe(true)
    expect(failures).toBe(2)
  })
})
