/** Answers for the caller's own sessions over the bus. Called by the gateway. Must never hold a rule. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import * as rpc from '@tradewire/contracts/rpc/identity'
import type { CodedError } from '@tradewire/kernel/errors'
import { idOf } from '@tradewire/kernel/ids'
import type { Result } from '@tradewire/kernel/result'
import { ListSessions } from '#use-cases/list-sessions/list-sessions.use-case'
import { RevokeSession } from '#use-cases/revoke-session/revoke-session.use-case'

@Controller()
export class SessionsController {
  constructor(
    private readonly listing: ListSessions,
    private readonly revoking: RevokeSession,
  ) {}

  @Answer(rpc.listSessions)
  list({ caller }: RequestOf<typeof rpc.listSessions>): Promise<Result<ReplyOf<typeof rpc.listSessions>, CodedError>> {
    return this.listing.execute(idOf<'User'>(caller.userId))
  }

  @Answer(rpc.revokeSession)
  revoke(request: RequestOf<typeof rpc.revokeSession>): Promise<Result<ReplyOf<typeof rpc.revokeSession>, CodedError>> {
    return this.revoking.execute(idOf<'User'>(request.caller.userId), idOf<'Session'>(request.sessionId.toLowerCase()))
  }
}
