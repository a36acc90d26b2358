/**
 * Gives a user other roles and ends their sessions in one commit. Called for owners.
 * Must never leave nobody an owner, nor the rights of staff to a client that was made for one who had none.
 */
import { Injectable } from '@nestjs/common'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import { userRolesChanged } from '@tradewire/contracts/events/identity'
import type { changeRoles, UserView } from '@tradewire/contracts/rpc/identity'
import { Database } from '@tradewire/database/database'
import type { CodedError } from '@tradewire/kernel/errors'
import { idOf } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { becomesStaff, givingFault, mayManage, settledRoles } from '#domain/users/staff'
import { viewOf } from '#domain/users/user'
import { identityErrors } from '#identity.errors'
import { Users } from '#ports/users.port'
import { EndOauthClients } from '../end-oauth-clients/end-oauth-clients.use-case.ts'
import { EndSessions } from '../end-sessions/end-sessions.use-case.ts'

@Injectable()
export class ChangeRoles {
  constructor(
    private readonly database: Database,
    private readonly users: Users,
    private readonly ending: EndSessions,
    private readonly endingClients: EndOauthClients,
  ) {}

  /** Fails with USER_NOT_FOUND, STAFF_IS_FOR_OWNERS, SUPPORT_STANDS_ALONE or LAST_OWNER. */
  async execute({ caller, ...wish }: RequestOf<typeof changeRoles>): Promise<Result<UserView, CodedError>> {
    const userId = idOf<'User'>(wish.userId.toLowerCase())
    const fault = givingFault(caller, wish.roles)
    if (fault !== null) return err(identityErrors.of(fault))
    const roles = settledRoles(wish.roles)
    return this.database.transact(async (tx) => {
      await this.users.lockOwners(tx)
      const user = await this.users.lock(tx, userId)
      if (user === null) return err(identityErrors.of('USER_NOT_FOUND'))
      if (!mayManage(caller, user)) return err(identityErrors.of('STAFF_IS_FOR_OWNERS'))
      const stays = !user.roles.includes('owner') || roles.includes('owner')
      if (!stays && !(await this.users.hasOtherOwner(tx, userId))) return err(identityErrors.of('LAST_OWNER'))
      const changed = await this.users.changeRoles(tx, userId, roles)
      tx.append(userRolesChanged, { userId, roles, changedAt: changed.updatedAt.toISOString() })
      await this.ending.execute(tx, userId, 'roles-changed')
      if (becomesStaff(user.roles, roles)) await this.endingClients.execute(tx, userId)
      return ok(viewOf(changed))
    })
  }
}
