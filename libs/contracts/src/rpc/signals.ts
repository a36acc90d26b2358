/**
 * Questions and commands that `signals` answers: strategies, risk profiles, follows and signals.
 * Called by the gateway. Must never return a strategy's secret except at creation and rotation.
 */
import { z } from 'zod'
import { decimalText, pageOf, pageQuery, positiveDecimalText, side, symbol, timestamp, venue } from '../common.ts'
import { defineRpc } from '../define-rpc.ts'
import { caller } from '../caller.ts'
import { trailingStop } from '../events/signals.ts'
import { tradeSettings } from '../trade-settings.ts'

export const strategyName = z.string().trim().min(1).max(80)
/** Where MyFxBook shows the account that a strategy is traded on; the number at its end names the account. */
export const myfxbookUrl = z
  .string()
  .max(300)
  .regex(/^https:\/\/www\.myfxbook\.com\/members\/[\w./-]+$/, {
    error: 'must be a page under https://www.myfxbook.com/members/',
  })
  .meta({ examples: ['https://www.myfxbook.com/members/trader/strategy123/1234567'] })
export const signalMaxAgeSecondsMax = 3_600
export const targetsMax = 4
export const followsPerCallMax = 500

const strategySettings = {
  name: strategyName.meta({ description: 'What followers see' }),
  description: z.string().max(2_000).nullable().meta({ description: 'For followers; null for none' }),
  entryType: z
    .enum(['market', 'limit'])
    .meta({ description: 'How entries are sent: at the price of the market, or limited to that of the signal' }),
  signalMaxAgeSeconds: z
    .int()
    .min(1)
    .max(signalMaxAgeSecondsMax)
    .meta({ description: 'An entry older than this is recorded as stale and never sent' }),
  providerAccountId: z
    .uuid()
    .nullable()
    .meta({ description: 'The account by whose equity proportional sizes go: followers are shown that equity' }),
  myfxbookUrl: myfxbookUrl
    .nullable()
    .meta({ description: "The strategy's figures are compared with those that stand there" }),
  active: z.boolean().meta({ description: 'An inactive one refuses alerts' }),
}

export const strategyInput = z.strictObject({
  ...strategySettings,
  description: strategySettings.description.default(null),
  venue: venue.meta({ description: 'Where its signals are traded; accounts of this venue can follow' }),
  symbol: symbol.meta({ description: 'What its signals trade, as BASE/QUOTE' }),
  entryType: strategySettings.entryType.default('market'),
  signalMaxAgeSeconds: strategySettings.signalMaxAgeSeconds.default(30),
  settings: tradeSettings.default({}).meta({ description: 'Sizing and limits for all followers' }),
  providerAccountId: strategySettings.providerAccountId.default(null),
  myfxbookUrl: strategySettings.myfxbookUrl.default(null),
  active: strategySettings.active.default(true),
})
export const strategyChanges = z
  .strictObject({
    ...strategySettings,
    settings: tradeSettings.meta({ description: "Replaces all of the strategy's settings" }),
  })
  .partial()

export const strategy = z
  .strictObject({
    id: z.uuid(),
    ownerId: z.uuid().meta({ description: 'Who offers it' }),
    ...strategySettings,
    venue: venue.meta({ description: 'Where its signals are traded' }),
    symbol,
    settings: tradeSettings.meta({ description: 'Sizing and limits for all followers' }),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: 'Strategy' })

export const strategyWithSecret = strategy
  .extend({
    secret: z.string().meta({ description: "Goes into the alert's `secret` field; shown this once" }),
  })
  .meta({ id: 'StrategyWithSecret' })

export const createStrategy = defineRpc({
  name: 'signals.strategies.create',
  description: 'Creates a strategy and the secret that its alerts carry.',
  request: z.strictObject({ caller, strategy: strategyInput }),
  reply: strategyWithSecret,
})

export const updateStrategy = defineRpc({
  name: 'signals.strategies.update',
  description: 'Changes a strategy; an inactive one refuses alerts at once.',
  request: z.strictObject({ caller, strategyId: z.uuid(), changes: strategyChanges }),
  reply: strategy,
})

/** How long the old secret goes on working. */
export const secretOverlap = z.strictObject({
  overlapSeconds: z
    .int()
    .min(0)
    .max(604_800)
    .default(86_400)
    .meta({ description: 'How long the old secret goes on working' }),
})

export const rotateStrategySecret = defineRpc({
  name: 'signals.strategies.rotate-secret',
  description: 'Makes a new secret; the old one keeps working for the overlap asked for.',
  request: z.strictObject({ caller, strategyId: z.uuid(), ...secretOverlap.shape }),
  reply: strategyWithSecret,
})

export const getStrategy = defineRpc({
  name: 'signals.strategies.get',
  description: 'One strategy.',
  request: z.strictObject({ caller, strategyId: z.uuid() }),
  reply: strategy,
})

