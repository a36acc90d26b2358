import { rejectionCodes } from '@tradewire/broker-kit/broker-error'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { data, failed, onTrade, ScriptedGateway, told } from '#testing/scripted-gateway'
import { mtManagerBroker } from './mt-manager.adapter.ts'

/** So many generated replies; set HOSTILE_REPLIES for more. */
const repliesDefault = 300
const replies = Number(process.env['HOSTILE_REPLIES'] ?? repliesDefault)

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
    const session = await gateway.openOne()
    await session.balances()
    const kinds = new Set(['outcome-unknown', 'rejected', 'rate-limited', 'auth', 'not-sent'])
    await fc.assert(
      fc.asyncProperty(anyText, fc.constantFrom(200, 200, 200, 400, 418, 429, 500), async (text, status) => {
        gateway.answer = onTrade({ status, body: text })
        const placed = await session.submit(gateway.order())
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
          const session = await gateway.openOne()
          gateway.answer = ({ path }) => (path.includes(where) ? { status: 200, body: text } : undefined)
          const found = await session.findByClientId(reference)
          expect(found.ok ? found.value : found.error.kind).toSatisfy(
            (one) => one === null || ['connectivity', 'rejected', 'auth', 'rate-limited'].includes(one as string),
          )
          gateway.answer = () => undefined
        },
      ),
      { numRuns: 20 },
    )
  }, 120_000)
})
