/** Changes a risk profile's percentage or settings. Called over RPC. Must never change it without telling every follow's reader. */
import { Injectable } from '@nestjs/common'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import { followChanged } from '@tradewire/contracts/events/signals'
import type { updateRiskProfile } from '@tradewire/contracts/rpc/signals'
import { Database } from '@tradewire/database/database'
import { Clock } from '@tradewire/kernel/clock'
import type { CodedError } from '@tradewire/kernel/errors'
import type { RiskProfileId } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { followNews } from '../../domain/announce.ts'
import type { RiskProfile } from '../../domain/model.ts'
import { viewRiskProfile, type RiskProfileView } from '../../domain/views.ts'
import { Follows } from '../../ports/follows.port.ts'
import { RiskProfiles } from '../../ports/risk-profiles.port.ts'
import { signalsErrors } from '../../signals.errors.ts'

@Injectable()
export class UpdateRiskProfile {
  constructor(
    private readonly database: Database,
    private readonly profiles: RiskProfiles,
    private readonly follows: Follows,
    private readonly clock: Clock,
  ) {}

  execute({
    riskProfileId,
    changes,
  }: RequestOf<typeof updateRiskProfile>): Promise<Result<RiskProfileView, CodedError>> {
    const id = riskProfileId as RiskProfileId
    return this.database.transact(async (tx) => {
      const profile = await this.profiles.lock(tx, id)
      if (profile === undefined) return err(signalsErrors.of('RISK_PROFILE_NOT_FOUND', { riskProfileId }))
      const changed = { ...profile, ...changes, updatedAt: this.clock.now() } as RiskProfile
      await this.profiles.update(tx, changed)
      const touched = await this.follows.touchByRiskProfile(tx, id, changed.updatedAt)
      tx.append(
        followChanged,
        touched.map((follow) => followNews(follow, changed)),
      )
      return ok(viewRiskProfile(changed))
    })
  }
}
