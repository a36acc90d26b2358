/**
 * Exchange keys with their balances, positions, orders and trades, in the words of the admin surface.
 * Called by the surface's list of routes. Must never show a key in full.
 */
import { decimal } from '@tradewire/kernel/decimal'
import { z } from 'zod'
import { pageOf, pageQuery, pageQueryWith, symbol, timestamp, type Venue } from '../../common.ts'
import { defineRoute } from '../../define-route.ts'
import type { ReplyOf } from '../../define-rpc.ts'
import * as accounts from '../../rpc/accounts.ts'
import * as books from '../../rpc/venue-books.ts'
import * as orders from '../../rpc/orders.ts'
import * as reporting from '../../rpc/reporting.ts'
import * as signals from '../../rpc/signals.ts'
import {
  shownOrder,
  shownPosition,
  shownTrade,
  toEndedOrder,
  toOpenOrder,
  toPosition,
  toTrade,
} from './exchange-words.ts'
import { adminPrefix, adminRoute, idOf, numberOf, numberOrNull, shownNumber, start } from './words.ts'

/** BINANCE for each of the venues of that exchange. */
export function exchangeIdOf(venue: Venue): string {
  return (venue.split('-')[0] ?? venue).toUpperCase()
}

const tradeType = z.enum(['SPOT', 'FUTURES'])
const marketOf = { SPOT: 'spot', FUTURES: 'derivatives' } as const

const exchangeKey = z
  .strictObject({
    id: z.uuid(),
    exchangeId: z.string().meta({ examples: ['BINANCE'] }),
    tradeType,
    strategyType: z.literal('AUTOMATED').meta({ description: 'Every key is connected for strategies' }),
    active: z.boolean(),
    name: z.string(),
    apiKeyStatus: accounts.accountStatus,
    apiKey: z
      .string()
      .nullable()
      .meta({ description: 'Both ends of the key', examples: ['t32h****hZ4k'] }),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: 'AdminExchangeKey' })

function toKey(account: ReplyOf<typeof accounts.getAccount>): z.output<typeof exchangeKey> {
  const { id, venue, market, label, active, keyHint, status, createdAt, updatedAt } = account
  return {
    id,
    exchangeId: exchangeIdOf(venue),
    tradeType: market === 'spot' ? 'SPOT' : 'FUTURES',
    strategyType: 'AUTOMATED',
    active: active && status !== 'UNAUTHORIZED',
    name: label,
    apiKeyStatus: status,
    apiKey: keyHint,
    createdAt,
    updatedAt,
  }
}

const exchange = `${adminPrefix}/exchange`
const ofKey = {
  ...adminRoute,
  method: 'GET',
  params: z.strictObject({ apiKeyId: idOf('Exchange key') }),
  refusals: { ACCOUNT_CREDENTIALS_REFUSED: { status: 403, body: { message: 'exchange API authorization failed' } } },
} as const
const symbolQuery = z.strictObject({ symbol: symbol.meta({ description: 'BASE/QUOTE', examples: ['BTC/USDT'] }) })

