import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { money } from '../money/money.ts'
import { reminderOf, type Debt, type ReminderRules } from './reminder.ts'

const dayMs = 86_400_000
const rules: ReminderRules = { afterMs: [0, 3 * dayMs, 5 * dayMs], warnMs: dayMs }
const on = (day: number) => new Date(day * dayMs)
const debt: Debt = {
  kind: 'subscription',
  object: 's',
  userId: 'u',
  what: 'PRO',
  amount: money(4_000n, 'USD'),
  since: on(100),
  endsAt: on(107),
  paymentUrl: 'http://pay.test/1',
  taken: 0,
}

describe('a reminder', () => {
  it('comes at the named days, and the last one says that the service ends', () => {
    let taken = 0
    const told = Array.from({ length: 12 }, (_, index) => 98 + index).flatMap((day) => {
      const reminder = reminderOf({ ...debt, taken }, on(day), rules)
      taken = reminder.taken
      return reminder.notice === null ? [] : [[day, reminder.notice.kind]]
    })
    expect(told).toEqual([
      [100, 'payment-failing'],
      [103, 'payment-failing'],
      [105, 'payment-failing'],
      [106, 'service-ending'],
    ])
    expect(reminderOf(debt, on(106), rules).notice).toEqual({
      kind: 'service-ending',
      title: 'PRO ends soon',
      text: '40.00 USD could not be taken in. It ends on 1970-04-18 unless it is paid. Pay it here: http://pay.test/1',
    })
  })

  it('of a step that was taken is not given again when what is owed turns out to be owed later', () => {
    const moved = { ...debt, taken: 3, since: on(104) }
    expect(reminderOf(moved, on(105), rules)).toMatchObject({ notice: null, taken: 3 })
  })

  it('is one after an outage, however many steps were missed, and never one twice', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 95, max: 115 }), { maxLength: 12 }), (days) => {
        let taken = 0
        let told = 0
        for (const day of days.toSorted((left, right) => left - right)) {
          const reminder = reminderOf({ ...debt, taken }, on(day), rules)
          if (reminder.notice !== null) told += 1
          expect(reminder.taken).toBeGreaterThanOrEqual(taken)
          if (reminder.nextAt !== null) expect(reminder.nextAt.getTime()).toBeGreaterThan(on(day).getTime())
          taken = reminder.taken
        }
        expect(told).toBeLessThanOrEqual(4)
      }),
    )
  })

  it('of a fee has no end of service to warn of', () => {
    const fee: Debt = { ...debt, kind: 'fee', endsAt: null, paymentUrl: null }
    expect(reminderOf(fee, on(100), rules)).toMatchObject({
      notice: { kind: 'payment-due', text: 'PRO: 40.00 USD. Pay it in your account.' },
      nextAt: on(103),
    })
    expect(reminderOf({ ...fee, taken: 2 }, on(130), rules)).toMatchObject({ taken: 3, nextAt: null })
  })
})
