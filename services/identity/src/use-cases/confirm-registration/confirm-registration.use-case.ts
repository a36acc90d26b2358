/**
 * Makes the user of a registration: the token proves the address, the password that the same person registered.
 * Called by the registration controller. Must never make a user by the token alone: it may have been mailed to a
 * person in whose name somebody else has registered.
 */
import { Injectable } from '@nestjs/common'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import { userCreated } from '@tradewire/contracts/events/identity'
import type { UserView } from '@tradewire/contracts/rpc/identity'
import type { confirmRegistration } from '@tradewire/contracts/rpc/registration'
import { Database } from '@tradewire/database/database'
import type { CodedError } from '@tradewire/kernel/errors'
import { IdSource } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { confirmationAttemptsMax, mailedHashOf } from '#domain/credentials/mailed-token'
import { createdEventOf, viewOf } from '#domain/users/user'
import { identityErrors } from '#identity.errors'
import { PasswordHasher } from '#ports/password-hasher.port'
import { type NewRegistration, Registrations } from '#ports/registrations.port'
import { Users } from '#ports/users.port'

@Injectable()
export class ConfirmRegistration {
  constructor(
    private readonly database: Database,
    private readonly registrations: Registrations,
    private readonly users: Users,
    private readonly hasher: PasswordHasher,
    private readonly ids: IdSource,
  ) {}

  /** Fails with LINK_INVALID, WRONG_PASSWORD, USERNAME_TAKEN or LOGIN_BUSY. */
  async execute(request: RequestOf<typeof confirmRegistration>): Promise<Result<UserView, CodedError>> {
    const registration = await this.registrations.tryLink(mailedHashOf(request.token))
    if (registration === null || registration.attempts > confirmationAttemptsMax) {
      return err(identityErrors.of('LINK_INVALID'))
    }
    const check = await this.hasher.check(registration.passwordHash, request.password)
    if (!check.ok) return check
    if (!check.value.matches) return err(identityErrors.of('WRONG_PASSWORD'))
    return this.open(registration, request.username ?? registration.username)
  }

  /** A name that is taken leaves the registration as it is: the next try brings another one. */
  private open({ id: registrationId, ...person }: NewRegistration, username: string) {
    return this.database.transact(async (tx): Promise<Result<UserView, CodedError>> => {
      const user = await this.users.add(tx, {
        ...person,
        username,
        id: this.ids.next<'User'>(),
        roles: ['follower'],
        emailVerified: true,
      })
      if (user === null) return err(identityErrors.of('USERNAME_TAKEN', { username }))
      await this.registrations.end(tx, registrationId)
      tx.append(userCreated, createdEventOf(user))
      return ok(viewOf(user))
    })
  }
}
