/** Takes commands about kill switches. Called over the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import * as rpc from '@tradewire/contracts/rpc/kill-switches'
import { EngageKillSwitch } from '../../use-cases/engage-kill-switch/engage-kill-switch.use-case.ts'
import { ListKillSwitches } from '../../use-cases/list-kill-switches/list-kill-switches.use-case.ts'
import { ReleaseKillSwitch } from '../../use-cases/release-kill-switch/release-kill-switch.use-case.ts'

@Controller()
export class KillSwitchesController {
  constructor(
    private readonly engageKillSwitch: EngageKillSwitch,
    private readonly releaseKillSwitch: ReleaseKillSwitch,
    private readonly listKillSwitches: ListKillSwitches,
  ) {}

  @Answer(rpc.listKillSwitches)
  list(request: RequestOf<typeof rpc.listKillSwitches>) {
    return this.listKillSwitches.execute(request)
  }

  @Answer(rpc.engageKillSwitch)
  engage(request: RequestOf<typeof rpc.engageKillSwitch>) {
    return this.engageKillSwitch.execute(request)
  }

  @Answer(rpc.requestKillSwitchRelease)
  requestRelease({ caller, killSwitchId }: RequestOf<typeof rpc.requestKillSwitchRelease>) {
    return this.releaseKillSwitch.request(caller, killSwitchId)
  }

  @Answer(rpc.confirmKillSwitchRelease)
  confirmRelease({ caller, killSwitchId, confirmation }: RequestOf<typeof rpc.confirmKillSwitchRelease>) {
    return this.releaseKillSwitch.confirm(caller, killSwitchId, confirmation)
  }
}