export const listStrategies = defineRpc({
  name: 'signals.strategies.list',
  description: 'Strategies, newest first.',
  request: z.strictObject({
    caller,
    page: pageQuery,
    active: z.boolean().optional().meta({ description: 'Only those that take alerts, or only the others' }),
    venue: venue.optional().meta({ description: 'Traded at this venue' }),
    number: z.number().int().min(0).optional().meta({ description: 'Only the one with this number (`numberOfId`)' }),
  }),
  reply: pageOf(strategy),
})

export const riskProfileName = z.string().regex(/^[A-Za-z]{1,40}$/, { error: 'must be alphabet only' })
export const riskPercent = positiveDecimalText.refine((text) => Number(text) <= 100, {
  error: 'must not be above 100',
})

export const riskProfile = z
  .strictObject({
    id: z.uuid(),
    name: z.string(),
    riskPercent: decimalText.meta({
      description: 'Per cent of the balance that one trade may lose between entry and stop',
    }),
    settings: tradeSettings,
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: 'RiskProfile' })

export const riskProfileInput = z.strictObject({
  name: riskProfileName.meta({ description: 'Letters only, and no other profile has it' }),
  riskPercent,
  settings: tradeSettings.default({}).meta({ description: 'Sizing and limits of all follows that use it' }),
})
/** Settings given here replace all that the profile had. */
export const riskProfileChanges = z
  .strictObject({ riskPercent, settings: tradeSettings.meta({ description: 'Replaces all that the profile had' }) })
  .partial()

export const createRiskProfile = defineRpc({
  name: 'signals.risk-profiles.create',
  description: 'Creates a risk profile that follows can use.',
  request: z.strictObject({ caller, profile: riskProfileInput }),
  reply: riskProfile,
})

export const updateRiskProfile = defineRpc({
  name: 'signals.risk-profiles.update',
  description: 'Changes the percentage or the settings; every follow that uses it is announced again.',
  request: z.strictObject({ caller, riskProfileId: z.uuid(), changes: riskProfileChanges }),
  reply: riskProfile,
})

export const listRiskProfiles = defineRpc({
  name: 'signals.risk-profiles.list',
  description: 'Risk profiles by name.',
  request: z.strictObject({ caller }),
  reply: z.strictObject({ items: z.array(riskProfile) }),
})

const followSettings = {
  riskProfileId: z.uuid().meta({ description: 'What one trade may risk' }),
  leverage: z.int().min(1).max(125).meta({ description: 'Set at the venue before an entry, where it has any' }),
  maxNotional: positiveDecimalText
    .nullable()
    .meta({ description: 'Of one position, in quote currency; null for no limit of its own' }),
}

export const followInput = z.strictObject({
  strategyId: z.uuid().meta({ description: 'Whose signals are taken' }),
  accountId: z.uuid().meta({ description: "One of the caller's, at the strategy's venue" }),
  ...followSettings,
  leverage: followSettings.leverage.default(1),
  maxNotional: followSettings.maxNotional.default(null),
  settings: tradeSettings.default({}).meta({ description: 'Sizing and limits of this follow alone' }),
})
export const followChanges = z
  .strictObject({
    ...followSettings,
    settings: tradeSettings.meta({ description: "Replaces all of the follow's settings" }),
    active: z.boolean().meta({ description: 'False pauses it: no new entries; open positions keep their protection' }),
  })
  .partial()

export const follow = z
  .strictObject({
    id: z.uuid(),
    strategyId: z.uuid(),
    accountId: z.uuid(),
    userId: z.uuid(),
    riskProfileId: z.uuid(),
    leverage: z.int(),
    maxNotional: decimalText.nullable(),
    settings: tradeSettings,
    active: z.boolean(),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: 'Follow' })

export const createFollows = defineRpc({
  name: 'signals.follows.create',
  description: 'Lets accounts follow a strategy: all of them or, when one is refused, none.',
  request: z.strictObject({
    caller,
    follows: z
      .array(followInput)
      .min(1)
      .max(followsPerCallMax)
      .meta({ description: 'All of them or, when one is refused, none' }),
  }),
  reply: z.strictObject({ items: z.array(follow) }),
})

export const subscribe = defineRpc({
  name: 'signals.follows.subscribe',
  description: 'Lets an account follow a strategy with a share of its equity in each trade, anew if it has left it.',
  request: z.strictObject({
    caller,
    strategyId: z.uuid(),
    accountId: z.uuid(),
    allocationPercent: riskPercent,
    maxRiskPercent: riskPercent.nullable().meta({ description: "Null for no limit of the follow's own" }),
  }),
  reply: follow,
})

