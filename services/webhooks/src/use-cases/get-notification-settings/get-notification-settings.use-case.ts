/** Which notices the platform sends. Called over RPC by operators. Must never change them. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf } from '@tradewire/contracts/define-rpc'
import type { getNotificationSettings } from '@tradewire/contracts/rpc/notifications'
import type { CodedError } from '@tradewire/kernel/errors'
import { ok, type Result } from '@tradewire/kernel/result'
import { viewSettings } from '../../domain/notification-views.ts'
import { StoredNotificationSettings } from '../../ports/notification-settings.port.ts'

@Injectable()
export class GetNotificationSettings {
  constructor(private readonly settings: StoredNotificationSettings) {}

  async execute(): Promise<Result<ReplyOf<typeof getNotificationSettings>, CodedError>> {
    return ok(viewSettings(await this.settings.get()))
  }
}
