/** Makes an OAuth client and shows its secret once. Called by the OAuth clients controller. Must never give an operator an owner's roles. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import { clientsMax, type createOauthClient } from '@tradewire/contracts/rpc/oauth'
import { Database } from '@tradewire/database/database'
import type { CodedError } from '@tradewire/kernel/errors'
import { IdSource, idOf } from '@tradewire/kernel/ids'
import { Randomness } from '@tradewire/kernel/randomness'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { newClientSecret, viewOf } from '#domain/credentials/oauth-client'
import { mayManage } from '#domain/users/staff'
import { identityErrors } from '#identity.errors'
import { OauthClients } from '#ports/oauth-clients.port'
import { Users } from '#ports/users.port'

@Injectable()
export class CreateOauthClient {
  constructor(
    private readonly database: Database,
    private readonly users: Users,
    private readonly clients: OauthClients,
    private readonly ids: IdSource,
    private readonly randomness: Randomness,
  ) {}

  /** Fails with USER_NOT_FOUND, STAFF_IS_FOR_OWNERS or TOO_MANY_CLIENTS. */
  async execute({
    caller,
    client: { name, scopes, userId = caller.userId },
  }: RequestOf<typeof createOauthClient>): Promise<Result<ReplyOf<typeof createOauthClient>, CodedError>> {
    const { text, ...secret } = newClientSecret(this.randomness)
    return this.database.transact(async (tx) => {
      // Held, so that nobody becomes staff between this look and the client.
      const user = await this.users.lock(tx, idOf<'User'>(userId.toLowerCase()))
      if (user === null) return err(identityErrors.of('USER_NOT_FOUND'))
      if (user.id !== caller.userId && !mayManage(caller, user)) return err(identityErrors.of('STAFF_IS_FOR_OWNERS'))
      const client = { id: this.ids.next<'OauthClient'>(), userId: user.id, name, scopes: [...new Set(scopes)] }
      const made = await this.clients.add(tx, client, secret, clientsMax)
      return made === null
        ? err(identityErrors.of('TOO_MANY_CLIENTS', { maximum: clientsMax }))
        : ok({ ...viewOf(made), clientSecret: text })
    })
  }
}
