import { rejectionCodes } from '@tradewire/broker-kit/broker-error'
import type { BrokerSession } from '@tradewire/broker-kit/broker-session'
import { SystemClock } from '@tradewire/kernel/clock'
import { SystemRandomness } from '@tradewire/kernel/randomness'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { AnsweringHost } from '#testing/answering-host'
import { callHostile } from '#testing/hostile-calls'
import { hostileReplies, hostileTexts } from '#testing/hostile-replies'
import { credentials, data, failed, onTrade, platform, ScriptedGateway } from '#testing/scripted-gateway'
import { told } from '#testing/scripted-terminal'
import { LevelSession } from '#clients/level-session.client'
import { MtManagerAccount } from './mt-manager-account.client.ts'
import { MtManagerApi } from './mt-manager-api.client.ts'
import { MtManagerReads } from './mt-manager-reads.client.ts'
import { MtManagerToken } from './mt-manager-token.client.ts'
import { MtManagerVenue } from './mt-manager-venue.client.ts'
import { mtManagerBroker } from './mt-manager.adapter.ts'

// The pauses before a question is repeated pass at once.
vi.mock('node:timers/promises', () => ({ setTimeout: () => Promise.resolve() }))

const gateway = new ScriptedGateway(mtManagerBroker)

beforeAll(() => gateway.start())
beforeEach(() => gateway.reset())
afterAll(() => gateway.stop())

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
      const session = await gateway.openOne()
      gateway.answer = onTrade(failed(code, managerCode))
      expect([code, managerCode, await session.submit(gateway.order())]).toMatchObject([
        code,
        managerCode,
        { ok: false, error: { kind } },
      ])
    }
    expect(gateway.transactions()).toHaveLength(cases.length)
  })

  it('is unknown when the answer is lost, late or cannot be read, and is asked once', async () => {
    const session = await gateway.openOne()
    const unclear = [
      'hang-up',
      told({}, 500),
      told({}, 504),
      told({}),
      data(null),
      data({ order: 0.5 }),
      { status: 200, body: '' },
    ] as const
    for (const reply of unclear) {
      gateway.answer = onTrade(reply)
      expect(await session.submit(gateway.order())).toMatchObject({ ok: false, error: { kind: 'outcome-unknown' } })
    }
    expect(gateway.transactions()).toHaveLength(unclear.length)
  })

  it('is told by its status where that proves that nothing was done', async () => {
    const session = await gateway.openOne()
    gateway.answer = onTrade({ status: 429, body: '', headers: { 'retry-after': '7' } })
    expect(await session.submit(gateway.order())).toMatchObject({
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
      gateway.answer = onTrade({ status, body: '' })
      expect(await session.submit(gateway.order())).toMatchObject({ ok: false, error: { kind } })
    }
  })
})

/** Good in form, and telling of an outcome that nobody knows: whatever else is wrong with it, it is no success. */
const unclear = hostileTexts([
  { data: { order: 0.5 }, error: { code: 'MT4Error', managerCode: 'TradeTimeout', message: 'words' }, meta: {} },
  { data: null, error: { code: 'Validation', managerCode: 134, message: 'words' } },
  { error: { code: 'MT4Error', managerCode: 'TradeTooManyReq' } },
])
/** What each part of the protocol says when all is well; the paths tell which it answers. */
const parts = [
  'openid-configuration',
  '/connect/token',
  '/api/TradePlatforms',
  '/UserRecordRequest/',
  '/GroupRecordGet/',
  '/GroupSecGroupsGet/',
  '/CfgRequestSymbol',
  '/TickInfoLast/',
  '/MarginLevelRequest/',
  '/TradeTransaction',
  '/TradeRecordsRequest',
  '/TradesGetByLogin/',
  '/Trade',
  '/',
]
const goodReplies = parts.map((part): unknown => JSON.parse(gateway.sane(part).body))
/** Read once for a session, so that another session must read them. */
const openings = new Set(parts.slice(0, 7))
const statuses = fc.constantFrom(200, 200, 200, 200, 400, 401, 403, 404, 418, 429, 500, 502)

/** A session whose host is in this process; what the test spoils is told with `spoilt`, the rest is in order. */
function openAt(host: AnsweringHost): BrokerSession {
  const clock = new SystemClock()
  const door = { http: host, prefix: '' }
  const { clientId: id, clientSecret: secret, login } = credentials
  const api = new MtManagerApi(door, new MtManagerToken(door, { id, secret }, clock))
  const account = new MtManagerAccount({ api, clock, platform, login })
  const randomness = new SystemRandomness()
  const venue = new MtManagerVenue(account, randomness)
  return new LevelSession(venue, new MtManagerReads(account, { clock, randomness, everyMs: 1_000 }))
}

describe('ten thousand answers that make no sense', () => {
  const transactions = Math.ceil(hostileReplies / 2)
  let spoilt = { part: '/TradeTransaction', status: 200, body: '' }
  let replies = 0
  const host = new AnsweringHost(({ path }) => {
    if (!path.includes(spoilt.part)) return gateway.sane(path)
    replies += 1
    return spoilt
  })

  it('make a transaction that was sent unknown, or refused with a code', async () => {
    const session = openAt(host)
    const kinds = ['outcome-unknown', 'rejected', 'rate-limited', 'auth', 'not-sent']
    replies = 0
    await fc.assert(
      fc.asyncProperty(unclear, statuses, async (body, status) => {
        spoilt = { part: '/TradeTransaction', status, body }
        const placed = await session.submit(gateway.order())
        if (placed.ok) throw new Error(`taken for done: ${body}`)
        expect(kinds).toContain(placed.error.kind)
        if (placed.error.kind === 'rejected') expect(rejectionCodes).toContain(placed.error.code)
        if (status >= 500) expect(placed.error.kind).toBe('outcome-unknown')
      }),
      { numRuns: transactions, endOnFailure: true },
    )
    expect(replies).toBeGreaterThanOrEqual(transactions)
  }, 120_000)

  it('fail any other call with words', async () => {
    gateway.held = [gateway.trade]
    const exit = { purpose: 'stop', leg: 'stop-1', side: 'sell', reduceOnly: true } as const
    const orders = [
      gateway.order(),
      gateway.order({ type: 'limit', price: '1.05' }),
      gateway.order({ ...exit, type: 'market' }),
      gateway.order({ ...exit, type: 'stop-market', triggerPrice: '1.05' }),
      gateway.order({ ...exit, purpose: 'target', type: 'take-profit-market', triggerPrice: '1.15' }),
    ]
    const since = new Date(0)
    let session = openAt(host)
    let calls = 0
    replies = 0
    const about = fc.constantFrom(...parts)
    await fc.assert(
      fc.asyncProperty(hostileTexts(goodReplies), statuses, about, async (body, status, part) => {
        if (replies >= hostileReplies - transactions) return
        spoilt = { part, status, body }
        if (openings.has(part) || calls % 50 === 0) session = openAt(host)
        await callHostile({ session, orders, symbol: 'EUR/USD', since }, calls)
        calls += 1
      }),
      { numRuns: hostileReplies, endOnFailure: true },
    )
    expect(replies).toBeGreaterThanOrEqual(hostileReplies - transactions)
  }, 120_000)
})
