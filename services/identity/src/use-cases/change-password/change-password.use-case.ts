/** Changes a user's own password and ends their sessions. Called by the users controller. Must never keep a password beyond its hash. */
import { Injectable } from '@nestjs/common'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import type { changePassword } from '@tradewire/contracts/rpc/identity'
import { Database } from '@tradewire/database/database'
import type { CodedError } from '@tradewire/kernel/errors'
import { idOf } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { judgeAttempt } from '#domain/limits/login-throttle'
import { identityErrors } from '#identity.errors'
import { LoginAttempts } from '#ports/login-attempts.port'
import { PasswordHasher } from '#ports/password-hasher.port'
import { Users } from '#ports/users.port'
import { ReplacePassword } from '../replace-password/replace-password.use-case.ts'

/** Guesses at the current password by a stolen session are counted beside those of log-in. */
const ownAddress = 'password change'

@Injectable()
export class ChangePassword {
  constructor(
    private readonly database: Database,
    private readonly users: Users,
    private readonly attempts: LoginAttempts,
    private readonly hasher: PasswordHasher,
    private readonly replacing: ReplacePassword,
  ) {}

  /** Fails with WRONG_PASSWORD, TOO_MANY_ATTEMPTS, LOGIN_BUSY, USER_DISABLED or USER_NOT_FOUND. */
  async execute(request: RequestOf<typeof changePassword>): Promise<Result<Record<string, never>, CodedError>> {
    const userId = idOf<'User'>(request.caller.userId)
    const known = await this.users.find(userId)
    if (known === null) return err(identityErrors.of('USER_NOT_FOUND'))
    const key = { username: known.username, address: ownAddress }
    const count = await this.attempts.count(key)
    const verdict = judgeAttempt(count, count.now)
    if (!verdict.allowed) {
      return err(identityErrors.of('TOO_MANY_ATTEMPTS', { retryAfterSeconds: verdict.retryAfterSeconds }))
    }
    const check = await this.hasher.check(known.passwordHash, request.currentPassword)
    if (!check.ok) return check
    if (!check.value.matches) return err(identityErrors.of('WRONG_PASSWORD'))
    const hash = await this.hasher.hash(request.newPassword)
    if (!hash.ok) return hash
    return this.database.transact(async (tx) => {
      // Since it was checked, another password may have come to hold.
      const user = await this.users.lock(tx, userId)
      if (user === null) return err(identityErrors.of('USER_NOT_FOUND'))
      if (user.disabledAt !== null) return err(identityErrors.of('USER_DISABLED'))
      if (user.passwordHash !== known.passwordHash) return err(identityErrors.of('WRONG_PASSWORD'))
      await this.replacing.execute(tx, user, hash.value)
      return ok({})
    })
  }
}
