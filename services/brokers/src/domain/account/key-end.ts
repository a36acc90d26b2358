/** How it is said that the key of an account is about to end. Called by warn-of-keys. Must never show more of a key than its hint. */
import type { DataOf } from '@tradewire/contracts/define-event'
import type { noticeRaised } from '@tradewire/contracts/events/notices'
import type { Account } from './account.ts'

/** So many days before its end the owner is told, once each. */
export const keyWarningDays = [7, 1] as const

export interface EndingKey extends Pick<Account, 'userId' | 'venue' | 'label' | 'keyHint'> {
  readonly accountId: string
  readonly expiresAt: Date
  /** One of keyWarningDays. */
  readonly days: number
}

const minuteCharacters = 16

export function keyEndNotice(key: EndingKey, now: Date): DataOf<typeof noticeRaised> {
  const { userId, accountId, venue, label, keyHint, expiresAt, days } = key
  const named = [keyHint, label === '' ? null : `of "${label}"`].filter((part) => part !== null).join(' ')
  const at = expiresAt.toISOString().slice(0, minuteCharacters).replace('T', ' ')
  return {
    userId,
    kind: 'key-ending',
    audience: ['user', 'operators'],
    title: `The key of your ${venue} account ends within ${days === 1 ? 'a day' : `${days} days`}`,
    text:
      `The venue ends the key ${named} at ${at} UTC. From then on no order can be placed, moved or cancelled with it; ` +
      `stops that stand at the venue stay. Extend it there, or make a new key and connect that.`,
    accountId,
    raisedAt: now.toISOString(),
  }
}
