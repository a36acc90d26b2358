/** Events and partitioned commands that `orders` owns. Called by orders, brokers, reporting, webhooks. Must never carry credentials. */
import { z } from 'zod'
import { decimalText, positiveDecimalText, side, symbol, timestamp, venue } from '../common.ts'
import { defineEvent } from '../define-event.ts'
import { lossFigures } from '../loss-figures.ts'
import { stopFailurePolicy } from '../trade-settings.ts'

export const orderPurpose = z
  .enum(['entry', 'stop', 'target', 'trailing', 'close'])
  .meta({ description: 'entry: the first order of a bracket. All others are exits.' })
export type OrderPurpose = z.output<typeof orderPurpose>

function isOfExit({ purpose }: { readonly purpose: OrderPurpose }): boolean {
  return purpose !== 'entry'
}

export const orderType = z
  .enum([
    'market',
    'limit',
    'stop-market',
    'stop-limit',
    'take-profit-market',
    'take-profit-limit',
    'trailing-stop',
    'stop-or-target',
  ])
  .meta({
    description:
      'How the venue shall execute it. Conditional types carry a trigger price. stop-or-target: a stop at the trigger ' +
      'price and a target at the price over the same quantity; what comes first ends the other.',
  })
export type OrderType = z.output<typeof orderType>

const partsMax = 20

export const orderSubmit = defineEvent({
  name: 'order.submit',
  version: 1,
  owner: 'orders',
  delivery: 'batched',
  partitioned: true,
  description: 'Command to brokers: place one order, exactly once.',
  data: z.strictObject({
    /** Reliability rule R12. */
    intentId: z
      .uuid()
      .meta({ description: 'hash(signal, account, leg, purpose): the same order always has the same id' }),
    bracketId: z.uuid(),
    signalId: z.uuid(),
    strategyId: z.uuid(),
    accountId: z.uuid(),
    venue,
    symbol,
    purpose: orderPurpose,
    leg: z.string().meta({ description: 'Names the leg within its bracket: entry, stop-1, target-2, close-1' }),
    side,
    type: orderType,
    quantity: positiveDecimalText,
    parts: z.array(positiveDecimalText).min(2).max(partsMax).optional().meta({
      description:
        'An entry in parts, which add up to the quantity, where each target needs a position of its own; absent: in one',
    }),
    price: positiveDecimalText.nullable(),
    triggerPrice: positiveDecimalText.nullable(),
    callbackRatePercent: positiveDecimalText.nullable(),
    reduceOnly: z.boolean(),
    leverage: z.int().nullable().meta({ description: 'To be set on the account before an entry; null leaves it' }),
    expiresAt: timestamp
      .nullable()
      .meta({ description: 'Entries are not sent after this moment; null for exits, which always go' }),
  }),
  example: {
    intentId: '01963a5e-0000-8000-a000-000000000001',
    bracketId: '01963a5e-0000-7000-8000-000000000002',
    signalId: '01963a5e-0000-7000-8000-000000000001',
    strategyId: '61b79e6d-7e22-4f91-b508-ef5be6a21419',
    accountId: 'df30b2fa-adc8-47cb-a9f5-be90ae259827',
    venue: 'binance-usdm',
    symbol: 'BTC/USDT',
    purpose: 'entry',
    leg: 'entry',
    side: 'buy',
    type: 'market',
    quantity: '0.673',
    price: null,
    triggerPrice: null,
    callbackRatePercent: null,
    reduceOnly: false,
    leverage: 5,
    expiresAt: '2022-11-06T16:54:29.180Z',
  },
  urgent: isOfExit,
})

export const orderCancel = defineEvent({
  name: 'order.cancel',
  version: 1,
  owner: 'orders',
  delivery: 'batched',
  partitioned: true,
  description: 'Command to brokers: cancel one of our orders; it is no error if the order has ended already.',
  data: z.strictObject({ intentId: z.uuid(), bracketId: z.uuid(), accountId: z.uuid(), purpose: orderPurpose }),
  example: {
    intentId: '01963a5e-0000-8000-a000-000000000001',
    bracketId: '01963a5e-0000-7000-8000-000000000002',
    accountId: 'df30b2fa-adc8-47cb-a9f5-be90ae259827',
    purpose: 'entry',
  },
  // An entry's cancel stays behind the entry that it names.
  urgent: isOfExit,
})

