/** Creates a risk profile. Called over RPC. Must never take a name twice. */
import { Injectable } from '@nestjs/common'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import type { createRiskProfile } from '@tradewire/contracts/rpc/signals'
import { Database } from '@tradewire/database/database'
import { Clock } from '@tradewire/kernel/clock'
import type { CodedError } from '@tradewire/kernel/errors'
import { IdSource } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { viewRiskProfile, type RiskProfileView } from '../../domain/views.ts'
import { RiskProfiles } from '../../ports/risk-profiles.port.ts'
import { signalsErrors } from '../../signals.errors.ts'

@Injectable()
export class CreateRiskProfile {
  constructor(
    private readonly database: Database,
    private readonly profiles: RiskProfiles,
    private readonly clock: Clock,
    private readonly ids: IdSource,
  ) {}

  execute({ profile }: RequestOf<typeof createRiskProfile>): Promise<Result<RiskProfileView, CodedError>> {
    const now = this.clock.now()
    const created = { ...profile, id: this.ids.next<'RiskProfile'>(), createdAt: now, updatedAt: now }
    return this.database.transact(async (tx) =>
      (await this.profiles.insert(tx, created))
        ? ok(viewRiskProfile(created))
        : err(signalsErrors.of('RISK_PROFILE_NAME_TAKEN', { name: profile.name })),
    )
  }
}
