/** Turns off the second factor of a user who lost it, passkeys too, and ends their sessions. Called for operators. Must never touch a password. */
import { Injectable } from '@nestjs/common'
import type { Caller } from '@tradewire/contracts/caller'
import type { UserView } from '@tradewire/contracts/rpc/identity'
import { Database } from '@tradewire/database/database'
import type { CodedError } from '@tradewire/kernel/errors'
import type { UserId } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { mayManage } from '#domain/users/staff'
import { viewOf } from '#domain/users/user'
import { identityErrors } from '#identity.errors'
import { Passkeys } from '#ports/passkeys.port'
import { SecondFactors } from '#ports/second-factors.port'
import { Users } from '#ports/users.port'
import { EndSessions } from '../end-sessions/end-sessions.use-case.ts'

@Injectable()
export class ResetSecondFactor {
  constructor(
    private readonly database: Database,
    private readonly users: Users,
    private readonly factors: SecondFactors,
    private readonly passkeys: Passkeys,
    private readonly ending: EndSessions,
  ) {}

  /** Fails with USER_NOT_FOUND or STAFF_IS_FOR_OWNERS; a user without a second factor is no error and keeps their sessions. */
  async execute(caller: Caller, userId: UserId): Promise<Result<UserView, CodedError>> {
    const user = await this.users.find(userId)
    if (user === null) return err(identityErrors.of('USER_NOT_FOUND'))
    if (!mayManage(caller, user)) return err(identityErrors.of('STAFF_IS_FOR_OWNERS'))
    await this.database.transact(async (tx) => {
      const [hadApp, hadPasskeys] = [await this.factors.remove(tx, userId), await this.passkeys.removeAll(tx, userId)]
      if (hadApp || hadPasskeys) await this.ending.execute(tx, userId, 'second-factor-reset')
    })
    return ok(viewOf({ ...user, secondFactor: false }))
  }
}
