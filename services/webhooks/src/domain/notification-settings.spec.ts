import type { DataOf } from '@tradewire/contracts/define-event'
import { tradeOpened } from '@tradewire/contracts/events/orders'
import { noticeRaised, reportMade } from '@tradewire/contracts/events/notices'
import type { EventId } from '@tradewire/kernel/ids'
import { describe, expect, it } from 'vitest'
import { audienceOf, type NotificationSettings } from './notification-settings.ts'

const now = new Date('2026-02-01T00:00:00.000Z')
const off: NotificationSettings = {
  nearMaxBalanceToUser: false,
  nearMaxBalanceToOperators: false,
  weeklyReport: false,
  monthlyReport: false,
  createdAt: now,
  updatedAt: now,
}

function event(name: string, data: unknown) {
  return {
    id: '01963a5e-0000-7000-8000-000000000001' as EventId,
    name,
    version: 1,
    occurredAt: now.toISOString(),
    data,
  }
}
const notice = (changes: Partial<DataOf<typeof noticeRaised>>) =>
  event(noticeRaised.name, { ...noticeRaised.example, ...changes })
const report = (period: 'weekly' | 'monthly') => event(reportMade.name, { ...reportMade.example, period })

describe('the notification settings', () => {
  it('switch the notice of a balance near its limit for the user and for operators each', () => {
    expect(audienceOf(notice({}), off)).toEqual({ user: false, operators: false })
    expect(audienceOf(notice({}), { ...off, nearMaxBalanceToUser: true })).toEqual({ user: true, operators: false })
    expect(audienceOf(notice({}), { ...off, nearMaxBalanceToOperators: true })).toEqual({
      user: false,
      operators: true,
    })
  })

  it('send no notice to whom it is not for', () => {
    const on = { ...off, nearMaxBalanceToUser: true, nearMaxBalanceToOperators: true }
    expect(audienceOf(notice({ audience: ['user'] }), on)).toEqual({ user: true, operators: false })
  })

  it('switch the report of a week and of a month each, and send it to its user alone', () => {
    expect(audienceOf(report('weekly'), { ...off, weeklyReport: true })).toEqual({ user: true, operators: false })
    expect(audienceOf(report('monthly'), { ...off, weeklyReport: true })).toEqual({ user: false, operators: false })
    expect(audienceOf(report('monthly'), { ...off, monthlyReport: true })).toEqual({ user: true, operators: false })
  })

  it('hold back nothing else: a payment in trouble, a trade', () => {
    expect(audienceOf(notice({ kind: 'payment-failing' }), off)).toEqual({ user: true, operators: true })
    expect(audienceOf(event(tradeOpened.name, tradeOpened.example), off)).toEqual({ user: true, operators: true })
  })
})
