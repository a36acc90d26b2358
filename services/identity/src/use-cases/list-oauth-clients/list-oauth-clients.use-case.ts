/** Lists the OAuth clients that work. Called by the OAuth clients controller. Must never show more of a secret than its start. */
import { Injectable } from '@nestjs/common'
import type { OauthClientView } from '@tradewire/contracts/rpc/oauth'
import { viewOf } from '#domain/credentials/oauth-client'
import { OauthClients } from '#ports/oauth-clients.port'

@Injectable()
export class ListOauthClients {
  constructor(private readonly clients: OauthClients) {}

  async execute(): Promise<OauthClientView[]> {
    return (await this.clients.living()).map(viewOf)
  }
}
