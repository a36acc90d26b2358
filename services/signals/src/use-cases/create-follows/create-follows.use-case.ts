/** Lets accounts follow strategies, all or none. Called over RPC. Must never let a caller use another's account. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import { followChanged } from '@tradewire/contracts/events/signals'
import type { createFollows } from '@tradewire/contracts/rpc/signals'
import { Database } from '@tradewire/database/database'
import { Clock } from '@tradewire/kernel/clock'
import type { CodedError } from '@tradewire/kernel/errors'
import { IdSource, type AccountId, type RiskProfileId, type StrategyId } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { followNews } from '../../domain/announce.ts'
import type { Follow, KnownAccount, RiskProfile, Strategy } from '../../domain/model.ts'
import { maySee } from '@tradewire/contracts/caller'
import { viewFollow } from '../../domain/views.ts'
import { FollowSources } from '../../ports/follow-sources.port.ts'
import { Follows } from '../../ports/follows.port.ts'
import { signalsErrors } from '../../signals.errors.ts'

type Request = RequestOf<typeof createFollows>
type FollowInput = Request['follows'][number]

interface Known {
  readonly strategies: ReadonlyMap<string, Strategy>
  readonly profiles: ReadonlyMap<string, RiskProfile>
  readonly accounts: ReadonlyMap<string, KnownAccount>
}

/** Thrown inside the transaction to undo it; never leaves this file. */
class FollowExists extends Error {
  constructor(readonly follow: Follow) {
    super('follow exists')
  }
}

@Injectable()
export class CreateFollows {
  constructor(
    private readonly database: Database,
    private readonly follows: Follows,
    private readonly sources: FollowSources,
    private readonly clock: Clock,
    private readonly ids: IdSource,
  ) {}

  async execute(request: Request): Promise<Result<ReplyOf<typeof createFollows>, CodedError>> {
    const known = await this.known(request.follows)
    for (const input of request.follows) {
      const refusal = refusalOf(input, known, request.caller)
      if (refusal !== undefined) return err(refusal)
    }
    const follows = request.follows.map((input) => this.followOf(input, known))
    try {
      await this.store(follows, known)
    } catch (error) {
      if (!(error instanceof FollowExists)) throw error
      const { strategyId, accountId } = error.follow
      return err(signalsErrors.of('FOLLOW_EXISTS', { strategyId, accountId }))
    }
    return ok({ items: follows.map(viewFollow) })
  }

  private async known(inputs: readonly FollowInput[]): Promise<Known> {
    const [strategies, profiles, accounts] = await Promise.all([
      this.sources.strategies(inputs.map(({ strategyId }) => strategyId as StrategyId)),
      this.sources.riskProfiles(inputs.map(({ riskProfileId }) => riskProfileId as RiskProfileId)),
      this.sources.accounts(inputs.map(({ accountId }) => accountId as AccountId)),
    ])
    return { strategies, profiles, accounts }
  }

  private followOf(input: FollowInput, { accounts }: Known): Follow {
    const now = this.clock.now()
    return {
      ...input,
      id: this.ids.next<'Follow'>(),
      strategyId: input.strategyId as StrategyId,
      riskProfileId: input.riskProfileId as RiskProfileId,
      accountId: input.accountId as AccountId,
      userId: (accounts.get(input.accountId) as KnownAccount).userId,
      active: true,
      revision: 1,
      createdAt: now,
      updatedAt: now,
    }
  }

  private store(follows: readonly Follow[], { profiles }: Known): Promise<void> {
    return this.database.transact(async (tx) => {
      const stored = await this.follows.insertMany(tx, follows)
      const existing = follows.find(({ id }) => !stored.has(id))
      if (existing !== undefined) throw new FollowExists(existing)
      tx.append(
        followChanged,
        follows.map((follow) => followNews(follow, profiles.get(follow.riskProfileId) as RiskProfile)),
      )
    })
  }
}

function refusalOf(input: FollowInput, known: Known, caller: Request['caller']): CodedError | undefined {
  const { strategyId, accountId, riskProfileId } = input
  const strategy = known.strategies.get(strategyId)
  if (strategy === undefined) return signalsErrors.of('STRATEGY_NOT_FOUND', { strategyId })
  if (!known.profiles.has(riskProfileId)) return signalsErrors.of('RISK_PROFILE_NOT_FOUND', { riskProfileId })
  const account = known.accounts.get(accountId)
  if (account === undefined || !maySee(caller, account.userId)) {
    return signalsErrors.of('ACCOUNT_NOT_FOUND', { accountId })
  }
  if (account.venue !== strategy.venue) {
    return signalsErrors.of('ACCOUNT_VENUE_DIFFERS', {
      accountId,
      accountVenue: account.venue,
      strategyVenue: strategy.venue,
    })
  }
  return undefined
}
