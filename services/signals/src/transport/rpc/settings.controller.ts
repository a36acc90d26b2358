/** Answers questions about settings of the platform and of accounts. Called over the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import * as rpc from '@tradewire/contracts/rpc/settings'
import { ChangeSettings } from '../../use-cases/change-settings/change-settings.use-case.ts'
import { GetSettings } from '../../use-cases/get-settings/get-settings.use-case.ts'

@Controller()
export class SettingsController {
  constructor(
    private readonly changeSettings: ChangeSettings,
    private readonly getSettings: GetSettings,
  ) {}

  @Answer(rpc.changeSettings)
  change(request: RequestOf<typeof rpc.changeSettings>) {
    return this.changeSettings.execute(request)
  }

  @Answer(rpc.getSettings)
  get(request: RequestOf<typeof rpc.getSettings>) {
    return this.getSettings.execute(request)
  }
}
