/** The followers of a strategy with what six services know of them. Called over RPC. Must never ask once per follower. */
import { Injectable } from '@nestjs/common'
import { RpcClient } from '@tradewire/bus/rpc-client'
import { pageLimitMax } from '@tradewire/contracts/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { listFollowers } from '@tradewire/contracts/rpc/admin'
import { listAccounts } from '@tradewire/contracts/rpc/accounts'
import { findUsers } from '@tradewire/contracts/rpc/identity'
import { findBalances, listFollowerPerformance } from '@tradewire/contracts/rpc/reporting'
import { getStrategy, listFollows, listRiskProfiles } from '@tradewire/contracts/rpc/signals'
import { findUserPlans } from '@tradewire/contracts/rpc/billing/user-plans'
import type { CodedError } from '@tradewire/kernel/errors'
import { ok, type Result } from '@tradewire/kernel/result'

type Reply = ReplyOf<typeof listFollowers>

@Injectable()
export class CombineFollowers {
  constructor(private readonly rpc: RpcClient) {}

  async execute({ caller, strategyId, page }: RequestOf<typeof listFollowers>): Promise<Result<Reply, CodedError>> {
    // A list without followers must differ from a strategy that there is none of.
    const strategy = await this.rpc.ask(getStrategy, { caller, strategyId })
    if (!strategy.ok) return strategy
    const follows = await this.rpc.ask(listFollows, { caller, page, strategyId, active: true })
    if (!follows.ok) return follows
    const { items } = follows.value
    const accountIds = [...new Set(items.map(({ accountId }) => accountId))]
    const userIds = [...new Set(items.map(({ userId }) => userId))]
    const followIds = items.map(({ id }) => id)
    const whole = { limit: pageLimitMax }
    const [accounts, users, plans, balances, riskProfiles, performance] = await Promise.all([
      this.rpc.ask(listAccounts, { caller, accountIds, page: whole }),
      this.rpc.ask(findUsers, { caller, userIds }),
      this.rpc.ask(findUserPlans, { caller, userIds }),
      this.rpc.ask(findBalances, { caller, accountIds }),
      this.rpc.ask(listRiskProfiles, { caller }),
      this.rpc.ask(listFollowerPerformance, { caller, strategyId, followIds, page: whole }),
    ])
    if (!accounts.ok) return accounts
    if (!users.ok) return users
    if (!plans.ok) return plans
    if (!balances.ok) return balances
    if (!riskProfiles.ok) return riskProfiles
    if (!performance.ok) return performance
    return ok({
      follows: follows.value,
      accounts: accounts.value.items,
      users: users.value.items,
      plans: plans.value.items,
      balances: balances.value.items,
      riskProfiles: riskProfiles.value.items,
      performance: performance.value.items,
    })
  }
}
