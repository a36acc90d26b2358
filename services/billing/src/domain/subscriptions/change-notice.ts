/** What operators are told of money for a change that could not take effect any more. Called when such a payment comes in. Must never promise a refund. */
import type { DataOf } from '@tradewire/contracts/define-event'
import type { noticeRaised } from '@tradewire/contracts/events/notices'
import type { Subscription } from '../bills/bill.ts'

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