export const unsubscribe = defineRpc({
  name: 'signals.follows.unsubscribe',
  description: 'Pauses the follow of a strategy by an account; open positions keep their protection.',
  request: z.strictObject({ caller, strategyId: z.uuid(), accountId: z.uuid() }),
  /** Whoever has heard of this revision, or of a later one, knows of the pause. */
  reply: follow.extend({ revision: z.int() }).meta({ id: 'PausedFollow' }),
})

export const updateFollow = defineRpc({
  name: 'signals.follows.update',
  description: 'Changes or pauses a follow; open positions keep their protection.',
  request: z.strictObject({ caller, followId: z.uuid(), changes: followChanges }),
  reply: follow,
})

export const getFollow = defineRpc({
  name: 'signals.follows.get',
  description: 'One follow.',
  request: z.strictObject({ caller, followId: z.uuid() }),
  reply: follow,
})

export const findFollow = defineRpc({
  name: 'signals.follows.find',
  description: 'The follow of an account that trades a symbol: an active one before a paused one, then the newest.',
  request: z.strictObject({ caller, accountId: z.uuid(), symbol }),
  reply: follow,
})

export const listFollows = defineRpc({
  name: 'signals.follows.list',
  description: 'Follows, newest first.',
  request: z.strictObject({
    caller,
    page: pageQuery,
    strategyId: z.uuid().optional().meta({ description: 'Of this strategy' }),
    accountId: z.uuid().optional().meta({ description: 'With this account' }),
    active: z.boolean().optional().meta({ description: 'Only those that take entries, or only the paused ones' }),
  }),
  reply: pageOf(follow),
})

export const signal = z
  .strictObject({
    id: z.uuid(),
    strategyId: z.uuid(),
    source: z.enum(['TRADINGVIEW', 'OPERATOR']),
    side,
    price: decimalText,
    stop: z.strictObject({ price: decimalText, type: z.enum(['market', 'limit']) }),
    targets: z.array(decimalText),
    trailing: trailingStop.nullable(),
    receivedAt: timestamp,
    expiresAt: timestamp,
    duplicates: z.int().meta({ description: 'How often the same alert came again' }),
  })
  .meta({ id: 'Signal' })

export const signalWithRaw = signal
  .extend({
    raw: z.strictObject({
      contentType: z.string(),
      body: z.string().meta({ description: 'The alert as it came, its secret blanked' }),
    }),
  })
  .meta({ id: 'SignalWithRaw' })

export const operatorSignal = z.strictObject({
  side: side.meta({ description: 'What its entry does' }),
  price: positiveDecimalText.meta({ description: 'Where it enters' }),
  stop: z
    .strictObject({ price: positiveDecimalText, type: z.enum(['market', 'limit']).default('market') })
    .meta({ description: 'Where it is given up; below the price of a buy' }),
  targets: z
    .array(positiveDecimalText)
    .min(1)
    .max(targetsMax)
    .meta({ description: 'Where profit is taken, in equal parts' }),
  trailing: trailingStop.nullable().default(null).meta({ description: 'A stop that follows the price; null for none' }),
})

const requestId = z.uuid().optional().meta({
  description: 'Asked again with the same one, the answer is the same signal, whatever was sent in between',
})

export const sendSignal = defineRpc({
  name: 'signals.signals.send',
  description: "An operator's or the provider's own signal: the same path as an alert.",
  request: z.strictObject({ caller, strategyId: z.uuid(), signal: operatorSignal, requestId }),
  reply: z.strictObject({ signalId: z.uuid() }),
})

/** Followers chosen in one call: their ids travel with the signal. */
export const chosenFollowsMax = 1_000

export const orderFollows = defineRpc({
  name: 'signals.follows.order',
  description: "An operator's signal for chosen followers of one strategy; the same again is answered like the first.",
  request: z.strictObject({
    caller,
    followId: z.uuid().meta({ description: 'Says which strategy' }),
    followIds: z.array(z.uuid()).min(1).max(chosenFollowsMax).meta({ description: 'Who takes part' }),
    requestId,
    order: operatorSignal.omit({ trailing: true }).extend({
      price: positiveDecimalText
        .nullable()
        .meta({ description: 'Null when the caller names none: then the worst one that the targets allow' }),
    }),
  }),
  reply: z.strictObject({ signalId: z.uuid() }),
})

export const getSignal = defineRpc({
  name: 'signals.signals.get',
  description: 'One signal with the raw request it came from.',
  request: z.strictObject({ caller, signalId: z.uuid() }),
  reply: signalWithRaw,
})

export const listSignals = defineRpc({
  name: 'signals.signals.list',
  description: 'Signals, newest first.',
  request: z.strictObject({
    caller,
    page: pageQuery,
    strategyId: z.uuid().optional().meta({ description: 'Of this strategy' }),
  }),
  reply: pageOf(signal),
})
