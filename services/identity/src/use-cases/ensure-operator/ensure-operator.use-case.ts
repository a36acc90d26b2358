/**
 * Gives a new installation its owner, who is its first operator. Called by the launcher at every start.
 * Must never change an owner that exists, nor their password.
 */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import { userCreated } from '@tradewire/contracts/events/identity'
import type { ensureOperator } from '@tradewire/contracts/rpc/identity'
import { Database } from '@tradewire/database/database'
import type { CodedError } from '@tradewire/kernel/errors'
import { IdSource } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { createdEventOf, type User } from '#domain/users/user'
import { identityErrors } from '#identity.errors'
import { PasswordHasher } from '#ports/password-hasher.port'
import { Users } from '#ports/users.port'

@Injectable()
export class EnsureOperator {
  constructor(
    private readonly database: Database,
    private readonly users: Users,
    private readonly hasher: PasswordHasher,
    private readonly ids: IdSource,
  ) {}

  /** Fails with USERNAME_TAKEN when a user who is no owner has the name, or with LOGIN_BUSY. */
  async execute(input: RequestOf<typeof ensureOperator>): Promise<Result<ReplyOf<typeof ensureOperator>, CodedError>> {
    const existing = await this.users.firstOwner()
    if (existing !== null) return ok(replyOf(existing, false))
    const hash = await this.hasher.hash(input.password)
    if (!hash.ok) return hash
    return this.database.transact(async (tx) => {
      await this.users.lockOwners(tx)
      const meanwhile = await this.users.firstOwner()
      if (meanwhile !== null) return ok(replyOf(meanwhile, false))
      const { username, email } = input
      const id = this.ids.next<'User'>()
      const user = await this.users.add(tx, {
        id,
        username,
        email,
        firstName: null,
        lastName: null,
        roles: ['owner', 'operator'],
        passwordHash: hash.value,
      })
      if (user === null) return err(identityErrors.of('USERNAME_TAKEN', { username }))
      tx.append(userCreated, createdEventOf(user))
      return ok(replyOf(user, true))
    })
  }
}

function replyOf(user: User, created: boolean): ReplyOf<typeof ensureOperator> {
  return { userId: user.id, username: user.username, created }
}
