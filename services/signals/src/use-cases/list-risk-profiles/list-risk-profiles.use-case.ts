/** Lists risk profiles. Called over RPC. Must never change one. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf } from '@tradewire/contracts/define-rpc'
import type { listRiskProfiles } from '@tradewire/contracts/rpc/signals'
import type { CodedError } from '@tradewire/kernel/errors'
import { ok, type Result } from '@tradewire/kernel/result'
import { viewRiskProfile } from '../../domain/views.ts'
import { RiskProfiles } from '../../ports/risk-profiles.port.ts'

@Injectable()
export class ListRiskProfiles {
  constructor(private readonly profiles: RiskProfiles) {}

  async execute(): Promise<Result<ReplyOf<typeof listRiskProfiles>, CodedError>> {
    return ok({ items: (await this.profiles.list()).map(viewRiskProfile) })
  }
}
