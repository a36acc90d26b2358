/** Makes a new secret of an OAuth client and shows it once. Called by the OAuth clients controller. Must never leave three that work. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { rotateOauthSecret } from '@tradewire/contracts/rpc/oauth'
import { Database } from '@tradewire/database/database'
import type { CodedError } from '@tradewire/kernel/errors'
import { idOf } from '@tradewire/kernel/ids'
import { Randomness } from '@tradewire/kernel/randomness'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { newClientSecret, viewOf } from '#domain/credentials/oauth-client'
import { mayManage } from '#domain/users/staff'
import { identityErrors } from '#identity.errors'
import { OauthClients } from '#ports/oauth-clients.port'
import { Users } from '#ports/users.port'

@Injectable()
export class RotateOauthSecret {
  constructor(
    private readonly database: Database,
    private readonly users: Users,
    private readonly clients: OauthClients,
    private readonly randomness: Randomness,
  ) {}

  /** Who holds a secret acts as the client's user, so the rules of making one hold. Fails with CLIENT_NOT_FOUND or STAFF_IS_FOR_OWNERS. */
  async execute({
    caller,
    clientId,
    overlapSeconds,
  }: RequestOf<typeof rotateOauthSecret>): Promise<Result<ReplyOf<typeof rotateOauthSecret>, CodedError>> {
    const { text, ...secret } = newClientSecret(this.randomness)
    return this.database.transact(async (tx) => {
      const client = await this.clients.lock(tx, idOf<'OauthClient'>(clientId.toLowerCase()))
      const user = client && (await this.users.lock(tx, client.userId))
      if (client === null || user === null) return err(identityErrors.of('CLIENT_NOT_FOUND'))
      if (user.id !== caller.userId && !mayManage(caller, user)) return err(identityErrors.of('STAFF_IS_FOR_OWNERS'))
      const rotated = await this.clients.rotate(tx, client.id, secret, overlapSeconds)
      return ok({ ...viewOf(rotated), clientSecret: text })
    })
  }
}
