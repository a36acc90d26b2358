/**
 * Sets a new password by a mailed token. Called by the registration controller.
 * Must never touch a second factor: whoever reads the mails has one proof and not two.
 */
import { Injectable } from '@nestjs/common'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import type { resetPassword } from '@tradewire/contracts/rpc/registration'
import { Database } from '@tradewire/database/database'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { mailedHashOf } from '#domain/credentials/mailed-token'
import { identityErrors } from '#identity.errors'
import { PasswordHasher } from '#ports/password-hasher.port'
import { Registrations } from '#ports/registrations.port'
import { Users } from '#ports/users.port'
import { ReplacePassword } from '../replace-password/replace-password.use-case.ts'

@Injectable()
export class ResetPassword {
  constructor(
    private readonly database: Database,
    private readonly registrations: Registrations,
    private readonly users: Users,
    private readonly hasher: PasswordHasher,
    private readonly replacing: ReplacePassword,
  ) {}

  /** Fails with LINK_INVALID or LOGIN_BUSY. */
  async execute({
    token,
    newPassword,
  }: RequestOf<typeof resetPassword>): Promise<Result<Record<string, never>, CodedError>> {
    const tokenHash = mailedHashOf(token)
    const userId = await this.registrations.findResetLink(tokenHash)
    const user = userId && (await this.users.find(userId))
    if (user === null) return err(identityErrors.of('LINK_INVALID'))
    const hash = await this.hasher.hash(newPassword)
    if (!hash.ok) return hash
    return this.database.transact(async (tx) => {
      const used = await this.registrations.useResetLink(tx, tokenHash, user.id)
      if (!used) return err(identityErrors.of('LINK_INVALID'))
      await this.users.verifyEmail(tx, user.id)
      await this.replacing.execute(tx, user, hash.value)
      return ok({})
    })
  }
}
