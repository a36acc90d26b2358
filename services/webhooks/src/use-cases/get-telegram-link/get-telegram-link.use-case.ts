/** The chat that a user's notices go to. Called over RPC. Must never show another user's. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { getTelegramLink } from '@tradewire/contracts/rpc/notifications'
import { Database } from '@tradewire/database/database'
import type { CodedError } from '@tradewire/kernel/errors'
import { ok, type Result } from '@tradewire/kernel/result'
import { viewLink } from '../../domain/notification-views.ts'
import { Endpoints } from '../../ports/endpoints.port.ts'

@Injectable()
export class GetTelegramLink {
  constructor(
    private readonly database: Database,
    private readonly endpoints: Endpoints,
  ) {}

  async execute({
    caller,
  }: RequestOf<typeof getTelegramLink>): Promise<Result<ReplyOf<typeof getTelegramLink>, CodedError>> {
    const { userId } = caller
    const chat = await this.database.transactOwn(userId, (tx) => this.endpoints.findChat(tx, userId))
    return ok(viewLink(chat))
  }
}
