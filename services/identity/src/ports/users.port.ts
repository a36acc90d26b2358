/** What use cases need of stored users. Implemented by store/. Must never return a password's text. */
import type { Page } from '@tradewire/database/page'
import type { Transaction } from '@tradewire/database/transaction'
import type { PageQuery } from '@tradewire/contracts/common'
import type { CodedError } from '@tradewire/kernel/errors'
import type { UserId } from '@tradewire/kernel/ids'
import type { Result } from '@tradewire/kernel/result'
import type { User } from '#domain/users/user'

export interface NewUser {
  readonly id: UserId
  readonly username: string
  readonly email: string | null
  readonly firstName: string | null
  readonly lastName: string | null
  readonly roles: User['roles']
  readonly passwordHash: string | null
  /** A mailed link has proven the address just now. Default: no. */
  readonly emailVerified?: boolean
}

export interface ChangedUser {
  readonly user: User
  readonly changed: boolean
}

export abstract class Users {
  abstract findByName(username: string): Promise<User | null>
  /** By the address in any case of letters. */
  abstract findByEmail(tx: Transaction, email: string): Promise<User | null>
  /** Holds the user as they are until the transaction ends. */
  abstract lock(tx: Transaction, id: UserId): Promise<User | null>
  abstract find(id: UserId): Promise<User | null>
  abstract findAll(ids: readonly UserId[]): Promise<User[]>
  /** Whom the issuer means by the subject. */
  abstract findExternal(tx: Transaction, issuer: string, subject: string): Promise<User | null>
  /** Also when another call does the same at the same time: one of them waits for the other. */
  abstract lockExternal(tx: Transaction, issuer: string, subject: string): Promise<void>
  abstract linkExternal(tx: Transaction, issuer: string, subject: string, id: UserId): Promise<void>
  abstract changeRoles(tx: Transaction, id: UserId, roles: User['roles']): Promise<User>
  /** The owner that was created first. */
  abstract firstOwner(): Promise<User | null>
  /** Oldest first. Fails with PAGE_TOKEN_INVALID. */
  abstract list(page: PageQuery): Promise<Result<Page<User>, CodedError>>
  /** Null when the name or the e-mail address is taken. */
  abstract add(tx: Transaction, user: NewUser): Promise<User | null>
  /** Lets one caller at a time decide who is an owner, until the transaction ends. */
  abstract lockOwners(tx: Transaction): Promise<void>
  /** Whether somebody else is an owner and not disabled. */
  abstract hasOtherOwner(tx: Transaction, id: UserId): Promise<boolean>
  abstract changeHash(tx: Transaction, id: UserId, passwordHash: string): Promise<void>
  /** A mailed link has proven the address; the first time stays. */
  abstract verifyEmail(tx: Transaction, id: UserId): Promise<void>
  /** The user and whether this call disabled them; null when there is no such user. */
  abstract disable(tx: Transaction, id: UserId): Promise<ChangedUser | null>
  /** The same the other way round. */
  abstract enable(tx: Transaction, id: UserId): Promise<ChangedUser | null>
}
