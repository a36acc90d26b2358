/** A broker account as the service thinks of it. Pure: called by stores, sessions and use cases. Must never hold a credential. */
import type { Venue } from '@tradewire/contracts/common'
import type { KeyFacts } from '@tradewire/broker-kit/broker-session'
import type { BrokerCapabilities } from '@tradewire/broker-kit/capabilities'
import type { BrokerEnvironment } from '@tradewire/broker-kit/define-broker'
import type { Reason } from '../attempt/attempt.ts'

export type AccountStatus = 'AUTHORIZED' | 'UNAUTHORIZED' | 'FAILED'

export interface Account {
  readonly id: string
  readonly userId: string
  readonly venue: Venue
  readonly environment: BrokerEnvironment
  readonly label: string
  /** False: paused by its user. That is for `orders` to keep; here an account that is paused is like any other. */
  readonly active: boolean
  /** Enough of the key to know it again. */
  readonly keyHint: string | null
  /** As the venue told it when it was asked last. */
  readonly key: AccountKey
  readonly status: AccountStatus
  readonly reason: Reason | null
  readonly partition: number
  readonly createdAt: Date
  readonly changedAt: Date
}

/** What its user may change. */
export interface AccountChanges {
  readonly label?: string | undefined
  readonly active?: boolean | undefined
}

export type AccountKey = Pick<KeyFacts, 'ipBound' | 'expiresAt'>

/** Before it has an id, which decides its partition. */
export type NewAccount = Omit<Account, 'id' | 'partition' | 'active'>

/** Where accounts have the same prices, terms and rates, and share a budget: a venue in one environment. */
export type Place = Pick<Account, 'venue' | 'environment'>

export function placeName({ venue, environment }: Place): string {
  return `${venue} ${environment}`
}

export type Market = 'spot' | 'derivatives'

export function marketOf({ capabilities }: { readonly capabilities: Pick<BrokerCapabilities, 'positions'> }): Market {
  return capabilities.positions === 'coins' ? 'spot' : 'derivatives'
}
