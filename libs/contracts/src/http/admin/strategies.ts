/**
 * Strategies and their triggers, in the words of the admin surface. Called by the surface's list of routes.
 * Must never show a key in full, nor a strategy's secret but when it was made.
 */
import { z } from 'zod'
import { accountEnvironment, pageOf, pageQuery, symbol, timestamp, venue, type Venue } from '../../common.ts'
import { defineRoute } from '../../define-route.ts'
import type { ReplyOf } from '../../define-rpc.ts'
import * as combined from '../../rpc/admin.ts'
import * as signals from '../../rpc/signals.ts'
import { exchangeIdOf } from './keys.ts'
import { adminPrefix, adminRoute, idOf, numberOf, shownNumber } from './words.ts'

type Strategy = ReplyOf<typeof signals.getStrategy>
type Account = ReplyOf<typeof combined.listStrategiesWithKeys>['accounts'][number]
type Triggers = ReplyOf<typeof combined.listTriggers>
type Bracket = Triggers['brackets'][number]

/** Longer than any exchange's. */
const keyCharactersMax = 512
const settings = `${adminPrefix}/setting/strategy`
const ofStrategy = { params: z.strictObject({ strategyId: idOf('Strategy') }) }

const shownStrategy = z
  .strictObject({
    id: z.uuid(),
    active: z.boolean(),
    name: z.string(),
    description: z.string().nullable(),
    exchangeId: z.string().meta({ examples: ['BINANCE'] }),
    symbol,
    reportExchangeApiKey: z.string().nullable().meta({ description: "Both ends of the key of the provider's account" }),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: 'AdminStrategy' })

const onceShown = { secret: z.string().meta({ description: 'Shown this once' }) }

function toStrategy(strategy: Strategy, accounts: readonly Account[]): z.output<typeof shownStrategy> {
  const { id, active, name, description, symbol: traded, createdAt, updatedAt } = strategy
  const provider = accounts.find((account) => account.id === strategy.providerAccountId)
  const words = {
    exchangeId: exchangeIdOf(strategy.venue),
    symbol: traded,
    reportExchangeApiKey: provider?.keyHint ?? null,
  }
  return { id, active, name, description, ...words, createdAt, updatedAt }
}

const shownTrigger = z
  .strictObject({
    id: z.uuid(),
    active: z.boolean(),
    strategySource: z.enum(['TRADINGVIEW', 'OPERATOR']),
    tradeSide: z.enum(['BUY', 'SELL']),
    price: shownNumber,
    stop: shownNumber,
    stopType: z.enum(['MARKET', 'LIMIT']),
    takeProfit: z.array(shownNumber),
    createdAt: timestamp,
    updatedAt: timestamp,
    StrategyAutomatedHistories: z.strictObject({
      items: z.array(z.strictObject({ id: z.uuid(), active: z.boolean() })),
    }),
  })
  .meta({ id: 'AdminTrigger' })

/** A trigger is active while one of its histories is, and was updated when the last of them changed. */
function toTrigger(
  signal: Triggers['signals']['items'][number],
  own: readonly Bracket[],
): z.output<typeof shownTrigger> {
  const { id, source, side, price, stop, targets, receivedAt } = signal
  return {
    id,
    active: own.some(({ active }) => active),
    strategySource: source,
    tradeSide: side === 'buy' ? 'BUY' : 'SELL',
    price: numberOf(price),
    stop: numberOf(stop.price),
    stopType: stop.type === 'market' ? 'MARKET' : 'LIMIT',
    takeProfit: targets.map(numberOf),
    createdAt: receivedAt,
    updatedAt: own.map(({ changedAt }) => changedAt).reduce((latest, at) => (at > latest ? at : latest), receivedAt),
    StrategyAutomatedHistories: { items: own.map((bracket) => ({ id: bracket.id, active: bracket.active })) },
  }
}

/** BINANCE is its perpetuals, as the surface's keys are for futures; BINANCE-SPOT is understood too. */
function venueOf(exchangeId: string): Venue | undefined {
  const known = venue.options
  const named = known.find((each) => each.toUpperCase() === exchangeId)
  return named ?? known.find((each) => exchangeIdOf(each) === exchangeId && !each.endsWith('-spot'))
}

const newStrategy = z
  .strictObject({
    active: z.boolean().default(true),
    name: signals.strategyName,
    description: signals.strategyInput.shape.description,
    exchangeId: z
      .string()
      .max(40)
      .refine((id) => venueOf(id) !== undefined, { error: 'must be supported exchange' })
      .meta({ examples: ['BINANCE'] }),
    symbol,
    reportExchangeApiKey: z.string().min(1).max(keyCharactersMax),
    reportExchangeApiSecretKey: z.string().min(1).max(keyCharactersMax),
    environment: accountEnvironment
      .default('paper')
      .meta({ description: "Not in the surface's document: live for accounts at a real exchange" }),
  })
  .meta({ id: 'AdminNewStrategy' })

