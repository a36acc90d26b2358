/** What use cases need of stored sessions and refresh tokens. Implemented by store/. Must never store a token as text. */
import type { Role } from '@tradewire/contracts/caller'
import type { SessionView } from '@tradewire/contracts/rpc/identity'
import type { Transaction } from '@tradewire/database/transaction'
import type { UserId } from '@tradewire/kernel/ids'
import type { Session, SessionEnd, SessionId, StoredToken } from '#domain/sessions/session'

export interface NewSession {
  readonly id: SessionId
  readonly userId: UserId
  readonly address: string
  readonly userAgent: string | null
  /** When the second factor was proven; null for a user without one. */
  readonly provedAt: Date | null
  readonly tokenHash: Buffer
}

export interface StartedSession {
  readonly refreshExpiresAt: Date
}

/** Of a user with a second factor. */
export interface SecondFactorProof {
  /** Null for a session that is older than the second factor. */
  readonly provedAt: Date | null
}

export interface FoundToken {
  readonly session: Session
  readonly token: StoredToken
  readonly roles: readonly Role[]
  readonly secondFactor: SecondFactorProof | null
  /** The database's time: the only clock that all replicas share. */
  readonly now: Date
}

export interface TokenSuccession {
  readonly sessionId: SessionId
  readonly tokenHash: Buffer
  readonly usedAt: Date
  readonly successorSalt: Buffer
  readonly successorHash: Buffer
  readonly successorExpiresAt: Date
}

export abstract class Sessions {
  abstract start(tx: Transaction, session: NewSession): Promise<StartedSession>
  /** Finds a token by its hash and holds it and its session until the transaction ends; null when it is not known. */
  abstract lockByToken(tx: Transaction, tokenHash: Buffer): Promise<FoundToken | null>
  /** Marks a token used and adds its successor. */
  abstract succeed(tx: Transaction, succession: TokenSuccession): Promise<void>
  abstract prove(tx: Transaction, id: SessionId, provedAt: Date): Promise<void>
  /** False when the session had ended before. */
  abstract end(tx: Transaction, id: SessionId, reason: SessionEnd): Promise<boolean>
  /** Answers the sessions that lived until now. */
  abstract endAllOf(tx: Transaction, userId: UserId, reason: SessionEnd): Promise<readonly SessionId[]>
  /** Newest first. */
  abstract liveOf(userId: UserId): Promise<readonly SessionView[]>
  /** False when the user has no such living session. */
  abstract endOwn(tx: Transaction, userId: UserId, id: SessionId): Promise<boolean>
}
