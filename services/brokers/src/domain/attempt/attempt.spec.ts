import { orderSubmit } from '@tradewire/contracts/events/orders'
import type { VenueOrder, VenueOrderStatus } from '@tradewire/broker-kit/broker-session'
import { decimal } from '@tradewire/kernel/decimal'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Attempt,
  type AttemptState,
  afterLocalCancel,
  afterLostReply,
  afterProof,
  afterRefusal,
  afterSubmitting,
  afterVenueOrder,
  attemptMoves,
  attemptStates,
  isFinal,
  mayMove,
  newAttempt,
  updateKindOf,
} from './attempt.ts'

const command = orderSubmit.data.parse(orderSubmit.example)
const at = new Date('2026-01-01T00:00:00Z')

function attemptOf(part: Partial<Attempt> = {}): Attempt {
  const fresh = newAttempt({ command, clientOrderId: 'c', partition: 0, receivedAt: at })
  return { ...fresh, state: 'submitting', revision: 1, submissions: 1, sentAt: at, ...part }
}

function orderOf(status: VenueOrderStatus, filled: string, fee: string | null = null): VenueOrder {
  return {
    clientOrderId: 'c',
    venueOrderId: '7',
    symbol: 'BTC/USDT',
    status,
    filledQuantity: filled,
    averagePrice: filled === '0' ? null : '100',
    fee,
    feeCurrency: fee === null ? null : 'USDT',
    executedAt: null,
    message: null,
  }
}

const anyOrder = fc
  .tuple(
    fc.constantFrom<VenueOrderStatus>('working', 'filled', 'cancelled', 'expired', 'rejected'),
    fc.integer({ min: 0, max: 10 }),
    fc.option(fc.integer({ min: 0, max: 9 })),
  )
  .map(([status, filled, fee]) => orderOf(status, String(filled), fee === null ? null : String(fee)))

