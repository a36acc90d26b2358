/** Lets an account follow a strategy with a share of its equity. Called over RPC. Must never follow twice with one account. */
import { Injectable } from '@nestjs/common'
import { type Caller, visibleTo } from '@tradewire/contracts/caller'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import type { subscribe } from '@tradewire/contracts/rpc/signals'
import type { TradeSettings } from '@tradewire/contracts/trade-settings'
import type { CodedError } from '@tradewire/kernel/errors'
import type { UserId } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import type { FollowView } from '../../domain/views.ts'
import { Follows } from '../../ports/follows.port.ts'
import { RiskProfiles } from '../../ports/risk-profiles.port.ts'
import { signalsErrors } from '../../signals.errors.ts'
import { CreateFollows } from '../create-follows/create-follows.use-case.ts'
import { CreateRiskProfile } from '../create-risk-profile/create-risk-profile.use-case.ts'
import { UpdateFollow } from '../update-follow/update-follow.use-case.ts'

/** Of all subscriptions, so that operators can limit them together. The share of equity takes the place of its percentage. */
const profileOfSubscriptions = { name: 'Subscription', riskPercent: '1', settings: {} }

@Injectable()
export class SubscribeAccount {
  constructor(
    private readonly follows: Follows,
    private readonly profiles: RiskProfiles,
    private readonly createProfile: CreateRiskProfile,
    private readonly createFollows: CreateFollows,
    private readonly updateFollow: UpdateFollow,
  ) {}

  async execute(request: RequestOf<typeof subscribe>): Promise<Result<FollowView, CodedError>> {
    const { caller, strategyId, accountId, allocationPercent, maxRiskPercent } = request
    const profileId = await this.profileId(caller)
    const settings: TradeSettings = {
      sizing: { mode: 'equity-percent', value: allocationPercent },
      ...(maxRiskPercent === null ? {} : { maxRiskPercent }),
    }
    const userId = visibleTo(caller) as UserId | undefined
    const [known] = await this.follows.list({ userId, strategyId, accountId, limit: 1 })
    if (known === undefined) {
      const terms = { riskProfileId: profileId, leverage: 1, maxNotional: null, settings }
      const made = await this.createFollows.execute({ caller, follows: [{ strategyId, accountId, ...terms }] })
      return made.ok ? ok(made.value.items[0] as FollowView) : made
    }
    if (known.active) return err(signalsErrors.of('FOLLOW_EXISTS', { strategyId, accountId }))
    const changes = { riskProfileId: profileId, settings, active: true }
    return this.updateFollow.execute({ caller, followId: known.id, changes })
  }

  private async profileId(caller: Caller): Promise<string> {
    const known = await this.named()
    if (known !== undefined) return known
    // Another call may make it at the same moment: the name is taken once.
    const made = await this.createProfile.execute({ caller, profile: profileOfSubscriptions })
    return made.ok ? made.value.id : ((await this.named()) as string)
  }

  private async named(): Promise<string | undefined> {
    return (await this.profiles.list()).find(({ name }) => name === profileOfSubscriptions.name)?.id
  }
}
