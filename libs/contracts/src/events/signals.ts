/** Events that `signals` owns. Called by signals, orders, reporting. Must never carry a strategy's secret. */
import { z } from 'zod'
import { decimalText, positiveDecimalText, side, symbol, timestamp, venue } from '../common.ts'
import { defineEvent } from '../define-event.ts'
import { settingsScope, tradeSettings } from '../trade-settings.ts'

export const trailingStop = z.strictObject({
  /** Per cent of the way from entry to the last target at which trailing starts. */
  triggerPercent: positiveDecimalText,
  /** Distance kept behind the best price, in per cent. */
  callbackRatePercent: positiveDecimalText,
})

export const signalAccepted = defineEvent({
  name: 'signal.accepted',
  version: 1,
  owner: 'signals',
  description: 'An alert was checked and stored; followers will get positions from it.',
  data: z.strictObject({
    signalId: z.uuid(),
    strategyId: z.uuid(),
    source: z.enum(['TRADINGVIEW', 'OPERATOR']),
    venue,
    symbol,
    side,
    entryType: z.enum(['market', 'limit']),
    price: positiveDecimalText,
    stop: z.strictObject({ price: positiveDecimalText, type: z.enum(['market', 'limit']) }),
    /** One to four, nearest first. */
    targets: z.array(positiveDecimalText).min(1).max(4),
    trailing: trailingStop.nullable(),
    /** Only these followers; absent when it is for all of the strategy. */
    followIds: z.array(z.uuid()).min(1).optional(),
    receivedAt: timestamp,
    /** After this moment no entry may be sent (reliability rule R11). */
    expiresAt: timestamp,
  }),
  example: {
    signalId: '01963a5e-0000-7000-8000-000000000001',
    strategyId: '61b79e6d-7e22-4f91-b508-ef5be6a21419',
    source: 'TRADINGVIEW',
    venue: 'binance-usdm',
    symbol: 'BTC/USDT',
    side: 'buy',
    entryType: 'market',
    price: '19286.5',
    stop: { price: '19280.4', type: 'limit' },
    targets: ['19288', '19289.5', '19291.1'],
    trailing: { triggerPercent: '95', callbackRatePercent: '2' },
    receivedAt: '2022-11-06T16:53:59.180Z',
    expiresAt: '2022-11-06T16:54:29.180Z',
  },
})

export const strategyChanged = defineEvent({
  name: 'strategy.changed',
  version: 1,
  owner: 'signals',
  description: 'A strategy was created or changed.',
  data: z.strictObject({
    strategyId: z.uuid(),
    ownerId: z.uuid(),
    name: z.string(),
    venue,
    symbol,
    entryType: z.enum(['market', 'limit']),
    active: z.boolean(),
    /** Sizing and limits for all followers; absent when the strategy says nothing. */
    settings: tradeSettings.optional(),
    /** Whose equity proportional sizes go by; absent when none is named. */
    providerAccountId: z.uuid().optional(),
    /** Where MyFxBook shows the account that it is traded on; absent when nobody says so. */
    myfxbookUrl: z.string().max(300).optional(),
    /** Grows by one with each change; a lower one than already seen is old news. */
    revision: z.int().positive(),
  }),
  example: {
    strategyId: '61b79e6d-7e22-4f91-b508-ef5be6a21419',
    ownerId: '01963a5e-0000-7000-8000-00000000000a',
    name: 'STRATEGY #1',
    venue: 'binance-usdm',
    symbol: 'BTC/USDT',
    entryType: 'market',
    active: true,
    revision: 1,
  },
})

export const followChanged = defineEvent({
  name: 'follow.changed',
  version: 1,
  owner: 'signals',
  delivery: 'batched',
  description: 'A follow was created, changed or ended, or the risk profile that it uses was changed.',
  data: z.strictObject({
    followId: z.uuid(),
    strategyId: z.uuid(),
    accountId: z.uuid(),
    userId: z.uuid(),
    riskProfileId: z.uuid(),
    /** Per cent of the account's balance that may be lost between entry and stop. */
    riskPercent: positiveDecimalText,
    leverage: z.int().min(1).max(125),
    /** Upper limit of the position's notional in quote currency; null for none. */
    maxNotional: decimalText.nullable(),
    active: z.boolean(),
    /** What the risk profile says besides its percentage; absent when nothing. */
    profileSettings: tradeSettings.optional(),
    /** What the follow says itself; absent when nothing. */
    settings: tradeSettings.optional(),
    revision: z.int().positive(),
  }),
  example: {
    followId: '78ca1450-a3a6-459d-ad1b-7c142ae9b2c1',
    strategyId: '61b79e6d-7e22-4f91-b508-ef5be6a21419',
    accountId: 'df30b2fa-adc8-47cb-a9f5-be90ae259827',
    userId: 'a12565e5-567b-432a-93b2-6349653010d9',
    riskProfileId: '3d321572-52a0-4625-93d3-a4e91c73dcd2',
    riskPercent: '1.5',
    leverage: 5,
    maxNotional: null,
    active: true,
    revision: 1,
  },
})

export const settingsChanged = defineEvent({
  name: 'settings.changed',
  version: 1,
  owner: 'signals',
  description: 'What holds for all entries, or for those of one account, was said anew.',
  data: z.strictObject({
    scope: settingsScope,
    /** The account; null for the platform. */
    scopeId: z.uuid().nullable(),
    /** Whose account it is; null for the platform. */
    userId: z.uuid().nullable(),
    /** All that is said; empty when nothing is. */
    settings: tradeSettings,
    /** Grows by one with each change; a lower one than already seen is old news. */
    revision: z.int().positive(),
  }),
  example: {
    scope: 'account',
    scopeId: 'df30b2fa-adc8-47cb-a9f5-be90ae259827',
    userId: 'a12565e5-567b-432a-93b2-6349653010d9',
    settings: { maxRiskPercent: '2', maxPositions: 3 },
    revision: 1,
  },
})

export const signalEvents = [signalAccepted, strategyChanged, followChanged, settingsChanged] as const
