import { rejectionCodes } from '@tradewire/broker-kit/broker-error'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { hostileReplies, hostileTexts } from '#testing/hostile-replies'
import { done, onTrade, ScriptedMetaapi, time } from '#testing/scripted-metaapi'
import { metaapiBroker } from './metaapi.adapter.ts'

/** What reads are tried with; placements with the rest. */
const readReplies = Math.ceil(hostileReplies / 5)

const venue = new ScriptedMetaapi(metaapiBroker)

beforeAll(() => venue.start())
beforeEach(() => venue.reset())
afterAll(() => venue.stop())

const { clientOrderId } = venue
const reference = { clientOrderId, venueOrderId: null, symbol: 'EUR/USD', type: 'market' } as const

/** Good in form, and telling of an outcome that nobody knows: whatever else is wrong with it, it is no success. */
const unclear = { ...done, stringCode: 'TRADE_RETCODE_TIMEOUT' }
const anyTrade = hostileTexts([
  unclear,
  { error: 'ValidationError', message: 'm', details: [] },
  { error: 'TooManyRequestsError', metadata: { recommendedRetryTime: time } },
])
const anyRecord = hostileTexts([
  [venue.position],
  [venue.deal],
  [{ ...venue.position, state: 'ORDER_STATE_PLACED', currentVolume: 0.1 }],
])

describe('a venue that answers nonsense', () => {
  it('never ends the process, and makes an order that was sent unknown or refused with a code', async () => {
    const session = await venue.open()
    await session.balances()
    const kinds = new Set(['outcome-unknown', 'rejected', 'rate-limited', 'auth', 'not-sent'])
    await fc.assert(
      fc.asyncProperty(anyTrade, fc.constantFrom(200, 200, 200, 400, 418, 429, 500), async (text, status) => {
        venue.answer = onTrade({ status, body: text })
        const placed = await session.submit(venue.order())
        if (placed.ok) throw new Error(`taken for done: ${text}`)
        expect(kinds).toContain(placed.error.kind)
        if (placed.error.kind === 'rejected') expect(rejectionCodes).toContain(placed.error.code)
        if (status >= 500) expect(placed.error.kind).toBe('outcome-unknown')
      }),
      { numRuns: hostileReplies - readReplies, endOnFailure: true },
    )
  }, 120_000)

  it('fails reads with words, whatever comes', async () => {
    const session = await venue.open()
    await session.balances()
    await fc.assert(
      fc.asyncProperty(anyRecord, async (text) => {
        venue.answer = ({ path }) => (/positions$|orders$|history/.test(path) ? { status: 200, body: text } : undefined)
        const found = await session.findByClientId(reference)
        if (!found.ok) expect(found.error.kind).toBe('connectivity')
        else if (found.value !== null) expect(found.value.filledQuantity).toMatch(/^\d+(\.\d+)?$/)
        venue.answer = () => undefined
      }),
      { numRuns: readReplies, endOnFailure: true },
    )
  }, 120_000)
})
