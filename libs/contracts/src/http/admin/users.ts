/**
 * Account users and what operators do with them, in the words of the admin surface.
 * Called by the surface's list of routes. Must never hold behaviour.
 */
import { z } from 'zod'
import { pageOf, pageQuery, pageQueryWith, timestamp } from '../../common.ts'
import { defineRoute } from '../../define-route.ts'
import type { ReplyOf } from '../../define-rpc.ts'
import * as identity from '../../rpc/identity.ts'
import { unlinkTelegram } from '../../rpc/notifications.ts'
import * as reporting from '../../rpc/reporting.ts'
import { findUserPlans } from '../../rpc/billing/user-plans.ts'
import { adminPrefix, adminRoute, idOf, numberOf, numberOrNull, shownNumber, start } from './words.ts'

const userFields = {
  status: z.literal('CONFIRMED').meta({ description: 'Users are made by operators, which confirms them' }),
  active: z.boolean(),
  emailVerified: z.boolean().meta({ description: 'Whether a mailed link has proven the address' }),
  email: z.string().nullable(),
  firstName: z.string().nullable(),
  lastName: z.string().nullable(),
  createdAt: timestamp,
  updatedAt: timestamp,
}
const listedUser = z.strictObject({ uid: z.uuid(), ...userFields }).meta({ id: 'AdminUser' })

/** What both the list and the overview show of a user. */
function shownUser(user: identity.UserView) {
  const { email, emailVerifiedAt, firstName, lastName, createdAt, updatedAt, disabledAt } = user
  const shown = { email, firstName, lastName, createdAt, updatedAt }
  return {
    status: 'CONFIRMED' as const,
    active: disabledAt === null,
    emailVerified: emailVerifiedAt !== null,
    ...shown,
  }
}

const overview = z
  .strictObject({
    id: z.uuid(),
    ...userFields,
    UserSubscription: z
      .strictObject({
        stripeCustomerId: z.null().meta({ description: 'A payer is made anew for each checkout' }),
        updatedAt: timestamp,
        SubscriptionType: z.strictObject({
          id: z.uuid(),
          name: z.string(),
          maxApiKey: z.int().meta({ description: 'Accounts that the user may connect' }),
          maxBalanceUSD: shownNumber.nullable().meta({ description: 'What one account may hold; null for any amount' }),
          private: z.boolean(),
          stripePriceId: z.string().nullable(),
          updatedAt: timestamp,
        }),
      })
      .nullable()
      .meta({ description: 'Null for a user without a plan, while no plan is the default' }),
  })
  .meta({ id: 'AdminUserOverview' })

function toOverview(user: identity.UserView, plans: ReplyOf<typeof findUserPlans>['items']) {
  const held = plans[0]
  const { id } = user
  if (held === undefined) return { id, ...shownUser(user), UserSubscription: null }
  const { plan, changedAt } = held
  const type = {
    id: plan.id,
    name: plan.name,
    maxApiKey: plan.maxApiKeys,
    maxBalanceUSD: numberOrNull(plan.maxBalance),
    private: plan.private,
    stripePriceId: plan.stripePriceId,
    updatedAt: plan.updatedAt,
  }
  const subscription = { stripeCustomerId: null, updatedAt: changedAt, SubscriptionType: type }
  return { id, ...shownUser(user), UserSubscription: subscription }
}

function toListed(user: identity.UserView) {
  return { uid: user.id, ...shownUser(user) }
}

const account = `${adminPrefix}/account/user`
const ofUser = { params: z.strictObject({ userId: idOf('User') }) }

const historyPage = pageQueryWith({ usual: 30, most: reporting.daysPerCallMax }).extend({ start })
const tradingDays = pageOf(
  z.strictObject({
    date: z.iso.date(),
    currency: z.string().meta({ description: 'Quote currency of most closed trades; others are left out' }),
    totalTrades: z.int().meta({ description: 'Closed ones' }),
    totalProfit: shownNumber.meta({ description: 'After fees' }),
    totalFees: shownNumber.meta({ description: 'Of closed trades' }),
  }),
).meta({ id: 'AdminTradingDays' })

const performance = z
  .strictObject({
    currency: z.string().nullable().meta({ description: 'Quote currency of most closed trades; others are left out' }),
    totalTrades: z.int(),
    openTrades: z.int().meta({ description: 'Of which something is held' }),
    wins: z.int().meta({ description: 'Closed with a profit after fees' }),
    losses: z.int().meta({ description: 'Closed with a loss after fees' }),
    winRate: shownNumber.nullable().meta({ description: 'Wins per hundred closed trades; null before the first' }),
    totalProfit: shownNumber.meta({ description: 'Of closed trades after fees; may be below zero' }),
    totalFees: shownNumber,
    grossProfit: shownNumber.meta({ description: 'Sum of the wins' }),
    grossLoss: shownNumber.meta({ description: 'Sum of the losses without its sign' }),
    profitFactor: shownNumber.nullable().meta({ description: 'Gross profit over gross loss; null without a loss' }),
    maxDrawdown: shownNumber.meta({
      description: 'Deepest fall of the running sum of profit and loss below its highest point, in quote currency',
    }),
    bestTrade: shownNumber
      .nullable()
      .meta({ description: 'The highest result of one trade after fees; null before the first' }),
    worstTrade: shownNumber
      .nullable()
      .meta({ description: 'The lowest, below zero for a loss; null before the first' }),
  })
  .meta({ id: 'AdminPerformance' })

const originWords = {
  strategy: 'of alerts',
  manual: 'of orders that were given by hand',
}

