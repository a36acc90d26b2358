/** Strategies, their performance, and subscribing to them, in the words of the marketplace surface. Called by the surface's list of routes. Must never hold behaviour. */
import { numberOfId } from '@tradewire/kernel/ids'
import { z } from 'zod'
import { decimalText, timestamp } from '../../common.ts'
import { defineRoute } from '../../define-route.ts'
import * as orders from '../../rpc/orders.ts'
import * as rpc from '../../rpc/returns.ts'
import * as signals from '../../rpc/signals.ts'
import { accountNumbered, strategyNumbered } from './lookups.ts'
import {
  givenId,
  givenPercent,
  id,
  listOf,
  marketplacePrefix,
  marketplaceRoute,
  numberOrNull,
  shownId,
  shownNumber,
} from './words.ts'

const strategies = `${marketplacePrefix}/strategies/`
const perPage = 20

const figures = {
  total_return: shownNumber.meta({
    description: 'In per cent, of an account that takes part in each trade with all that it has',
  }),
  monthly_return: shownNumber.meta({ description: 'In per cent, on average' }),
  win_rate: shownNumber
    .nullable()
    .meta({ description: 'Trades with a profit after fees, in per cent; null before the first' }),
  max_drawdown: shownNumber.meta({
    description: 'The deepest fall of the equity below its highest point, in per cent; never positive',
  }),
  profit_factor: shownNumber.nullable().meta({ description: 'Gains over losses; null without a loss' }),
  trades_count: z.int().meta({ description: 'Signals of which trades were closed' }),
}

const strategy = z
  .strictObject({
    id: shownId,
    name: z.string(),
    asset: rpc.assetClass,
    symbol: z.string(),
    risk_level: rpc.riskLevel.nullable().meta({
      description:
        'By the deepest fall of the equity: low below 10 per cent, medium below 25, high from there; null before the first trade',
    }),
    ...figures,
    is_active: z.boolean().meta({ description: 'An inactive one refuses alerts' }),
  })
  .meta({ id: 'MarketplaceStrategy' })

type Figures = Pick<
  rpc.ListedStrategy,
  | 'totalReturnPercent'
  | 'monthlyReturnPercent'
  | 'winRatePercent'
  | 'maximumDrawdownPercent'
  | 'profitFactor'
  | 'trades'
>

function figuresOf(returns: Figures) {
  return {
    total_return: Number(returns.totalReturnPercent),
    monthly_return: Number(returns.monthlyReturnPercent),
    win_rate: numberOrNull(returns.winRatePercent),
    max_drawdown: Number(returns.maximumDrawdownPercent),
    profit_factor: numberOrNull(returns.profitFactor),
    trades_count: returns.trades,
  }
}

function shownStrategy(listed: rpc.ListedStrategy) {
  return {
    id: numberOfId(listed.strategyId),
    name: listed.name,
    asset: listed.asset,
    symbol: listed.symbol,
    risk_level: listed.riskLevel,
    ...figuresOf(listed),
    is_active: listed.active,
  }
}

const filter = z.strictObject({
  risk_level: rpc.riskLevel.optional().meta({ description: 'By the deepest fall of the equity' }),
  min_return: decimalText.optional().meta({ description: 'Least monthly return, in per cent', examples: ['1.5'] }),
  asset: rpc.assetClass.optional().meta({ description: 'What is traded' }),
  page: z.coerce.number().int().min(1).max(rpc.strategiesPageMax).default(1).meta({ description: 'The first is 1' }),
})

/** The path of another page of the same list. */
function pageOf({ page: _, ...rest }: z.output<typeof filter>, page: number): string {
  const given = Object.entries(rest).filter(([, value]) => value !== undefined) as [string, string][]
  return `${strategies}?${new URLSearchParams([...given, ['page', String(page)]]).toString()}`
}

const performance = z.strictObject({
  ...figures,
  last_updated: timestamp.nullable().meta({ description: 'When the last trade was closed; null before the first' }),
})
const equityCurve = z.array(z.strictObject({ date: z.iso.date(), equity: shownNumber }))

const verification = z
  .strictObject({
    status: z.enum([...rpc.verdict.options, 'pending']).meta({ description: 'pending: nobody has looked yet' }),
    checked_at: timestamp.nullable().meta({ description: 'When that page was looked at last' }),
    total_return: shownNumber.nullable().meta({ description: 'In per cent, as it is shown there' }),
    monthly_return: shownNumber.nullable().meta({ description: 'In per cent, as it is shown there' }),
    max_drawdown: shownNumber.nullable().meta({ description: 'In per cent, as it is shown there; never positive' }),
    profit_factor: shownNumber.nullable(),
  })
  .meta({
    id: 'MarketplaceVerification',
    description: 'What MyFxBook shows, and whether our own figures agree with it',
  })

function shownVerification(known: rpc.Verification | null): z.output<typeof verification> {
  const { figures = null } = known ?? {}
  return {
    status: known?.verdict ?? 'pending',
    checked_at: known?.checkedAt ?? null,
    total_return: numberOrNull(figures?.totalReturnPercent ?? null),
    monthly_return: numberOrNull(figures?.monthlyReturnPercent ?? null),
    max_drawdown: numberOrNull(figures?.maximumDrawdownPercent ?? null),
    profit_factor: numberOrNull(figures?.profitFactor ?? null),
  }
}

