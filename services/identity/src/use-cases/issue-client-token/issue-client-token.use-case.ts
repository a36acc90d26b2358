/** Gives an OAuth client an access token. Called by the OAuth clients controller. Must never tell a wrong secret from an unknown client. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import { accessToken } from '@tradewire/contracts/rpc/identity'
import type { issueClientToken } from '@tradewire/contracts/rpc/oauth'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { clientIdIn, grantedScopes, secretHashOf } from '#domain/credentials/oauth-client'
import { identityErrors } from '#identity.errors'
import { OauthClients } from '#ports/oauth-clients.port'
import { TokenSigner } from '#ports/token-signer.port'

@Injectable()
export class IssueClientToken {
  constructor(
    private readonly clients: OauthClients,
    private readonly signer: TokenSigner,
  ) {}

  /** Fails with CLIENT_INVALID or CLIENT_SCOPE_INVALID. */
  async execute(
    request: RequestOf<typeof issueClientToken>,
  ): Promise<Result<ReplyOf<typeof issueClientToken>, CodedError>> {
    const id = clientIdIn(request.clientId)
    const client = id && (await this.clients.use(id, secretHashOf(request.clientSecret)))
    if (id === null || client === null) return err(identityErrors.of('CLIENT_INVALID'))
    const scopes = grantedScopes(client.scopes, request.scopes)
    if (scopes === null) return err(identityErrors.of('CLIENT_SCOPE_INVALID', { scopes: [...client.scopes] }))
    const { userId, roles } = client
    const token = await this.signer.sign({ userId, sessionId: id, roles, secondFactor: null, scopes })
    return ok({ accessToken: token, expiresInSeconds: accessToken.lifetimeSeconds, scopes: [...scopes] })
  }
}
