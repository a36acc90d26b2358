/** Forgets the chat of a user. Called over RPC by the user, or by operators for anybody. Must never fail when there is none. */
import { Injectable } from '@nestjs/common'
import { maySee, visibleTo } from '@tradewire/contracts/caller'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { unlinkTelegram } from '@tradewire/contracts/rpc/notifications'
import { Database } from '@tradewire/database/database'
import type { CodedError } from '@tradewire/kernel/errors'
import { ok, type Result } from '@tradewire/kernel/result'
import { viewLink } from '../../domain/notification-views.ts'
import { Endpoints } from '../../ports/endpoints.port.ts'

@Injectable()
export class UnlinkTelegram {
  constructor(
    private readonly database: Database,
    private readonly endpoints: Endpoints,
  ) {}

  execute({
    caller,
    userId,
  }: RequestOf<typeof unlinkTelegram>): Promise<Result<ReplyOf<typeof unlinkTelegram>, CodedError>> {
    return this.database.transactOwn(visibleTo(caller), async (tx) => {
      const chat = maySee(caller, userId) ? await this.endpoints.findChat(tx, userId) : undefined
      if (chat !== undefined) await this.endpoints.remove(tx, chat.id)
      return ok(viewLink(undefined))
    })
  }
}
