/** Answers questions about notices and the chats they go to. Called over the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import * as rpc from '@tradewire/contracts/rpc/notifications'
import { ChangeNotificationSettings } from '../../use-cases/change-notification-settings/change-notification-settings.use-case.ts'
import { GetNotificationSettings } from '../../use-cases/get-notification-settings/get-notification-settings.use-case.ts'
import { GetTelegramLink } from '../../use-cases/get-telegram-link/get-telegram-link.use-case.ts'
import { LinkTelegram } from '../../use-cases/link-telegram/link-telegram.use-case.ts'
import { UnlinkTelegram } from '../../use-cases/unlink-telegram/unlink-telegram.use-case.ts'

@Controller()
export class NotificationsController {
  constructor(
    private readonly getSettings: GetNotificationSettings,
    private readonly changeSettings: ChangeNotificationSettings,
    private readonly getTelegramLink: GetTelegramLink,
    private readonly linkTelegram: LinkTelegram,
    private readonly unlinkTelegram: UnlinkTelegram,
  ) {}

  @Answer(rpc.getNotificationSettings)
  get() {
    return this.getSettings.execute()
  }

  @Answer(rpc.changeNotificationSettings)
  change(request: RequestOf<typeof rpc.changeNotificationSettings>) {
    return this.changeSettings.execute(request)
  }

  @Answer(rpc.getTelegramLink)
  getLink(request: RequestOf<typeof rpc.getTelegramLink>) {
    return this.getTelegramLink.execute(request)
  }

  @Answer(rpc.linkTelegram)
  link(request: RequestOf<typeof rpc.linkTelegram>) {
    return this.linkTelegram.execute(request)
  }

  @Answer(rpc.unlinkTelegram)
  unlink(request: RequestOf<typeof rpc.unlinkTelegram>) {
    return this.unlinkTelegram.execute(request)
  }
}
