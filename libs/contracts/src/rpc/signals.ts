/**
 * Questions and commands that `signals` answers: strategies, risk profiles, follows and signals.
 * Called by the gateway. Must never return a strategy's secret except at creation and rotation.
 */
import { z } from 'zod'
import { decimalText, pageOf, pageQuery, positiveDecimalText, side, symbol, timestamp, venue } from '../common.ts'
import { defineRpc } from '../define-rpc.ts'
import { caller } from '../caller.ts'
import { trailingStop } from '../events/signals.ts'
import { settingsScope, tradeSettings } from '../trade-settings.ts'

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
  name: strategyName,
  description: z.string().max(2_000).nullable().default(null),
  venue,
  symbol,
  entryType: z.enum(['market', 'limit']).default('market'),
  /** An entry older than this is recorded as stale and never sent. */
  signalMaxAgeSeconds: z.int().min(1).max(signalMaxAgeSecondsMax).default(30),
  /** Sizing and limits for all followers. */
  settings: tradeSettings.default({}),
  /** The account by whose equity proportional sizes go: followers are shown that equity. */
  providerAccountId: z.uuid().nullable().default(null),
  /** The strategy's figures are compared with those that stand there. */
  myfxbookUrl: myfxbookUrl.nullable().default(null),
  /** An inactive one refuses alerts. */
  active: z.boolean().default(true),
}

export const strategyInput = z.strictObject(strategySettings)
export const strategyChanges = z
  .strictObject({
    name: strategyName,
    description: z.string().max(2_000).nullable(),
    entryType: z.enum(['market', 'limit']),
    signalMaxAgeSeconds: z.int().min(1).max(signalMaxAgeSecondsMax),
    /** Replaces all of the strategy's settings. */
    settings: tradeSettings,
    providerAccountId: z.uuid().nullable(),
    myfxbookUrl: myfxbookUrl.nullable(),
    active: z.boolean(),
  })
  .partial()

export const strategy = z
  .strictObject({
    id: z.uuid(),
    ownerId: z.uuid(),
    name: z.string(),
    description: z.string().nullable(),
    venue,
    symbol,
    entryType: z.enum(['market', 'limit']),
    signalMaxAgeSeconds: z.int(),
    settings: tradeSettings,
    providerAccountId: z.uuid().nullable(),
    myfxbookUrl: z.string().nullable(),
    active: z.boolean(),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: 'Strategy' })

export const strategyWithSecret = strategy
  .extend({
    /** Goes into the alert's `secret` field; shown this once. */
    secret: z.string(),
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
export const secretOverlap = z.strictObject({ overlapSeconds: z.int().min(0).max(604_800).default(86_400) })

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
    active: z.boolean().optional(),
    venue: venue.optional(),
    /** Only the one with this number (`numberOfId`). */
    number: z.number().int().min(0).optional(),
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
    /** Per cent of the balance that one trade may lose between entry and stop. */
    riskPercent: decimalText,
    settings: tradeSettings,
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: 'RiskProfile' })

export const riskProfileInput = z.strictObject({
  name: riskProfileName,
  riskPercent,
  settings: tradeSettings.default({}),
})
/** Settings given here replace all that the profile had. */
export const riskProfileChanges = z.strictObject({ riskPercent, settings: tradeSettings }).partial()

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

export const layerSettings = z
  .strictObject({
    scope: settingsScope,
    /** The account; null for the platform. */
    scopeId: z.uuid().nullable(),
    settings: tradeSettings,
    /** Null as long as nothing was ever said. */
    updatedAt: timestamp.nullable(),
  })
  .meta({ id: 'LayerSettings' })

const layer = { caller, scope: settingsScope, scopeId: z.uuid().nullable() }

export const changeSettings = defineRpc({
  name: 'signals.settings.change',
  description: 'Says anew what holds for all entries (operators) or for those of one account (whose it is).',
  request: z.strictObject({ ...layer, settings: tradeSettings }),
  reply: layerSettings,
})

export const getSettings = defineRpc({
  name: 'signals.settings.get',
  description: 'What holds for all entries, or for those of one account.',
  request: z.strictObject(layer),
  reply: layerSettings,
})

export const followInput = z.strictObject({
  strategyId: z.uuid(),
  accountId: z.uuid(),
  riskProfileId: z.uuid(),
  leverage: z.int().min(1).max(125).default(1),
  maxNotional: positiveDecimalText.nullable().default(null),
  /** Sizing and limits of this follow alone. */
  settings: tradeSettings.default({}),
})
export const followChanges = z
  .strictObject({
    riskProfileId: z.uuid(),
    leverage: z.int().min(1).max(125),
    maxNotional: positiveDecimalText.nullable(),
    /** Replaces all of the follow's settings. */
    settings: tradeSettings,
    active: z.boolean(),
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
  request: z.strictObject({ caller, follows: z.array(followInput).min(1).max(followsPerCallMax) }),
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
    /** Null for no limit of the follow's own. */
    maxRiskPercent: riskPercent.nullable(),
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
    strategyId: z.uuid().optional(),
    accountId: z.uuid().optional(),
    active: z.boolean().optional(),
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
    /** How often the same alert came again. */
    duplicates: z.int(),
  })
  .meta({ id: 'Signal' })

export const signalWithRaw = signal
  .extend({
    raw: z.strictObject({
      contentType: z.string(),
      /** The alert as it came, its secret blanked. */
      body: z.string(),
    }),
  })
  .meta({ id: 'SignalWithRaw' })

export const operatorSignal = z.strictObject({
  side,
  price: positiveDecimalText,
  stop: z.strictObject({ price: positiveDecimalText, type: z.enum(['market', 'limit']).default('market') }),
  targets: z.array(positiveDecimalText).min(1).max(targetsMax),
  trailing: trailingStop.nullable().default(null),
})

/** Asked again with the same one, the answer is the same signal, whatever was sent in between. */
const requestId = z.uuid().optional()

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
    /** Says which strategy. */
    followId: z.uuid(),
    followIds: z.array(z.uuid()).min(1).max(chosenFollowsMax),
    requestId,
    order: operatorSignal.omit({ trailing: true }).extend({
      /** Null when the caller names none: then the worst one that the targets allow. */
      price: positiveDecimalText.nullable(),
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
  request: z.strictObject({ caller, page: pageQuery, strategyId: z.uuid().optional() }),
  reply: pageOf(signal),
})
