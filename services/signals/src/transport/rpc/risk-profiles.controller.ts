/** Answers questions about risk profiles. Called over the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import * as rpc from '@tradewire/contracts/rpc/signals'
import { ManageRiskProfiles } from '../../use-cases/manage-risk-profiles/manage-risk-profiles.use-case.ts'

@Controller()
export class RiskProfilesController {
  constructor(private readonly profiles: ManageRiskProfiles) {}

  @Answer(rpc.createRiskProfile)
  create(request: RequestOf<typeof rpc.createRiskProfile>) {
    return this.profiles.create(request)
  }

  @Answer(rpc.updateRiskProfile)
  update(request: RequestOf<typeof rpc.updateRiskProfile>) {
    return this.profiles.update(request)
  }

  @Answer(rpc.listRiskProfiles)
  list(request: RequestOf<typeof rpc.listRiskProfiles>) {
    return this.profiles.list(request)
  }
}
