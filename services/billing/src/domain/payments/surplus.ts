/**
 * A payment for what was paid already, or for time that is not served. It is the payer's: it is owed to them until it is
 * given back, and nobody earns by it. Called when a payment comes in. Must never take the only payment for one too many.
 */
import type { DataOf } from '@tradewire/contracts/define-event'
import type { noticeRaised } from '@tradewire/contracts/events/notices'
import type { Payment } from '../bills/bill.ts'
import { moneyText } from '../money/money.ts'
import { givenBackMinor } from './payment.ts'

/** What others for the same have brought in, less what was given back of it, is enough. */
export function isPaidBy(others: readonly Payment[], { amount }: Pick<Payment, 'amount'>): boolean {
  const kept = others.map(({ facts, surplus }) => (surplus === null ? facts.capturedMinor - givenBackMinor(facts) : 0n))
  return kept.reduce((total, minor) => total + minor, 0n) >= amount.minor
}

/** What people are told of it once it is settled. */
export function surplusNotice(payment: Payment, state: 'returned' | 'kept', now: Date): DataOf<typeof noticeRaised> {
  const { userId, subscriptionId, description, provider, amount } = payment
  const sum = `${moneyText(amount)} ${amount.currency}`
  const why =
    subscriptionId === null
      ? `${description} was paid already`
      : `This payment for ${description} serves nothing: its time was paid already, is over or was cancelled, or another subscription serves it`
  return {
    userId,
    kind: 'paid-in-vain',
    audience: ['user', 'operators'],
    title: subscriptionId === null ? 'Paid twice' : 'Paid in vain',
    text:
      state === 'returned'
        ? `${why}: ${sum} that came in by ${provider} are given back.`
        : `${why}. ${provider} gives nothing back: operators return ${sum} to the payer by hand.`,
    accountId: null,
    raisedAt: now.toISOString(),
  }
}
