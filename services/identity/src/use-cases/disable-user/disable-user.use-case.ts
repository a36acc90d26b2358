/** Disables a user and ends their sessions in one commit. Called by the users controller. Must never disable its own caller. */
import { Injectable } from '@nestjs/common'
import type { Caller } from '@tradewire/contracts/caller'
import { userDisabled } from '@tradewire/contracts/events/identity'
import type { UserView } from '@tradewire/contracts/rpc/identity'
import { Database } from '@tradewire/database/database'
import type { CodedError } from '@tradewire/kernel/errors'
import type { UserId } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { mayManage } from '#domain/users/staff'
import { viewOf } from '#domain/users/user'
import { identityErrors } from '#identity.errors'
import { Users } from '#ports/users.port'
import { EndSessions } from '../end-sessions/end-sessions.use-case.ts'

@Injectable()
export class DisableUser {
  constructor(
    private readonly database: Database,
    private readonly users: Users,
    private readonly ending: EndSessions,
  ) {}

  /** Fails with USER_NOT_FOUND, STAFF_IS_FOR_OWNERS, LAST_OWNER or CANNOT_DISABLE_YOURSELF. */
  async execute(caller: Caller, userId: UserId): Promise<Result<UserView, CodedError>> {
    if (caller.userId === userId) return err(identityErrors.of('CANNOT_DISABLE_YOURSELF'))
    return this.database.transact(async (tx) => {
      await this.users.lockOwners(tx)
      const user = await this.users.lock(tx, userId)
      if (user === null) return err(identityErrors.of('USER_NOT_FOUND'))
      if (!mayManage(caller, user)) return err(identityErrors.of('STAFF_IS_FOR_OWNERS'))
      if (user.roles.includes('owner') && !(await this.users.hasOtherOwner(tx, userId))) {
        return err(identityErrors.of('LAST_OWNER'))
      }
      const disabled = await this.users.disable(tx, userId)
      if (disabled === null) return err(identityErrors.of('USER_NOT_FOUND'))
      const view = viewOf(disabled.user)
      if (!disabled.changed) return ok(view)
      tx.append(userDisabled, { userId, disabledAt: view.disabledAt ?? view.createdAt })
      await this.ending.execute(tx, userId, 'disabled')
      return ok(view)
    })
  }
}
