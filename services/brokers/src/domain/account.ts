/** A broker account as the service thinks of it. Pure: called by stores, sessions and use cases. Must never hold a credential. */
import type { Venue } from '@tradewire/contracts/common'
import { maySee, type Caller } from '@tradewire/contracts/caller'
import type { BrokerEnvironment } from '@tradewire/broker-kit/define-broker'
import type { Reason } from './attempt.ts'

export type AccountStatus = 'AUTHORIZED' | 'UNAUTHORIZED' | 'FAILED'

export interface Account {
  readonly id: string
  readonly userId: string
  readonly venue: Venue
  readonly environment: BrokerEnvironment
  readonly label: string
  readonly status: AccountStatus
  readonly reason: Reason | null
  readonly partition: number
  readonly createdAt: Date
  readonly changedAt: Date
}

/** Operators see every account, others their own; what is not theirs does not exist for them. */
export function maySee(caller: Caller, account: Pick<Account, 'userId'>): boolean {
  return maySee(caller, account.userId)
}
