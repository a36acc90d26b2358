/**
 * A payment for what was paid already, at another provider or twice at one. It is the payer's: it is owed to them until it is
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

export function surplusNotice(payment: Payment, state: 'returned' | 'kept', now: Date): DataOf<typeof noticeRaised> {
  const { userId, description, provider, amount } = payment
  const sum = `${moneyText(amount)} ${amount.currency}`
  return {
    userId,
    kind: 'paid-in-vain',
    audience: state === 'returned' ? ['user', 'operators'] : ['operators'],
    title: 'Paid twice',
    text:
      state === 'returned'
        ? `${description} was paid already: ${sum} that came in by ${provider} as well are given back.`
        : `${description} was paid already, and ${provider} gives nothing back: return ${sum} to the payer by hand.`,
    accountId: null,
    raisedAt: now.toISOString(),
  }
}
