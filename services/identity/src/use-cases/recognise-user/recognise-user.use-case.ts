/**
 * Finds the user whom another issuer vouches for, and makes it the first time. Called by the users controller.
 * Must never link to a user that exists because names or e-mail addresses are alike: the issuer does not vouch for ours.
 */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import { userCreated, userRolesChanged } from '@tradewire/contracts/events/identity'
import type { recogniseUser } from '@tradewire/contracts/rpc/identity'
import { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'
import type { CodedError } from '@tradewire/kernel/errors'
import { IdSource } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { externalName } from '#domain/users/external-name'
import { becomesStaff, settledRoles } from '#domain/users/staff'
import { createdEventOf, type User } from '#domain/users/user'
import { identityErrors } from '#identity.errors'
import { Users } from '#ports/users.port'
import { EndOauthClients } from '../end-oauth-clients/end-oauth-clients.use-case.ts'

type Request = RequestOf<typeof recogniseUser>

/** Characters of the id's random end that make a name unique. */
const suffixChars = 8

@Injectable()
export class RecogniseUser {
  constructor(
    private readonly database: Database,
    private readonly users: Users,
    private readonly ids: IdSource,
    private readonly endingClients: EndOauthClients,
  ) {}

  /** The roles are what the issuer says now. Fails with USER_DISABLED. */
  async execute(request: Request): Promise<Result<ReplyOf<typeof recogniseUser>, CodedError>> {
    return this.database.transact(async (tx) => {
      await this.users.lockExternal(tx, request.issuer, request.subject)
      const known = await this.users.findExternal(tx, request.issuer, request.subject)
      const user = known ?? (await this.make(tx, request))
      if (user.disabledAt !== null) return err(identityErrors.of('USER_DISABLED'))
      const roles = settledRoles(request.roles)
      if (roles.toSorted().join() !== user.roles.toSorted().join()) {
        const { updatedAt } = await this.users.changeRoles(tx, user.id, roles)
        tx.append(userRolesChanged, { userId: user.id, roles, changedAt: updatedAt.toISOString() })
        if (becomesStaff(user.roles, roles)) await this.endingClients.execute(tx, user.id)
      }
      return ok({ userId: user.id, roles })
    })
  }

  private async make(tx: Transaction, { issuer, subject, name, email, roles }: Request): Promise<User> {
    const id = this.ids.next<'User'>()
    const username = externalName(name ?? email, id.slice(-suffixChars))
    const fresh = { id, username, firstName: null, lastName: null, roles: settledRoles(roles), passwordHash: null }
    // An address that another user has is left out: it proves nothing.
    const user =
      (await this.users.add(tx, { ...fresh, email })) ?? (await this.users.add(tx, { ...fresh, email: null }))
    if (user === null) throw new Error(`the user name ${username} is taken`)
    await this.users.linkExternal(tx, issuer, subject, id)
    tx.append(userCreated, createdEventOf(user))
    return user
  }
}
