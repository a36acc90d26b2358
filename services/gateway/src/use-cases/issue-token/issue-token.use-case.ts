/** One request for a token by client credentials: read it, ask identity, answer in the words of RFC 6749. Called by the token route. Must never log a secret. */
import { Injectable } from '@nestjs/common'
import { RpcClient } from '@tradewire/bus/rpc-client'
import type { ReplyOf } from '@tradewire/contracts/define-rpc'
import { issueClientToken } from '@tradewire/contracts/rpc/oauth'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { readTokenRequest, type TokenFault } from '#domain/token-request'

const faults: Readonly<Record<string, TokenFault>> = {
  CLIENT_INVALID: { error: 'invalid_client', description: 'there is no such client, or its secret is wrong' },
  CLIENT_SCOPE_INVALID: { error: 'invalid_scope', description: 'the client may not have all these scopes' },
}
const unavailable: TokenFault = { error: 'temporarily_unavailable', description: 'ask again in a moment' }

@Injectable()
export class IssueToken {
  constructor(private readonly rpc: RpcClient) {}

  async execute(
    sent: Parameters<typeof readTokenRequest>[0],
  ): Promise<Result<ReplyOf<typeof issueClientToken>, TokenFault>> {
    const request = readTokenRequest(sent)
    if ('error' in request) return err(request)
    const parsed = issueClientToken.request.safeParse(request)
    if (!parsed.success) return err({ error: 'invalid_request', description: 'a parameter is longer than any may be' })
    const reply = await this.rpc.ask(issueClientToken, parsed.data)
    return reply.ok ? ok(reply.value) : err(faults[reply.error.code] ?? unavailable)
  }
}
