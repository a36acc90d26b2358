/** The venue sessions of accounts. Implemented in clients/. Must never show a credential. */
import type { BrokerError } from '@tradewire/broker-kit/broker-error'
import type { BrokerSession, SessionEvent } from '@tradewire/broker-kit/broker-session'
import type { BrokerDefinition, BrokerEnvironment } from '@tradewire/broker-kit/define-broker'
import type { Venue } from '@tradewire/contracts/common'
import type { Result } from '@tradewire/kernel/result'
import type { Account } from '#domain/account/account'
import type { BelievedLeverages } from '#domain/account/believed-leverages'
import type { UnsealedAccount } from './accounts.port.ts'

export interface AccountSession {
  readonly account: Account
  readonly definition: BrokerDefinition
  readonly session: BrokerSession
  readonly leverages: BelievedLeverages
}

export type SessionResult = Result<AccountSession, BrokerError>

export abstract class Sessions {
  /** What the listener cannot take is logged: the timer will read it. */
  abstract onEvent(listener: (accountId: string, event: SessionEvent) => Promise<void>): void
  /** Told of each session that was made, before anything is asked of it. */
  abstract onOpened(listener: (opened: AccountSession) => void): void
  /** The session if it stands already; the hot path does not wait. */
  abstract known(accountId: string): AccountSession | undefined
  abstract all(): readonly AccountSession[]
  /** The account's session, made when there is none. */
  abstract get(accountId: string): Promise<SessionResult>
  /** Makes the session of an account and opens its stream. */
  abstract adopt(unsealed: UnsealedAccount): Promise<SessionResult>
  /** A session that is only asked something, without stream; the caller closes it. */
  abstract probe(
    venue: Venue,
    environment: BrokerEnvironment,
    credentials: Record<string, string>,
  ): Promise<Result<BrokerSession, BrokerError>>
  abstract forget(accountId: string): Promise<void>
  abstract closeAll(): Promise<void>
}
