/** Answers for OAuth clients and their tokens over the bus. Called by the gateway. Must never hold a rule. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import * as rpc from '@tradewire/contracts/rpc/oauth'
import type { CodedError } from '@tradewire/kernel/errors'
import { idOf } from '@tradewire/kernel/ids'
import { ok, type Result } from '@tradewire/kernel/result'
import { CreateOauthClient } from '#use-cases/create-oauth-client/create-oauth-client.use-case'
import { IssueClientToken } from '#use-cases/issue-client-token/issue-client-token.use-case'
import { ListOauthClients } from '#use-cases/list-oauth-clients/list-oauth-clients.use-case'
import { RevokeOauthClient } from '#use-cases/revoke-oauth-client/revoke-oauth-client.use-case'
import { RotateOauthSecret } from '#use-cases/rotate-oauth-secret/rotate-oauth-secret.use-case'

@Controller()
export class OauthClientsController {
  constructor(
    private readonly creating: CreateOauthClient,
    private readonly listing: ListOauthClients,
    private readonly rotating: RotateOauthSecret,
    private readonly revoking: RevokeOauthClient,
    private readonly issuing: IssueClientToken,
  ) {}

  @Answer(rpc.createOauthClient)
  create(
    request: RequestOf<typeof rpc.createOauthClient>,
  ): Promise<Result<ReplyOf<typeof rpc.createOauthClient>, CodedError>> {
    return this.creating.execute(request)
  }

  @Answer(rpc.listOauthClients)
  async list(): Promise<Result<ReplyOf<typeof rpc.listOauthClients>, CodedError>> {
    return ok({ items: await this.listing.execute() })
  }

  @Answer(rpc.rotateOauthSecret)
  rotate(
    request: RequestOf<typeof rpc.rotateOauthSecret>,
  ): Promise<Result<ReplyOf<typeof rpc.rotateOauthSecret>, CodedError>> {
    return this.rotating.execute(request)
  }

  @Answer(rpc.revokeOauthClient)
  revoke({
    clientId,
  }: RequestOf<typeof rpc.revokeOauthClient>): Promise<Result<ReplyOf<typeof rpc.revokeOauthClient>, CodedError>> {
    return this.revoking.execute(idOf<'OauthClient'>(clientId.toLowerCase()))
  }

  @Answer(rpc.issueClientToken)
  issue(
    request: RequestOf<typeof rpc.issueClientToken>,
  ): Promise<Result<ReplyOf<typeof rpc.issueClientToken>, CodedError>> {
    return this.issuing.execute(request)
  }
}