function shownReturns(returns: Omit<z.output<typeof rpc.getFollowReturns.reply>, 'followId'>) {
  return {
    performance: {
      ...figuresOf(returns),
      last_updated: returns.lastTradeAt,
    },
    equity_curve: returns.curve.map(({ date, equity }) => ({ date, equity: Number(equity) })),
  }
}

const ofStrategy = {
  params: z.strictObject({ id: givenId }),
  lookups: [strategyNumbered({ location: 'params', field: 'id' })],
}

const strategyRoutes = [
  defineRoute({
    ...marketplaceRoute,
    operation: 'marketplaceStrategies',
    method: 'GET',
    path: strategies,
    summary: 'List available trading strategies',
    description: 'Best month first. What the figures are: docs/performance.md.',
    query: filter,
    rpc: rpc.listListedStrategies,
    toRequest: ({ caller, query }) => ({
      caller,
      riskLevel: query.risk_level,
      monthlyReturnPercentMin: query.min_return,
      asset: query.asset,
      page: query.page,
      perPage,
    }),
    reply: listOf(strategy).meta({ id: 'MarketplaceStrategies' }),
    toReply: ({ items, count }, { query }) => ({
      count,
      next: count > query.page * perPage ? pageOf(query, query.page + 1) : null,
      previous: query.page > 1 ? pageOf(query, query.page - 1) : null,
      results: items.map(shownStrategy),
    }),
  }),
  defineRoute({
    ...marketplaceRoute,
    ...ofStrategy,
    operation: 'marketplaceStrategy',
    method: 'GET',
    path: `${strategies}{id}/`,
    summary: 'Get a strategy',
    rpc: rpc.getListedStrategy,
    toRequest: ({ caller, params }) => ({ caller, strategyId: params.id }),
    reply: strategy,
    toReply: (answer) => shownStrategy(answer),
  }),
  defineRoute({
    ...marketplaceRoute,
    ...ofStrategy,
    operation: 'marketplacePerformance',
    method: 'GET',
    path: `${strategies}{id}/performance/`,
    summary: 'Get the performance of a strategy, with its equity curve',
    description:
      'The figures come from our own ledger; `verification` compares them with those of MyFxBook where a link is set.',
    example: {
      reply: {
        strategy_id: 1,
        myfxbook_url: 'https://www.myfxbook.com/members/strategy123',
        verification: {
          status: 'agrees',
          checked_at: '2025-07-21T12:00:00.000Z',
          total_return: 15.9,
          monthly_return: 1.93,
          max_drawdown: -3.4,
          profit_factor: 1.8,
        },
        performance: {
          total_return: 15.2,
          monthly_return: 1.89,
          win_rate: 78.5,
          max_drawdown: -3.2,
          trades_count: 245,
          profit_factor: 1.85,
          last_updated: '2025-07-21T12:00:00.000Z',
        },
        equity_curve: [
          { date: '2025-01-01', equity: 10_000 },
          { date: '2025-01-02', equity: 10_125 },
        ],
      },
    },
    rpc: rpc.getStrategyReturns,
    toRequest: ({ caller, params }) => ({ caller, strategyId: params.id }),
    reply: z
      .strictObject({
        strategy_id: shownId,
        myfxbook_url: z.string().nullable().meta({ description: 'Null where the strategy has no link' }),
        verification: verification.nullable().meta({ description: 'Null where the strategy has no link' }),
        performance,
        equity_curve: equityCurve,
      })
      .meta({ id: 'MarketplacePerformance' }),
    toReply: ({ strategyId, myfxbook, ...returns }) => ({
      strategy_id: numberOfId(strategyId),
      myfxbook_url: myfxbook?.url ?? null,
      verification: myfxbook && shownVerification(myfxbook.verification),
      ...shownReturns(returns),
    }),
  }),
]

/** `mt5_account_id` as in the document, or `account_id` for an account anywhere else. */
const chosenAccount = { mt5_account_id: givenId.optional(), account_id: givenId.optional() }
const ofStrategyAndAccount = {
  ...ofStrategy,
  lookups: [
    ...ofStrategy.lookups,
    accountNumbered({ location: 'body', field: 'mt5_account_id' }),
    accountNumbered({ location: 'body', field: 'account_id' }),
  ],
}
const oneAccount = {
  check: (body: { mt5_account_id?: string | undefined; account_id?: string | undefined }) =>
    (body.mt5_account_id === undefined) !== (body.account_id === undefined),
  says: { error: 'This field is required, or account_id instead of it', path: ['mt5_account_id'] },
}
const accountOf = (body: { mt5_account_id?: string | undefined; account_id?: string | undefined }) =>
  body.mt5_account_id ?? body.account_id ?? ''

