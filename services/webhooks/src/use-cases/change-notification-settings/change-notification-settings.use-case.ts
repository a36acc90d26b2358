/** Switches notices on or off for everyone. Called over RPC by operators. Must never touch what was not named. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { changeNotificationSettings } from '@tradewire/contracts/rpc/notifications'
import { Clock } from '@tradewire/kernel/clock'
import type { CodedError } from '@tradewire/kernel/errors'
import { ok, type Result } from '@tradewire/kernel/result'
import { viewSettings } from '../../domain/notification-views.ts'
import { StoredNotificationSettings } from '../../ports/notification-settings.port.ts'

@Injectable()
export class ChangeNotificationSettings {
  constructor(
    private readonly settings: StoredNotificationSettings,
    private readonly clock: Clock,
  ) {}

  async execute({
    changes,
  }: RequestOf<typeof changeNotificationSettings>): Promise<
    Result<ReplyOf<typeof changeNotificationSettings>, CodedError>
  > {
    return ok(viewSettings(await this.settings.change(changes, this.clock.now())))
  }
}