export const adminStrategyRoutes = [
  defineRoute({
    operation: 'adminListTriggers',
    ...adminRoute,
    method: 'GET',
    path: `${adminPrefix}/strategy/trigger/history/{strategyId}`,
    summary: 'What triggered a strategy, newest first, and what became of it',
    description: 'Up to 200 histories of each trigger.',
    ...ofStrategy,
    query: pageQuery,
    rpc: combined.listTriggers,
    toRequest: ({ caller, params, query }) => ({ caller, strategyId: params.strategyId, page: query }),
    reply: z
      .strictObject({
        active: z.boolean(),
        exchangeId: z.string(),
        symbol,
        StrategyAutomatedTriggers: pageOf(shownTrigger),
      })
      .meta({ id: 'AdminTriggers' }),
    toReply: ({ strategy, signals: { items, nextToken }, brackets }) => {
      const bySignal = Map.groupBy(brackets, ({ signalId }) => signalId)
      const triggers = items.map((signal) => toTrigger(signal, bySignal.get(signal.id) ?? []))
      const { active, symbol: traded } = strategy
      const shown = { active, exchangeId: exchangeIdOf(strategy.venue), symbol: traded }
      return { ...shown, StrategyAutomatedTriggers: { items: triggers, nextToken } }
    },
  }),
  defineRoute({
    operation: 'adminListStrategies',
    ...adminRoute,
    method: 'GET',
    path: `${settings}/list`,
    summary: 'List strategies',
    query: pageQuery,
    rpc: combined.listStrategiesWithKeys,
    toRequest: ({ caller, query }) => ({ caller, page: query }),
    reply: pageOf(shownStrategy).meta({ id: 'AdminStrategies' }),
    toReply: ({ strategies: { items, nextToken }, accounts }) => {
      return { items: items.map((strategy) => toStrategy(strategy, accounts)), nextToken }
    },
  }),
  defineRoute({
    operation: 'adminCreateStrategy',
    ...adminRoute,
    method: 'POST',
    path: settings,
    summary: "Connect the provider's exchange key and create the strategy that is sized by it",
    description: '`secret` goes into its alerts and is shown this once, beside what the document of the surface has.',
    refusals: {
      ACCOUNT_CREDENTIALS_REFUSED: { status: 433, body: { error: 'exchange API authorization failed (1103)' } },
    },
    body: newStrategy,
    example: {
      body: {
        name: 'STRATEGY #5',
        exchangeId: 'BINANCE',
        symbol: 'BTC/USDT',
        reportExchangeApiKey: 'c4qZMdKgwVrhXEa5ADCavztHspKckYDAHpvTW8AqbA4QHJr5nWFbMBrydtMKd73H',
        reportExchangeApiSecretKey: 'DXnXuCLBWHZdbcSQb7f5aaSeMZfhuP4N7BGhBmSsDbM5ZzIw5qZe6MWzQINTjuND',
      },
    },
    rpc: combined.createStrategyWithKey,
    toRequest: ({ caller, body: { exchangeId, environment, ...given } }) => {
      const { reportExchangeApiKey: apiKey, reportExchangeApiSecretKey: secret, ...strategy } = given
      const account = { venue: venueOf(exchangeId) ?? 'paper', environment, label: given.name }
      return { caller, account: { ...account, credentials: { apiKey, secret } }, strategy }
    },
    reply: shownStrategy.extend(onceShown).meta({ id: 'AdminStrategyWithSecret' }),
    toReply: ({ strategy, accounts, secret }) => ({ ...toStrategy(strategy, accounts), secret }),
  }),
  defineRoute({
    operation: 'adminRotateSecret',
    ...adminRoute,
    method: 'POST',
    path: `${settings}/{strategyId}/secret`,
    summary: "Make a new secret for a strategy's alerts, with an overlap for the old one",
    description: "Not in the surface's document, which has no way to learn a secret.",
    ...ofStrategy,
    body: signals.secretOverlap,
    rpc: signals.rotateStrategySecret,
    toRequest: ({ caller, params, body }) => ({ caller, strategyId: params.strategyId, ...body }),
    reply: z.strictObject({ id: z.uuid(), ...onceShown, updatedAt: timestamp }).meta({ id: 'AdminSecret' }),
    toReply: ({ id, secret, updatedAt }) => ({ id, secret, updatedAt }),
  }),
  defineRoute({
    operation: 'adminUpdateStrategy',
    ...adminRoute,
    method: 'PUT',
    path: `${settings}/{strategyId}`,
    summary: 'Rename, describe, pause or resume a strategy',
    ...ofStrategy,
    body: signals.strategyChanges
      .pick({ active: true, name: true, description: true })
      .meta({ id: 'AdminStrategyChanges' }),
    example: { body: { active: false } },
    rpc: combined.updateStrategyWithKey,
    toRequest: ({ caller, params, body }) => ({ caller, strategyId: params.strategyId, changes: body }),
    reply: shownStrategy,
    toReply: ({ strategy, accounts }) => toStrategy(strategy, accounts),
  }),
] as const
