/** Answers questions about risk profiles. Called over the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import * as rpc from '@tradewire/contracts/rpc/signals'
import { CreateRiskProfile } from '../../use-cases/create-risk-profile/create-risk-profile.use-case.ts'
import { ListRiskProfiles } from '../../use-cases/list-risk-profiles/list-risk-profiles.use-case.ts'
import { UpdateRiskProfile } from '../../use-cases/update-risk-profile/update-risk-profile.use-case.ts'

@Controller()
export class RiskProfilesController {
  constructor(
    private readonly createRiskProfile: CreateRiskProfile,
    private readonly updateRiskProfile: UpdateRiskProfile,
    private readonly listRiskProfiles: ListRiskProfiles,
  ) {}

  @Answer(rpc.createRiskProfile)
  create(request: RequestOf<typeof rpc.createRiskProfile>) {
    return this.createRiskProfile.execute(request)
  }

  @Answer(rpc.updateRiskProfile)
  update(request: RequestOf<typeof rpc.updateRiskProfile>) {
    return this.updateRiskProfile.execute(request)
  }

  @Answer(rpc.listRiskProfiles)
  list() {
    return this.listRiskProfiles.execute()
  }
}
