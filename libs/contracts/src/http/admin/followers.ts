/**
 * The followers of a strategy with their keys, plans and performance, in the words of the admin surface.
 * Called by the surface's list of routes. Must never show a key.
 */
import { z } from 'zod'
import { pageOf, pageQuery, timestamp } from '../../common.ts'
import { defineRoute } from '../../define-route.ts'
import type { ReplyOf } from '../../define-rpc.ts'
import * as combined from '../../rpc/admin.ts'
import { adminPrefix, adminRoute, idOf, numberOf, numberOrNull, shownNumber } from './words.ts'

type Known = ReplyOf<typeof combined.listFollowers>
type Follow = Known['follows']['items'][number]

const follower = z
  .strictObject({
    id: z.uuid(),
    ExchangeKey: z.strictObject({
      id: z.uuid(),
      active: z.boolean(),
      User: z.strictObject({
        id: z.uuid(),
        UserProfile: z.strictObject({ firstName: z.string().nullable(), lastName: z.string().nullable() }),
        UserSubscription: z
          .strictObject({
            SubscriptionType: z.strictObject({ id: z.uuid(), name: z.string(), private: z.boolean() }),
          })
          .nullable(),
      }),
      ExchangeKeyBalance: z
        .strictObject({ totalUSD: shownNumber.nullable(), updatedAt: timestamp })
        .nullable()
        .meta({ description: 'Null as long as nothing was heard of the balance' }),
    }),
    StrategyRiskProfile: z.strictObject({ id: z.uuid(), name: z.string().nullable() }),
    StrategyAutomatedFollowPerformance: z.strictObject({
      id: z.uuid(),
      totalProfit: shownNumber.meta({ description: 'Of closed trades, after fees' }),
      closedBalance: shownNumber
        .nullable()
        .meta({ description: 'What the account is worth without the profit and loss of open positions, in USD' }),
      updatedAt: timestamp,
    }),
  })
  .meta({ id: 'AdminFollower' })

function toExchangeKey({ accountId, userId }: Follow, { accounts, users, plans, balances }: Known) {
  const account = accounts.find(({ id }) => id === accountId)
  const user = users.find(({ id }) => id === userId)
  const plan = plans.find((each) => each.userId === userId)?.plan
  const worth = balances.find((each) => each.accountId === accountId)
  const type = plan && { id: plan.id, name: plan.name, private: plan.private }
  return {
    id: accountId,
    // A key that was removed is not in the list any more.
    active: account !== undefined && account.status !== 'UNAUTHORIZED',
    User: {
      id: userId,
      UserProfile: { firstName: user?.firstName ?? null, lastName: user?.lastName ?? null },
      UserSubscription: type === undefined ? null : { SubscriptionType: type },
    },
    ExchangeKeyBalance:
      worth === undefined ? null : { totalUSD: numberOrNull(worth.equityUsd), updatedAt: worth.observedAt },
  }
}

function toFollower(follow: Follow, known: Known): z.output<typeof follower> {
  const { id, accountId, riskProfileId } = follow
  const profile = known.riskProfiles.find((each) => each.id === riskProfileId)
  const traded = known.performance.find(({ followId }) => followId === id)
  const worth = known.balances.find((each) => each.accountId === accountId)
  return {
    id,
    ExchangeKey: toExchangeKey(follow, known),
    StrategyRiskProfile: { id: riskProfileId, name: profile?.name ?? null },
    StrategyAutomatedFollowPerformance: {
      id,
      totalProfit: numberOf(traded?.realizedPnl ?? '0'),
      closedBalance: numberOrNull(worth?.totalUsd ?? null),
      updatedAt: traded?.lastClosedAt ?? follow.updatedAt,
    },
  }
}

export const adminFollowerRoutes = [
  defineRoute({
    operation: 'adminListFollowers',
    ...adminRoute,
    method: 'GET',
    path: `${adminPrefix}/strategy/follower/{strategyId}/list`,
    summary: 'List the active followers of a strategy, newest first',
    params: z.strictObject({ strategyId: idOf('Strategy') }),
    query: pageQuery,
    rpc: combined.listFollowers,
    toRequest: ({ caller, params, query }) => ({ caller, strategyId: params.strategyId, page: query }),
    reply: pageOf(follower).meta({ id: 'AdminFollowers' }),
    toReply: (known) => {
      const { items, nextToken } = known.follows
      return { items: items.map((follow) => toFollower(follow, known)), nextToken }
    },
  }),
] as const
