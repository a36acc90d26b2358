/** What people are told of changes that could not take effect any more, and of money for them. Called when one is dropped or paid too late. Must never promise a refund. */
import type { DataOf } from '@tradewire/contracts/define-event'
import type { noticeRaised } from '@tradewire/contracts/events/notices'
import type { Subscription } from '../bills/bill.ts'
import type { SubscriptionChange } from './subscription-change.ts'

export function inVainNotice({ id, userId, subject }: Subscription, now: Date): DataOf<typeof noticeRaised> {
  return {
    userId,
    kind: 'paid-in-vain',
    audience: ['operators'],
    title: `A change of ${subject.name} was paid too late`,
    text: `The difference for a change of subscription ${id} was paid after the change was taken back or overtaken. Give it back.`,
    accountId: null,
    raisedAt: now.toISOString(),
  }
}

/** Its user has come to have another subscription to the same. */
export function takenNotice(
  { userId, formerName, terms: { subject } }: SubscriptionChange,
  now: Date,
): DataOf<typeof noticeRaised> {
  return {
    userId,
    kind: 'change-dropped',
    audience: ['user', 'operators'],
    title: `${formerName} is not changed to ${subject.name}`,
    text: `There is another subscription to ${subject.name} by now, so the one to ${formerName} stays as it is. Cancel the one that is not needed.`,
    accountId: null,
    raisedAt: now.toISOString(),
  }
}
