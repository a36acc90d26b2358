/**
 * Which news in words is sent, and to whom: what the platform's settings say of each notice and report.
 * Called when deliveries are queued. Pure; must never hold back what no setting speaks of.
 */
import type { Event, EventOf } from '@tradewire/contracts/define-event'
import { noticeRaised, reportMade } from '@tradewire/contracts/events/notices'

export interface NotificationSettings {
  readonly nearMaxBalanceToUser: boolean
  readonly nearMaxBalanceToOperators: boolean
  readonly weeklyReport: boolean
  readonly monthlyReport: boolean
  readonly createdAt: Date
  readonly updatedAt: Date
}

export interface Audience {
  readonly user: boolean
  /** Those operators who receive news of every user. */
  readonly operators: boolean
}

export const everybody: Audience = { user: true, operators: true }

export function isNotice(event: Event): boolean {
  return event.name === noticeRaised.name || event.name === reportMade.name
}

export function audienceOf(event: Event, settings: NotificationSettings): Audience {
  if (event.name === reportMade.name) {
    const { period } = (event as EventOf<typeof reportMade>).data
    return { user: period === 'weekly' ? settings.weeklyReport : settings.monthlyReport, operators: false }
  }
  if (event.name !== noticeRaised.name) return everybody
  const { kind, audience } = (event as EventOf<typeof noticeRaised>).data
  const isNear = kind === 'near-max-balance'
  return {
    user: audience.includes('user') && (!isNear || settings.nearMaxBalanceToUser),
    operators: audience.includes('operators') && (!isNear || settings.nearMaxBalanceToOperators),
  }
}