const keyRoutes = [
  defineRoute({
    operation: 'adminListKeys',
    ...adminRoute,
    method: 'GET',
    path: `${adminPrefix}/account/user/exchange/key/{userId}/list`,
    summary: 'List the exchange keys of a user',
    params: z.strictObject({ userId: idOf('User') }),
    query: pageQuery.extend({
      tradeType: tradeType.optional().meta({ description: 'Whose exchange trades this kind of market' }),
    }),
    rpc: accounts.listAccounts,
    toRequest: ({ caller, params: { userId }, query: { tradeType: type, ...page } }) => {
      return { caller, page, userId, market: type === undefined ? undefined : marketOf[type] }
    },
    reply: pageOf(exchangeKey).meta({ id: 'AdminExchangeKeys' }),
    toReply: ({ items, nextToken }) => ({ items: items.map(toKey), nextToken }),
  }),
  defineRoute({
    operation: 'adminListKeyBalances',
    ...ofKey,
    path: `${exchange}/key/balance/history/{apiKeyId}`,
    summary: 'What an exchange key was worth at the end of each day, newest first',
    query: pageQueryWith({ usual: 100, most: reporting.daysPerCallMax }).extend({ start }),
    rpc: reporting.listBalanceDays,
    toRequest: ({ caller, params, query: { start: from, ...page } }) => {
      return { caller, page, accountId: params.apiKeyId, from }
    },
    reply: pageOf(z.strictObject({ date: z.iso.date(), totalUSD: shownNumber.nullable() })).meta({
      id: 'AdminKeyBalances',
    }),
    toReply: ({ items, nextToken }) => {
      return { items: items.map(({ date, usd }) => ({ date, totalUSD: numberOrNull(usd) })), nextToken }
    },
  }),
  defineRoute({
    operation: 'adminGetKeyBalance',
    ...ofKey,
    path: `${exchange}/key/balance/{apiKeyId}`,
    summary: 'The balances of an exchange key as the venue tells them now',
    rpc: accounts.getAccountBalance,
    toRequest: ({ caller, params }) => ({ caller, accountId: params.apiKeyId }),
    reply: z
      .record(z.string(), z.strictObject({ free: shownNumber, used: shownNumber, total: shownNumber }))
      .meta({ id: 'AdminKeyBalance', examples: [{ USDT: { free: 2637.5428719, used: 0, total: 2637.5428719 } }] }),
    toReply: ({ items }) =>
      Object.fromEntries(
        items.map(({ currency, free, total }) => {
          const used = decimal(total).minus(decimal(free)).toString()
          return [currency, { free: numberOf(free), used: numberOf(used), total: numberOf(total) }]
        }),
      ),
  }),
  defineRoute({
    operation: 'adminGetKeyFollower',
    ...ofKey,
    path: `${exchange}/key/strategy/follower/{apiKeyId}`,
    summary: 'The strategy follower of an exchange key in a symbol',
    query: symbolQuery,
    rpc: signals.findFollow,
    toRequest: ({ caller, params, query }) => ({ caller, accountId: params.apiKeyId, symbol: query.symbol }),
    reply: z
      .strictObject({ id: z.uuid(), active: z.boolean(), createdAt: timestamp, updatedAt: timestamp })
      .meta({ id: 'AdminKeyFollower' }),
    toReply: ({ id, active, createdAt, updatedAt }) => ({ id, active, createdAt, updatedAt }),
  }),
] as const

const bookRoutes = [
  defineRoute({
    operation: 'adminListPositions',
    ...ofKey,
    path: `${exchange}/position/{apiKeyId}/list`,
    summary: 'Open positions as the venue tells them now',
    query: symbolQuery.partial(),
    rpc: books.listVenuePositions,
    toRequest: ({ caller, params, query }) => ({ caller, accountId: params.apiKeyId, ...query }),
    reply: z.array(shownPosition),
    toReply: ({ items, observedAt }) => items.map((position) => toPosition(position, observedAt)),
  }),
  defineRoute({
    operation: 'adminListOpenOrders',
    ...ofKey,
    path: `${exchange}/order/{apiKeyId}/list`,
    summary: 'Open orders as the venue lists them now',
    query: symbolQuery,
    rpc: books.listVenueOrders,
    toRequest: ({ caller, params }) => ({ caller, accountId: params.apiKeyId }),
    reply: z.array(shownOrder),
    toReply: ({ items }, { query }) => items.filter((order) => order.symbol === query.symbol).map(toOpenOrder),
  }),
  defineRoute({
    operation: 'adminListOrderHistory',
    ...ofKey,
    path: `${exchange}/order/{apiKeyId}/history`,
    summary: 'Orders of ours that ended, newest first',
    query: symbolQuery,
    rpc: orders.listEndedOrders,
    toRequest: ({ caller, params, query }) => ({ caller, accountId: params.apiKeyId, symbol: query.symbol }),
    reply: z.array(shownOrder),
    toReply: ({ items }, { query }) => items.map((order) => toEndedOrder(order, query.symbol)),
  }),
  defineRoute({
    operation: 'adminListTradeHistory',
    ...ofKey,
    path: `${exchange}/trade/{apiKeyId}/history`,
    summary: 'Trades of the last seven days as the venue lists them, newest first',
    query: symbolQuery,
    rpc: books.listVenueFills,
    toRequest: ({ caller, params, query }) => ({ caller, accountId: params.apiKeyId, symbol: query.symbol }),
    reply: z.array(shownTrade),
    toReply: ({ items }) => items.map(toTrade),
  }),
] as const

export const adminKeyRoutes = [...keyRoutes, ...bookRoutes] as const
