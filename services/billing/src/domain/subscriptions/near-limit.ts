/** Whether an account is near what its user's plan allows, and how that is said. Called by the watch of limits. Must never say the same anew while a balance swings about the mark. */
import type { DataOf } from '@tradewire/contracts/define-event'
import type { noticeRaised } from '@tradewire/contracts/events/notices'
import { decimal, HUNDRED } from '@tradewire/kernel/decimal'

export interface LimitedAccount {
  readonly accountId: string
  readonly userId: string
  readonly plan: string
  readonly maxBalance: string
  readonly wasNear: boolean
}

export interface AccountTotal {
  readonly accountId: string
  readonly total: string
  readonly currency: string
}

/** In per cent of what is allowed: from the first on it is near, below the second it is not any more. */
const nearPercent = decimal('90')
const clearPercent = decimal('85')

export function isNear(
  { maxBalance, wasNear }: Pick<LimitedAccount, 'maxBalance' | 'wasNear'>,
  total: string,
): boolean {
  const share = decimal(total).times(HUNDRED).div(decimal(maxBalance))
  return wasNear ? share.gte(clearPercent) : share.gte(nearPercent)
}

export function nearNotice(
  { accountId, userId, plan, maxBalance }: LimitedAccount,
  { total, currency }: AccountTotal,
  now: Date,
): DataOf<typeof noticeRaised> {
  return {
    userId,
    kind: 'near-max-balance',
    audience: ['user', 'operators'],
    title: 'Your account is near the limit of your plan',
    text: `It holds ${total} ${currency}; your plan ${plan} allows ${maxBalance}. Above that no new trades are opened.`,
    accountId,
    raisedAt: now.toISOString(),
  }
}