function historyRoute(origin: keyof typeof originWords, operation: string) {
  return defineRoute({
    operation,
    ...adminRoute,
    method: 'GET',
    path: `${account}/trade/${origin}/{userId}/history`,
    summary: `Days with closed trades ${originWords[origin]}, newest first`,
    ...ofUser,
    query: historyPage,
    rpc: reporting.listTradingDays,
    toRequest: ({ caller, params: { userId }, query: { start: from, ...page } }) => ({
      caller,
      page,
      userId,
      origin,
      from,
    }),
    reply: tradingDays,
    toReply: ({ items, nextToken }) => ({
      items: items.map(({ date, currency, tradesClosed, realizedPnl, fees }) => ({
        date,
        currency,
        totalTrades: tradesClosed,
        totalProfit: numberOf(realizedPnl),
        totalFees: numberOf(fees),
      })),
      nextToken,
    }),
  })
}

function performanceRoute(origin: keyof typeof originWords, operation: string) {
  return defineRoute({
    operation,
    ...adminRoute,
    method: 'GET',
    path: `${account}/trade/${origin}/{userId}/performance`,
    summary: `What the trades ${originWords[origin]} amount to`,
    ...ofUser,
    query: z.strictObject({ start }),
    rpc: reporting.getPerformance,
    toRequest: ({ caller, params: { userId }, query: { start: from } }) => ({ caller, userId, origin, from }),
    reply: performance,
    toReply: (answer) => ({
      currency: answer.currency,
      totalTrades: answer.tradesClosed,
      openTrades: answer.tradesOpen,
      wins: answer.wins,
      losses: answer.losses,
      winRate: numberOrNull(answer.winRatePercent),
      totalProfit: numberOf(answer.realizedPnl),
      totalFees: numberOf(answer.fees),
      grossProfit: numberOf(answer.grossProfit),
      grossLoss: numberOf(answer.grossLoss),
      profitFactor: numberOrNull(answer.profitFactor),
      maxDrawdown: numberOf(answer.maximumDrawdown),
      bestTrade: numberOrNull(answer.bestTrade),
      worstTrade: numberOrNull(answer.worstTrade),
    }),
  })
}

const readingRoutes = [
  defineRoute({
    operation: 'adminListUsers',
    ...adminRoute,
    method: 'GET',
    path: `${account}/list`,
    summary: 'List users',
    query: pageQuery,
    rpc: identity.listUsers,
    toRequest: ({ caller, query }) => ({ caller, page: query }),
    reply: pageOf(listedUser).meta({ id: 'AdminUsers' }),
    toReply: ({ items, nextToken }) => ({ items: items.map(toListed), nextToken }),
  }),
  defineRoute({
    operation: 'adminGetUserOverview',
    ...adminRoute,
    method: 'GET',
    path: `${account}/overview/{userId}`,
    summary: 'A user and the plan they have',
    ...ofUser,
    rpc: identity.getUser,
    toRequest: ({ caller, params }) => ({ caller, userId: params.userId }),
    step: {
      rpc: findUserPlans,
      toRequest: ({ caller }, { id }) => ({ caller, userIds: [id] }),
    },
    reply: overview,
    toReply: (user, _parts, plans) => toOverview(user, plans?.items ?? []),
  }),
  defineRoute({
    operation: 'adminGetTotalBalance',
    ...adminRoute,
    method: 'GET',
    path: `${account}/exchange/balance/{userId}`,
    summary: 'What all exchange keys of a user are worth together',
    description: 'With the profit and loss of open positions. What cannot be valued in US dollars is left out.',
    ...ofUser,
    rpc: reporting.getUserWorth,
    toRequest: ({ caller, params }) => ({ caller, userId: params.userId }),
    reply: z.strictObject({ USD: shownNumber }).meta({ id: 'AdminTotalBalance' }),
    toReply: ({ usd }) => ({ USD: numberOf(usd) }),
  }),
  historyRoute('strategy', 'adminListStrategyHistory'),
  historyRoute('manual', 'adminListManualHistory'),
  performanceRoute('strategy', 'adminGetStrategyPerformance'),
  performanceRoute('manual', 'adminGetManualPerformance'),
] as const

const action = {
  ...adminRoute,
  method: 'PUT',
  ...ofUser,
  reply: listedUser,
  toReply: toListed,
} as const

const actionRoutes = [
  defineRoute({
    operation: 'adminEnableUser',
    ...action,
    path: `${account}/action/enable/{userId}`,
    summary: 'Let a disabled user log in again',
    rpc: identity.enableUser,
    toRequest: ({ caller, params }) => ({ caller, userId: params.userId }),
  }),
  defineRoute({
    operation: 'adminDisableUser',
    ...action,
    path: `${account}/action/disable/{userId}`,
    summary: 'Disable a user and end their sessions',
    rpc: identity.disableUser,
    toRequest: ({ caller, params }) => ({ caller, userId: params.userId }),
  }),
  defineRoute({
    operation: 'adminResetMfa',
    ...action,
    path: `${account}/action/reset/mfa/{userId}`,
    summary: "Turn off a user's second factor, for one who lost it",
    proof: 'fresh',
    rpc: identity.resetSecondFactor,
    toRequest: ({ caller, params }) => ({ caller, userId: params.userId }),
  }),
  defineRoute({
    operation: 'adminResetTelegram',
    ...action,
    path: `${account}/action/reset/telegram/{userId}`,
    summary: 'Forget the Telegram chat of a user',
    rpc: identity.getUser,
    toRequest: ({ caller, params }) => ({ caller, userId: params.userId }),
    step: { rpc: unlinkTelegram, toRequest: ({ caller }, { id }) => ({ caller, userId: id }) },
  }),
] as const

export const adminUserRoutes = [...readingRoutes, ...actionRoutes] as const
