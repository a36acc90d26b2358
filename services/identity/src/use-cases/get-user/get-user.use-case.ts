/** One user by id. Called by the users controller. Must never show a hash. */
import { Injectable } from '@nestjs/common'
import type { UserView } from '@tradewire/contracts/rpc/identity'
import type { CodedError } from '@tradewire/kernel/errors'
import type { UserId } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { viewOf } from '#domain/users/user'
import { identityErrors } from '#identity.errors'
import { Users } from '#ports/users.port'

@Injectable()
export class GetUser {
  constructor(private readonly users: Users) {}

  /** Fails with USER_NOT_FOUND. */
  async execute(id: UserId): Promise<Result<UserView, CodedError>> {
    const user = await this.users.find(id)
    return user === null ? err(identityErrors.of('USER_NOT_FOUND')) : ok(viewOf(user))
  }
}
