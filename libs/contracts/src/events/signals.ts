/** Events that `signals` owns. Called by signals, orders, reporting. Must never carry a strategy's secret. */
import { z } from 'zod'
import { changeRevision, decimalText, positiveDecimalText, side, symbol, timestamp, venue } from '../common.ts'
import { defineEvent } from '../define-event.ts'
import { settingsScope, tradeSettings } from '../trade-settings.ts'

export const trailingStop = z.strictObject({
  triggerPercent: positiveDecimalText.meta({
    description: 'Per cent of the way from entry to the last target at which trailing starts',
  }),
  callbackRatePercent: positiveDecimalText.meta({ description: 'Distance kept behind the best price, in per cent' }),
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
    targets: z.array(positiveDecimalText).min(1).max(4).meta({ description: 'One to four, nearest first' }),
    trailing: trailingStop.nullable(),
    followIds: z
      .array(z.uuid())
      .min(1)
      .optional()
      .meta({ description: 'Only these followers; absent when it is for all of the strategy' }),
    receivedAt: timestamp,
    /** Reliability rule R11. */
    expiresAt: timestamp.meta({ description: 'After this moment no entry may be sent' }),
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
    settings: tradeSettings
      .optional()
      .meta({ description: 'Sizing and limits for all followers; absent when the strategy says nothing' }),
    providerAccountId: z
      .uuid()
      .optional()
      .meta({ description: 'Whose equity proportional sizes go by; absent when none is named' }),
    myfxbookUrl: z
      .string()
      .max(300)
      .optional()
      .meta({ description: 'Where MyFxBook shows the account that it is traded on; absent when nobody says so' }),
    revision: changeRevision,
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
    riskPercent: positiveDecimalText.meta({
      description: "Per cent of the account's balance that may be lost between entry and stop",
    }),
    leverage: z.int().min(1).max(125),
    maxNotional: decimalText
      .nullable()
      .meta({ description: "Upper limit of the position's notional in quote currency; null for none" }),
    active: z.boolean(),
    profileSettings: tradeSettings
      .optional()
      .meta({ description: 'What the risk profile says besides its percentage; absent when nothing' }),
    settings: tradeSettings.optional().meta({ description: 'What the follow says itself; absent when nothing' }),
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
    scopeId: z.uuid().nullable().meta({ description: 'The account; null for the platform' }),
    userId: z.uuid().nullable().meta({ description: 'Whose account it is; null for the platform' }),
    settings: tradeSettings.meta({ description: 'All that is said; empty when nothing is' }),
    revision: changeRevision,
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