const subscription = z
  .strictObject({
    id: z.uuid(),
    strategy_id: shownId,
    mt5_account_id: shownId,
    allocation_percentage: shownNumber.nullable().meta({
      description: 'Of the equity, as the notional of each trade; null where another way of sizing was chosen',
    }),
    max_risk_per_trade: shownNumber
      .nullable()
      .meta({ description: 'In per cent of the balance, between entry and stop; null for no such limit' }),
    is_active: z.boolean(),
    created_at: timestamp,
  })
  .meta({ id: 'MarketplaceSubscription' })

function shownFollow({ settings, ...follow }: z.output<typeof signals.follow>) {
  return {
    id: follow.id,
    strategy_id: numberOfId(follow.strategyId),
    mt5_account_id: numberOfId(follow.accountId),
    allocation_percentage: settings.sizing?.mode === 'equity-percent' ? Number(settings.sizing.value) : null,
    max_risk_per_trade: numberOrNull(settings.maxRiskPercent ?? null),
    is_active: follow.active,
    created_at: follow.createdAt,
  }
}

const exampleAccount = { mt5_account_id: 1 }

const subscriptionRoutes = [
  defineRoute({
    ...marketplaceRoute,
    ...ofStrategyAndAccount,
    operation: 'marketplaceSubscribe',
    method: 'POST',
    path: `${strategies}{id}/subscribe/`,
    summary: 'Subscribe to a trading strategy',
    description:
      'The account follows the strategy: each trade takes `allocation_percentage` of its equity as notional; one whose ' +
      'stop would cost more than `max_risk_per_trade` per cent of the balance is refused.',
    body: z
      .strictObject({
        ...chosenAccount,
        allocation_percentage: givenPercent,
        max_risk_per_trade: givenPercent.optional(),
      })
      .refine(oneAccount.check, oneAccount.says)
      .meta({ id: 'MarketplaceSubscribe' }),
    example: { body: { ...exampleAccount, allocation_percentage: 25, max_risk_per_trade: 2 } },
    idempotency: 'key',
    rpc: signals.subscribe,
    toRequest: ({ caller, params, body }) => ({
      caller,
      strategyId: params.id,
      accountId: accountOf(body),
      allocationPercent: body.allocation_percentage,
      maxRiskPercent: body.max_risk_per_trade ?? null,
    }),
    reply: subscription,
    toReply: (follow) => shownFollow(follow),
  }),
  defineRoute({
    ...marketplaceRoute,
    ...ofStrategyAndAccount,
    operation: 'marketplaceUnsubscribe',
    method: 'POST',
    path: `${strategies}{id}/unsubscribe/`,
    summary: 'Leave a trading strategy',
    description:
      'No entry follows from it any more, and one of which nothing is filled yet is withdrawn. `close_now` closes what is held by ' +
      'market. Every other way leaves it under its stop and targets. `keep`: it is the follower’s own, nothing that the ' +
      'strategy does ends it. `close_gracefully_by_position`: it ends also when the strategy closes its positions or ' +
      'turns to the other side. `close_gracefully_by_symbol` is the same: a subscription holds one position of one ' +
      'symbol. Kill switches and loss limits close what is held under every way.',
    scope: 'trade',
    body: z
      .strictObject({ ...chosenAccount, positions: orders.waysToLeave.default('keep') })
      .refine(oneAccount.check, oneAccount.says)
      .meta({ id: 'MarketplaceUnsubscribe' }),
    example: { body: { ...exampleAccount, positions: 'close_now' } },
    idempotency: 'key',
    rpc: signals.unsubscribe,
    toRequest: ({ caller, params, body }) => ({ caller, strategyId: params.id, accountId: accountOf(body) }),
    step: {
      rpc: orders.leaveFollow,
      toRequest: ({ caller, body }, { id, revision }) => ({
        caller,
        followId: id,
        revision,
        positions: body.positions,
      }),
    },
    reply: subscription.extend({ positions: orders.waysToLeave, closing: z.int() }).meta({ id: 'MarketplaceLeft' }),
    toReply: (follow, { body }, closed) => ({
      ...shownFollow(follow),
      positions: body.positions,
      closing: closed?.closing ?? 0,
    }),
  }),
  defineRoute({
    ...marketplaceRoute,
    params: z.strictObject({ id }),
    operation: 'marketplaceSubscriptionPerformance',
    method: 'GET',
    path: `${marketplacePrefix}/subscriptions/{id}/performance/`,
    summary: 'Get the performance of your own subscription, with its equity curve',
    rpc: signals.getFollow,
    toRequest: ({ caller, params }) => ({ caller, followId: params.id }),
    step: { rpc: rpc.getFollowReturns, toRequest: ({ caller, params }) => ({ caller, followId: params.id }) },
    reply: z
      .strictObject({ subscription_id: z.uuid(), strategy_id: shownId, performance, equity_curve: equityCurve })
      .meta({ id: 'MarketplaceSubscriptionPerformance' }),
    toReply: ({ id: followId, strategyId }, _, returns) => ({
      subscription_id: followId,
      strategy_id: numberOfId(strategyId),
      ...shownReturns(returns as NonNullable<typeof returns>),
    }),
  }),
]

export const offerRoutes = [...strategyRoutes, ...subscriptionRoutes]