export const orderPlanned = defineEvent({
  name: 'order.planned',
  version: 1,
  owner: 'orders',
  delivery: 'batched',
  description: 'What a signal means for one follower: an approved bracket or a refusal with its code.',
  data: z.strictObject({
    signalId: z.uuid(),
    strategyId: z.uuid(),
    followId: z.uuid(),
    accountId: z.uuid(),
    userId: z.uuid(),
    bracketId: z.uuid(),
    outcome: z.enum(['approved', 'denied']),
    quantity: decimalText.nullable(),
    denial: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
  }),
  example: {
    signalId: '01963a5e-0000-7000-8000-000000000001',
    strategyId: '61b79e6d-7e22-4f91-b508-ef5be6a21419',
    followId: '78ca1450-a3a6-459d-ad1b-7c142ae9b2c1',
    accountId: 'df30b2fa-adc8-47cb-a9f5-be90ae259827',
    userId: 'a12565e5-567b-432a-93b2-6349653010d9',
    bracketId: '01963a5e-0000-7000-8000-000000000002',
    outcome: 'denied',
    quantity: null,
    denial: { code: 'BELOW_MINIMUM', message: 'The sized quantity is below what the venue takes.' },
  },
})

export const closeReason = z
  .enum(['stop', 'target', 'trailing', 'close', 'manual', 'liquidation', 'stop-out', 'venue'])
  .meta({
    description:
      'What ended a position: one of our orders, or without one its owner by hand, a liquidation, another forced close of ' +
      'the venue (stop-out), or something that the venue does not explain (venue).',
  })

/** Whose position it is, and where. */
const holder = z.strictObject({
  tradeId: z.uuid(),
  signalId: z.uuid(),
  strategyId: z.uuid(),
  followId: z.uuid(),
  accountId: z.uuid(),
  userId: z.uuid(),
  venue,
  symbol,
  side,
})

const trade = holder.extend({
  /** Reliability rule R17. */
  sequence: z.int().positive().meta({
    description: 'Counts the trade events of one account, from 1: order is not promised by delivery',
  }),
  quantity: positiveDecimalText,
  openPrice: positiveDecimalText,
  openedAt: timestamp,
})

const holderExample = {
  tradeId: '01963a5e-0000-7000-8000-000000000002',
  signalId: '01963a5e-0000-7000-8000-000000000001',
  strategyId: '61b79e6d-7e22-4f91-b508-ef5be6a21419',
  followId: '78ca1450-a3a6-459d-ad1b-7c142ae9b2c1',
  accountId: 'df30b2fa-adc8-47cb-a9f5-be90ae259827',
  userId: 'a12565e5-567b-432a-93b2-6349653010d9',
  venue: 'binance-usdm' as const,
  symbol: 'BTC/USDT',
  side: 'buy' as const,
}

const tradeExample = {
  ...holderExample,
  sequence: 1,
  quantity: '0.673',
  openPrice: '19299.9',
  openedAt: '2022-11-06T16:54:00.112Z',
}

export const tradeOpened = defineEvent({
  name: 'trade.opened',
  version: 1,
  owner: 'orders',
  description: 'A follower holds a position and its stop stands at the venue.',
  data: trade.extend({
    stopLoss: positiveDecimalText,
    takeProfits: z.array(positiveDecimalText),
    unprotectedMs: z
      .int()
      .nonnegative()
      .meta({ description: 'From the first fill to the moment the whole filled quantity was protected' }),
  }),
  example: { ...tradeExample, stopLoss: '19280.4', takeProfits: ['19288', '19289.5'], unprotectedMs: 41 },
})

export const tradeClosed = defineEvent({
  name: 'trade.closed',
  version: 1,
  owner: 'orders',
  description: 'A position is closed, with its profit and loss.',
  data: trade.extend({
    closePrice: positiveDecimalText,
    closedAt: timestamp,
    reason: closeReason,
    realizedPnl: decimalText.meta({ description: 'After fees, in quote currency' }),
    fees: decimalText,
  }),
  example: {
    ...tradeExample,
    sequence: 2,
    closePrice: '19291.1',
    closedAt: '2022-11-06T18:12:16.152Z',
    reason: 'target',
    realizedPnl: '-16.3113',
    fees: '10.3889',
  },
})

