/** A user as the rules see one. Called by use cases and ports. Must never carry a password's text. */
import type { DataOf } from '@tradewire/contracts/define-event'
import type { Role } from '@tradewire/contracts/caller'
import type { userCreated } from '@tradewire/contracts/events/identity'
import type { UserView } from '@tradewire/contracts/rpc/identity'
import type { UserId } from '@tradewire/kernel/ids'

export interface User {
  readonly id: UserId
  readonly username: string
  readonly email: string | null
  /** When a mailed link proved the address. */
  readonly emailVerifiedAt: Date | null
  readonly firstName: string | null
  readonly lastName: string | null
  readonly roles: readonly Role[]
  /** PHC text of argon2id with its parameters; null for those whom only another issuer vouches for. */
  readonly passwordHash: string | null
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly disabledAt: Date | null
  /** Log-in asks for a code besides the password. */
  readonly secondFactor: boolean
}

/** What others may know of a user. */
export function viewOf(user: User): UserView {
  return {
    id: user.id,
    username: user.username,
    email: user.email,
    emailVerifiedAt: user.emailVerifiedAt?.toISOString() ?? null,
    firstName: user.firstName,
    lastName: user.lastName,
    roles: [...user.roles],
    createdAt: user.createdAt.toISOString(),
    updatedAt: user.updatedAt.toISOString(),
    disabledAt: user.disabledAt?.toISOString() ?? null,
    secondFactor: user.secondFactor,
  }
}

/** What `user.created` tells. */
export function createdEventOf(user: User): DataOf<typeof userCreated> {
  return {
    userId: user.id,
    username: user.username,
    email: user.email,
    roles: [...user.roles],
    createdAt: user.createdAt.toISOString(),
  }
}
