/**
 * Sends a user's notices to a Telegram chat from now on, and says so there: a wrong chat shows at once.
 * Called over RPC. Must never leave two chats of one user.
 */
import { Injectable } from '@nestjs/common'
import { isOperator } from '@tradewire/contracts/caller'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { linkTelegram } from '@tradewire/contracts/rpc/notifications'
import { Database } from '@tradewire/database/database'
import type { CodedError } from '@tradewire/kernel/errors'
import type { UserId } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { InjectConfig } from '@tradewire/nest-kit/tokens'
import type { WebhooksConfig } from '../../config.ts'
import { chatEvents, chatUrl } from '../../domain/chat.ts'
import { EndpointFactory } from '../../domain/endpoint-factory.ts'
import { viewLink } from '../../domain/notification-views.ts'
import { payloadOf } from '../../domain/payload.ts'
import { Deliveries } from '../../ports/deliveries.port.ts'
import { Endpoints } from '../../ports/endpoints.port.ts'
import { webhooksErrors } from '../../webhooks.errors.ts'

/** Sent to the chat alone, so it is no event of the bus. */
const linkedEvent = 'telegram.linked'
const words = {
  title: 'This chat is linked',
  text: 'It gets the notices of your Tradewire account from now on. If that is not you, block this bot.',
}

@Injectable()
export class LinkTelegram {
  constructor(
    private readonly database: Database,
    private readonly endpoints: Endpoints,
    private readonly deliveries: Deliveries,
    private readonly factory: EndpointFactory,
    @InjectConfig() private readonly config: WebhooksConfig,
  ) {}

  async execute({
    caller,
    chatId,
  }: RequestOf<typeof linkTelegram>): Promise<Result<ReplyOf<typeof linkTelegram>, CodedError>> {
    if (this.config.telegramBotToken === undefined) return err(webhooksErrors.of('TELEGRAM_NOT_SET_UP'))
    const chat = this.factory.create({
      userId: caller.userId as UserId,
      channel: 'telegram',
      url: chatUrl(chatId),
      events: chatEvents,
      everyUser: isOperator(caller),
      description: null,
    })
    await this.database.transactOwn(caller.userId, async (tx) => {
      await this.endpoints.replaceChat(tx, chat)
      const body = payloadOf({ name: linkedEvent, occurredAt: chat.createdAt.toISOString(), data: words })
      await this.deliveries.queueOne(tx, chat.id, { event: linkedEvent, body })
    })
    return ok(viewLink(chat))
  }
}
