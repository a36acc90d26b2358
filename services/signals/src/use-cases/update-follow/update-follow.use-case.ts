/** Changes, pauses or resumes a follow. Called over RPC. Must never touch positions that are open. */
import { Injectable } from '@nestjs/common'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import { followChanged } from '@tradewire/contracts/events/signals'
import type { updateFollow } from '@tradewire/contracts/rpc/signals'
import { Database } from '@tradewire/database/database'
import { Clock } from '@tradewire/kernel/clock'
import type { CodedError } from '@tradewire/kernel/errors'
import type { FollowId } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { followNews } from '../../domain/announce.ts'
import type { Follow } from '../../domain/model.ts'
import { maySee } from '@tradewire/contracts/caller'
import { viewFollow, type FollowView } from '../../domain/views.ts'
import { Follows } from '../../ports/follows.port.ts'
import { RiskProfiles } from '../../ports/risk-profiles.port.ts'
import { signalsErrors } from '../../signals.errors.ts'

@Injectable()
export class UpdateFollow {
  constructor(
    private readonly database: Database,
    private readonly follows: Follows,
    private readonly profiles: RiskProfiles,
    private readonly clock: Clock,
  ) {}

  execute({ caller, followId, changes }: RequestOf<typeof updateFollow>): Promise<Result<FollowView, CodedError>> {
    return this.database.transact(async (tx) => {
      const follow = await this.follows.lock(tx, followId as FollowId)
      if (follow === undefined || !maySee(caller, follow.userId)) {
        return err(signalsErrors.of('FOLLOW_NOT_FOUND', { followId }))
      }
      const changed = {
        ...follow,
        ...changes,
        revision: follow.revision + 1,
        updatedAt: this.clock.now(),
      } as Follow
      const profile = await this.profiles.find(changed.riskProfileId)
      if (profile === undefined) {
        return err(signalsErrors.of('RISK_PROFILE_NOT_FOUND', { riskProfileId: changed.riskProfileId }))
      }
      await this.follows.update(tx, changed)
      tx.append(followChanged, followNews(changed, profile))
      return ok(viewFollow(changed))
    })
  }
}
