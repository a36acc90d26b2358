/** When somebody who owes is reminded, and in which words. Called by the rule that reminds. Must never remind twice of one step, nor of several at once. */
import type { DataOf } from '@tradewire/contracts/define-event'
import type { noticeRaised } from '@tradewire/contracts/events/notices'
import { moneyText, type Money } from '../money/money.ts'

export interface Debt {
  readonly kind: 'subscription' | 'fee'
  /** The subscription or the fee. */
  readonly object: string
  readonly userId: string
  readonly what: string
  readonly amount: Money
  /** Since when it is owed: the end of the paid time, or when the fee was charged. */
  readonly since: Date
  /** When the service ends; null for a fee. */
  readonly endsAt: Date | null
  readonly paymentUrl: string | null
  /** How many steps were taken. */
  readonly taken: number
}

export interface ReminderRules {
  /** So long after something is owed, ascending. */
  readonly afterMs: readonly number[]
  /** So long before a service ends. */
  readonly warnMs: number
}

export interface Reminder {
  /** Null when no step is due. */
  readonly notice: Pick<DataOf<typeof noticeRaised>, 'kind' | 'title' | 'text'> | null
  readonly taken: number
  /** Of the next step; null after the last. */
  readonly nextAt: Date | null
}

interface Step {
  readonly at: number
  readonly isLast: boolean
}

/** Steps that were missed, in an outage, are taken together: only the latest is said. */
export function reminderOf(debt: Debt, now: Date, rules: ReminderRules): Reminder {
  const steps = stepsOf(debt, rules)
  const due = steps.filter(({ at }) => at <= now.getTime())
  const latest = due.length > debt.taken ? due.at(-1) : undefined
  const next = steps[Math.max(due.length, debt.taken)]
  return {
    notice: latest === undefined ? null : wordsOf(debt, latest),
    taken: Math.max(due.length, debt.taken),
    nextAt: next === undefined ? null : new Date(next.at),
  }
}

function stepsOf({ since, endsAt }: Debt, { afterMs, warnMs }: ReminderRules): Step[] {
  const warning = endsAt === null ? null : endsAt.getTime() - warnMs
  const asked = afterMs.map((after) => since.getTime() + after).filter((at) => warning === null || at < warning)
  const steps = asked.map((at) => ({ at, isLast: false }))
  return warning === null ? steps : [...steps, { at: warning, isLast: true }]
}

function wordsOf(debt: Debt, { isLast }: Step): NonNullable<Reminder['notice']> {
  const { kind, what, amount, endsAt, paymentUrl } = debt
  const sum = `${moneyText(amount)} ${amount.currency}`
  const how = paymentUrl === null ? 'Pay it in your account.' : `Pay it here: ${paymentUrl}`
  if (kind === 'fee') return { kind: 'payment-due', title: `${sum} to pay`, text: `${what}: ${sum}. ${how}` }
  const ends = endsAt === null ? '' : ` It ends on ${endsAt.toISOString().slice(0, 10)} unless it is paid.`
  if (isLast)
    return { kind: 'service-ending', title: `${what} ends soon`, text: `${sum} could not be taken in.${ends} ${how}` }
  return {
    kind: 'payment-failing',
    title: `Your payment for ${what} is missing`,
    text: `${sum} could not be taken in.${ends} ${how}`,
  }
}
