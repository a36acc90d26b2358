/** Lets a disabled user log in again. Called by the users controller. Must never bring an ended session back. */
import { Injectable } from '@nestjs/common'
import type { Caller } from '@tradewire/contracts/caller'
import { userEnabled } from '@tradewire/contracts/events/identity'
import type { UserView } from '@tradewire/contracts/rpc/identity'
import { Database } from '@tradewire/database/database'
import type { CodedError } from '@tradewire/kernel/errors'
import type { UserId } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { mayManage } from '#domain/users/staff'
import { viewOf } from '#domain/users/user'
import { identityErrors } from '#identity.errors'
import { Users } from '#ports/users.port'

@Injectable()
export class EnableUser {
  constructor(
    private readonly database: Database,
    private readonly users: Users,
  ) {}

  /** Fails with USER_NOT_FOUND or STAFF_IS_FOR_OWNERS. */
  async execute(caller: Caller, userId: UserId): Promise<Result<UserView, CodedError>> {
    return this.database.transact(async (tx) => {
      const user = await this.users.lock(tx, userId)
      if (user !== null && !mayManage(caller, user)) return err(identityErrors.of('STAFF_IS_FOR_OWNERS'))
      const enabled = await this.users.enable(tx, userId)
      if (enabled === null) return err(identityErrors.of('USER_NOT_FOUND'))
      const view = viewOf(enabled.user)
      if (enabled.changed) tx.append(userEnabled, { userId, enabledAt: view.updatedAt })
      return ok(view)
    })
  }
}