describe('an attempt', () => {
  it('is accepted, part filled and filled, one revision each', () => {
    const accepted = afterVenueOrder(attemptOf(), orderOf('working', '0'), at)
    expect(accepted).toMatchObject({ state: 'accepted', revision: 2, venueOrderId: '7' })
    const part = afterVenueOrder(accepted as Attempt, orderOf('working', '0.4'), at)
    expect(part).toMatchObject({ state: 'accepted', revision: 3, filledQuantity: '0.4' })
    expect(updateKindOf(part as Attempt)).toBe('filled')
    const filled = afterVenueOrder(part as Attempt, orderOf('filled', '1', '0.2'), at)
    expect(filled).toMatchObject({ state: 'filled', revision: 4, fee: '0.2' })
  })

  it('takes the same news once', () => {
    const filled = afterVenueOrder(attemptOf(), orderOf('filled', '1', '0.2'), at) as Attempt
    expect(afterVenueOrder(filled, orderOf('filled', '1', '0.2'), at)).toBeNull()
    expect(afterVenueOrder(filled, orderOf('working', '0'), at)).toBeNull()
  })

  it('learns its fee later without losing anything else', () => {
    const filled = afterVenueOrder(attemptOf(), orderOf('filled', '1'), at) as Attempt
    expect(filled.fee).toBeNull()
    expect(afterVenueOrder(filled, orderOf('filled', '1', '0.2'), at)).toMatchObject({
      revision: 3,
      fee: '0.2',
      state: 'filled',
    })
  })

  it('is of the time that the venue tells of its last fill, which news of nothing more does not change', () => {
    const [first, last, heard] = [400, 900, 5_000].map((ms) => new Date(at.getTime() + ms))
    const tell = (attempt: Attempt, order: VenueOrder, executedAt: Date | null) =>
      afterVenueOrder(attempt, { ...order, executedAt }, heard!) as Attempt
    const part = tell(attemptOf(), orderOf('working', '0.4'), first!)
    expect(part.executedAt).toEqual(first)
    const filled = tell(part, orderOf('filled', '1'), last!)
    expect(filled.executedAt).toEqual(last)
    expect(tell(filled, orderOf('filled', '1', '0.2'), heard!).executedAt).toEqual(last)
    expect(tell(part, orderOf('filled', '1'), null).executedAt).toBeNull()
  })

  it('was executed neither before its command came nor after we heard of it, whatever the clock of the venue says', () => {
    const heard = new Date(at.getTime() + 5_000)
    const told = (executedAt: Date) =>
      afterVenueOrder(attemptOf(), { ...orderOf('filled', '1'), executedAt }, heard)?.executedAt
    expect(told(new Date(0))).toEqual(at)
    expect(told(new Date(heard.getTime() + 1))).toEqual(heard)
  })

  it('keeps a fill that comes after its cancel', () => {
    const cancelled = afterVenueOrder(attemptOf(), orderOf('cancelled', '0.3'), at) as Attempt
    const late = afterVenueOrder(cancelled, orderOf('cancelled', '0.5'), at)
    expect(late).toMatchObject({ state: 'cancelled', filledQuantity: '0.5' })
    expect(updateKindOf(late as Attempt)).toBe('cancelled')
  })

  it('is reopened by the fill of an order that had seemed absent', () => {
    const absent = afterRefusal(attemptOf({ state: 'unknown' }), { code: 'NEVER_ARRIVED', message: '' }, at) as Attempt
    expect(afterVenueOrder(absent, orderOf('filled', '1'), at)).toMatchObject({ state: 'filled', reason: null })
  })

  it('is not called refused once something is filled, whatever the venue says later', () => {
    const refusal = { code: 'REFUSED_BY_VENUE', message: '' }
    expect(afterRefusal(attemptOf({ state: 'accepted', filledQuantity: '0.1' }), refusal, at)).toBeNull()
    expect(afterRefusal(attemptOf({ state: 'accepted' }), refusal, at)).toMatchObject({ state: 'rejected' })
  })

  it('is adopted while it waits to be sent again, so that it is not sent', () => {
    const queued = attemptOf({ state: 'queued', submissions: 1 })
    expect(afterVenueOrder(queued, orderOf('filled', '1'), at)).toMatchObject({ state: 'filled' })
    expect(afterVenueOrder(queued, orderOf('working', '0'), at)).toMatchObject({ state: 'accepted' })
  })

  it('tells a lost reply once, and not at all after evidence', () => {
    const unknown = afterLostReply(attemptOf(), 'reset') as Attempt
    expect(unknown).toMatchObject({ state: 'unknown', revision: 2 })
    expect(afterLostReply(unknown, 'reset')).toBeNull()
    expect(afterLostReply(attemptOf({ state: 'filled' }), 'reset')).toBeNull()
  })

  it('cannot be cancelled locally once it has left', () => {
    expect(afterLocalCancel(attemptOf({ state: 'queued' }))?.state).toBe('cancelled')
    expect(afterLocalCancel(attemptOf())).toBeNull()
  })

  it('never shrinks, never goes back from final without a fill, and counts every change', () => {
    fc.assert(
      fc.property(fc.array(anyOrder, { maxLength: 12 }), (orders) => {
        let attempt = attemptOf()
        for (const order of orders) {
          const next = afterVenueOrder(attempt, order, at)
          if (next === null) continue
          expect(next.revision).toBe(attempt.revision + 1)
          expect(decimal(next.filledQuantity).gte(decimal(attempt.filledQuantity))).toBe(true)
          if (isFinal(attempt.state) && next.state !== attempt.state) {
            expect(decimal(next.filledQuantity).gt(decimal(attempt.filledQuantity))).toBe(true)
          }
          attempt = next
        }
      }),
    )
  })

  it.each(['queued', 'submitting', 'unknown', 'accepted'] as const)('that is %s goes where the venue says', (state) => {
    const after = (status: VenueOrderStatus) => afterVenueOrder(attemptOf({ state }), orderOf(status, '0'), at)?.state
    expect(after('working')).toBe('accepted')
    expect(after('filled')).toBe('filled')
    expect(after('cancelled')).toBe('cancelled')
    expect(after('expired')).toBe('cancelled')
    expect(after('rejected')).toBe('rejected')
  })

  it.each(['filled', 'cancelled', 'rejected'] as const)('that is %s stays so without a fill', (state) => {
    const over = attemptOf({ state, venueOrderId: '7', answeredAt: at })
    for (const status of ['working', 'filled', 'cancelled', 'expired', 'rejected'] as const) {
      expect(afterVenueOrder(over, orderOf(status, '0'), at)).toBeNull()
    }
    expect(afterRefusal(over, { code: 'REFUSED_BY_VENUE', message: '' }, at)).toBeNull()
  })

  it('leaves only from the queue or when it is not known, and only from being sent is it queued or not known', () => {
    const into = (to: AttemptState) => attemptStates.filter((from) => attemptMoves[from][to] !== undefined)
    expect(into('submitting')).toEqual(['queued', 'unknown'])
    expect(into('queued')).toEqual(['submitting', 'unknown'])
    expect(into('unknown')).toEqual(['submitting'])
    expect(afterSubmitting(attemptOf({ state: 'unknown' }), at)).toMatchObject({ state: 'submitting', submissions: 2 })
  })

  it('goes back to the queue only when it is proved not sent, or absent, and never once it stands', () => {
    const queuedBy = (proof: 'not-sent' | 'absence') =>
      attemptStates.filter((state) => state !== 'queued' && afterProof(attemptOf({ state }), proof).state === 'queued')
    expect(queuedBy('not-sent')).toEqual(['submitting'])
    expect(queuedBy('absence')).toEqual(['submitting', 'unknown'])
  })

  it('is called refused only by a refusal or by the venue’s own word', () => {
    for (const state of attemptStates.filter((from) => !isFinal(from))) {
      expect(attemptMoves[state].rejected).toEqual(['venue-order', 'refusal'])
      expect(mayMove(state, 'rejected', 'lost-reply')).toBe(false)
    }
  })

  it('says why it came to nothing, in the words of the venue where there are some', () => {
    const refused = { ...orderOf('rejected', '0'), message: 'No margin.' }
    const rejected = afterVenueOrder(attemptOf(), refused, at) as Attempt
    expect(rejected.reason).toEqual({ code: 'REJECTED_BY_VENUE', message: 'No margin.' })
    expect(afterVenueOrder(attemptOf(), orderOf('rejected', '0'), at)?.reason?.message).toBe(
      'The venue rejected the order.',
    )
    const expired = afterVenueOrder(attemptOf(), orderOf('expired', '0'), at)
    expect(expired?.reason).toEqual({ code: 'EXPIRED_AT_VENUE', message: 'The venue let the order expire.' })
    const named = { ...rejected, venueOrderId: null }
    expect(afterVenueOrder(named, orderOf('expired', '0'), at)?.reason).toEqual(rejected.reason)
    expect(afterLocalCancel(attemptOf({ state: 'queued' }))).toMatchObject({
      revision: 2,
      reason: { code: 'CANCELLED_BEFORE_SEND', message: 'The order was cancelled before it was sent.' },
    })
    expect(afterLostReply(attemptOf(), 'reset')?.reason).toEqual({ code: 'OUTCOME_UNKNOWN', message: 'reset' })
  })

  it('keeps when it was answered first, and counts a refusal like other news', () => {
    const later = new Date(at.getTime() + 1_000)
    const refusal = { code: 'REFUSED_BY_VENUE', message: '' }
    expect(afterRefusal(attemptOf(), refusal, later)).toMatchObject({ revision: 2, answeredAt: later })
    expect(afterRefusal(attemptOf({ answeredAt: at }), refusal, later)?.answeredAt).toBe(at)
    expect(afterVenueOrder(attemptOf(), orderOf('working', '0'), later)?.answeredAt).toBe(later)
    expect(afterVenueOrder(attemptOf({ answeredAt: at }), orderOf('working', '0'), later)?.answeredAt).toBe(at)
  })

  it('takes a price with the quantity that it belongs to, or when there was none', () => {
    const known = attemptOf({ state: 'accepted', venueOrderId: '7', filledQuantity: '2', averagePrice: '100' })
    const priced = (filled: string, averagePrice: string) => ({ ...orderOf('working', filled), averagePrice })
    expect(afterVenueOrder(known, priced('1', '90'), at)).toBeNull()
    expect(afterVenueOrder(known, priced('2', '90'), at)).toBeNull()
    expect(afterVenueOrder(known, priced('3', '90'), at)).toMatchObject({ filledQuantity: '3', averagePrice: '90' })
    expect(afterVenueOrder({ ...known, averagePrice: null }, priced('2', '90'), at)?.averagePrice).toBe('90')
  })

  it('takes no fee of a smaller quantity, and forgets the one it had when more is filled', () => {
    const paid = { fee: '0.2', feeCurrency: 'USDT' }
    const known = attemptOf({ state: 'accepted', venueOrderId: '7', filledQuantity: '2', averagePrice: '100', ...paid })
    expect(afterVenueOrder(known, orderOf('working', '1', '0.1'), at)).toBeNull()
    expect(afterVenueOrder(known, orderOf('working', '2', '0.3'), at)).toMatchObject({ fee: '0.3', revision: 2 })
    expect(afterVenueOrder(known, orderOf('working', '3'), at)).toMatchObject({ fee: null, feeCurrency: 'USDT' })
    expect(afterVenueOrder(known, orderOf('filled', '2'), at)).toMatchObject(paid)
    const unnamed = { ...orderOf('working', '2', '0.3'), feeCurrency: null }
    expect(afterVenueOrder(known, unnamed, at)).toMatchObject({ fee: '0.3', feeCurrency: 'USDT' })
  })

  it('learns the id that the venue gives it, and keeps it', () => {
    const accepted = attemptOf({ state: 'accepted' })
    expect(afterVenueOrder(accepted, orderOf('working', '0'), at)).toMatchObject({ venueOrderId: '7', revision: 2 })
    const named = attemptOf({ state: 'accepted', venueOrderId: '7' })
    expect(afterVenueOrder(named, { ...orderOf('filled', '1'), venueOrderId: null }, at)?.venueOrderId).toBe('7')
  })

  it('is told by what became of it, and not before anything did', () => {
    const told = attemptStates.map((state) => updateKindOf(attemptOf({ state })))
    expect(told).toEqual([null, null, 'unknown', 'accepted', 'filled', 'cancelled', 'rejected'])
    expect(updateKindOf(attemptOf({ state: 'accepted', filledQuantity: '0.1' }))).toBe('filled')
  })

  it('knows a move for every state that is not final', () => {
    for (const state of attemptStates) expect(isFinal(state)).toBe(Object.keys(attemptMoves[state]).length === 0)
  })
})
