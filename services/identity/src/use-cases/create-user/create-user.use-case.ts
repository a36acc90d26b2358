/** Creates a user. Called by the users controller. Must never keep the password beyond its hash. */
import { Injectable } from '@nestjs/common'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import { userCreated } from '@tradewire/contracts/events/identity'
import type { createUser, UserView } from '@tradewire/contracts/rpc/identity'
import { Database } from '@tradewire/database/database'
import type { CodedError } from '@tradewire/kernel/errors'
import { IdSource } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { givingFault, settledRoles } from '#domain/users/staff'
import { createdEventOf, viewOf } from '#domain/users/user'
import { identityErrors } from '#identity.errors'
import { PasswordHasher } from '#ports/password-hasher.port'
import { Users } from '#ports/users.port'

@Injectable()
export class CreateUser {
  constructor(
    private readonly database: Database,
    private readonly users: Users,
    private readonly hasher: PasswordHasher,
    private readonly ids: IdSource,
  ) {}

  /** Fails with STAFF_IS_FOR_OWNERS, SUPPORT_STANDS_ALONE, USERNAME_TAKEN or LOGIN_BUSY. */
  async execute({ caller, user: input }: RequestOf<typeof createUser>): Promise<Result<UserView, CodedError>> {
    const fault = givingFault(caller, input.roles)
    if (fault !== null) return err(identityErrors.of(fault))
    const hash = await this.hasher.hash(input.password)
    if (!hash.ok) return hash
    const { username, email, firstName, lastName } = input
    const roles = settledRoles(input.roles)
    return this.database.transact(async (tx) => {
      const id = this.ids.next<'User'>()
      const user = await this.users.add(tx, {
        id,
        username,
        email,
        firstName,
        lastName,
        roles,
        passwordHash: hash.value,
      })
      if (user === null) return err(identityErrors.of('USERNAME_TAKEN', { username }))
      tx.append(userCreated, createdEventOf(user))
      return ok(viewOf(user))
    })
  }
}