export const positionUnprotected = defineEvent({
  name: 'position.unprotected',
  version: 1,
  owner: 'orders',
  description:
    'A stop turned out not to stand, and a part of the position is without one; or no price comes for an exit that we ' +
    'watch for (PRICE_UNKNOWN). Told once for each such time.',
  data: holder.extend({
    heldQuantity: positiveDecimalText,
    unprotectedQuantity: decimalText.meta({ description: 'Of it, what no standing stop covers' }),
    stop: z.string().meta({ description: 'The leg that failed' }),
    reason: z.strictObject({ code: z.string(), message: z.string() }),
    onStopFailure: stopFailurePolicy,
    follows: z.enum(['retry', 'close', 'wait']).meta({
      description:
        '`retry`: the stop is sent again. `close`: the position is closed by market. `wait`: prices are asked for again.',
    }),
    unprotectedSince: timestamp,
    toldAt: timestamp,
  }),
  example: {
    ...holderExample,
    heldQuantity: '0.673',
    unprotectedQuantity: '0.673',
    stop: 'stop-2',
    reason: { code: 'TOO_MANY_ORDERS', message: 'Reach max stop order limit.' },
    onStopFailure: 'alert',
    follows: 'retry',
    unprotectedSince: '2022-11-06T16:54:00.112Z',
    toldAt: '2022-11-06T16:54:00.188Z',
  },
})

export const positionProtected = defineEvent({
  name: 'position.protected',
  version: 1,
  owner: 'orders',
  description: 'After position.unprotected: a stop stands over the whole position again, or prices come again.',
  data: holder.extend({
    unprotectedMs: z.int().nonnegative().meta({ description: 'How long it was without' }),
    toldAt: timestamp,
  }),
  example: { ...holderExample, unprotectedMs: 1_204, toldAt: '2022-11-06T16:54:01.316Z' },
})

export const killSwitchScope = z.enum(['platform', 'strategy', 'source', 'follow', 'account']).meta({
  description: 'source: the alerts of a strategy, named by its id; signals that its owner sends pass.',
})
export const killSwitchMode = z.enum(['exit-only', 'halt', 'flatten']).meta({
  description: 'exit-only: no new entries. halt: resting entries end as well. flatten: positions are closed too.',
})

export const killSwitchCause = z.enum(['command', 'loss-limit', 'rate-anomaly']).meta({
  description:
    'command: somebody engaged it. loss-limit: an account lost more than a setting allows. ' +
    'rate-anomaly: a source sent far more alerts than it usually does.',
})

const switchExample = {
  killSwitchId: '01963a5e-0000-7000-8000-000000000009',
  scope: 'strategy',
  scopeId: '61b79e6d-7e22-4f91-b508-ef5be6a21419',
} as const

export const riskTripped = defineEvent({
  name: 'risk.tripped',
  version: 1,
  owner: 'orders',
  description: 'A kill switch was engaged: entries of its scope are refused from now on; exits always pass.',
  data: z.strictObject({
    killSwitchId: z.uuid(),
    scope: killSwitchScope,
    scopeId: z.uuid().nullable(),
    mode: killSwitchMode,
    cause: killSwitchCause,
    reason: z.string(),
    loss: lossFigures.nullable().meta({ description: 'Of a reached loss limit; null for commands' }),
    trippedAt: timestamp,
    endsAt: timestamp.nullable().meta({ description: 'When it is released by itself; null when only in two steps' }),
  }),
  example: {
    ...switchExample,
    mode: 'flatten',
    cause: 'command',
    reason: 'The alerts of this strategy repeat themselves.',
    loss: null,
    trippedAt: '2022-01-10T12:00:00.000Z',
    endsAt: null,
  },
})

export const riskReleased = defineEvent({
  name: 'risk.released',
  version: 1,
  owner: 'orders',
  description:
    'A kill switch was released, in two steps or by its end: entries of its scope pass again unless another is engaged.',
  data: z.strictObject({
    killSwitchId: z.uuid(),
    scope: killSwitchScope,
    scopeId: z.uuid().nullable(),
    releasedBy: z.uuid().nullable().meta({ description: 'Null when its time had come' }),
    releasedAt: timestamp,
  }),
  example: {
    ...switchExample,
    releasedBy: '01963a5e-0000-7000-8000-00000000000a',
    releasedAt: '2022-01-10T12:30:00.000Z',
  },
})

export const orderEvents = [
  orderPlanned,
  orderSubmit,
  orderCancel,
  tradeOpened,
  tradeClosed,
  positionUnprotected,
  positionProtected,
  riskTripped,
  riskReleased,
] as const
