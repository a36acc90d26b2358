/**
 * Questions and commands that `orders` answers: brackets with their legs, the explain trace, positions, closing.
 * Called by the gateway and the launcher's demo. Must never show one user's orders to another.
 */
import { z } from 'zod'
import { decimalText, pageOf, pageQuery, positiveDecimalText, side, symbol, timestamp, venue } from '../common.ts'
import { defineRpc } from '../define-rpc.ts'
import { denialReply } from '../denials/all.ts'
import { caller } from '../caller.ts'
import { closeReason, orderPurpose, orderType } from '../events/orders.ts'

export const bracketState = z
  .enum(['denied', 'waiting', 'planned', 'entering', 'open', 'protected', 'closing', 'closed', 'failed'])
  .meta({
    description:
      'denied: refused by a check. waiting: its turn comes when another position is proven gone. planned: the entry is on its way. entering: the venue has it. open: held, stop not ' +
      'yet standing. protected: held under a stop. closing: being taken off. closed: ended. failed: the entry came to nothing.',
  })

export const legState = z
  .enum(['watching', 'submitted', 'working', 'unknown', 'filled', 'rejected', 'cancelled'])
  .meta({ description: 'watching: the venue has no order yet, we watch the price for it.' })
const reason = z.strictObject({
  code: z.string().meta({ description: 'Stable code' }),
  message: z.string().meta({ description: 'In words; of a refusal by the venue, its own' }),
})

export const orderLeg = z
  .strictObject({
    intentId: z.uuid().meta({ description: 'Our id of the order; the venue knows it as clientOrderId' }),
    leg: z.string().meta({ description: 'Its name within the bracket: entry, stop-1, target-2, close-1' }),
    purpose: orderPurpose,
    side: side.meta({ description: 'Of the order: exits have the other side than the entry' }),
    type: orderType,
    execution: z
      .enum(['native', 'emulated'])
      .meta({ description: 'Whether the venue keeps the order itself or we watch the price for it' }),
    watch: z
      .strictObject({
        since: timestamp.meta({ description: 'When we began to watch' }),
        firedAt: timestamp.nullable().meta({ description: 'When its price had come and it was sent' }),
        firedPrice: positiveDecimalText.nullable().meta({ description: 'The price that was seen then' }),
        bestPrice: positiveDecimalText
          .nullable()
          .meta({ description: 'The best price since it began to trail, when it was sent' }),
        blindSince: timestamp.nullable().meta({ description: 'Since when no price has come; null while prices come' }),
      })
      .nullable()
      .meta({ description: 'Of an emulated order: since when we watch, and the price at which it was sent' }),
    quantity: decimalText.meta({ description: "In the venue's unit: coins, contracts or lots" }),
    price: decimalText.nullable().meta({ description: 'Of its limit; null without one' }),
    triggerPrice: decimalText.nullable().meta({ description: 'At which it becomes active; null where it is at once' }),
    callbackRatePercent: decimalText
      .nullable()
      .meta({ description: 'Distance that a trailing stop keeps behind the best price, in per cent' }),
    state: legState,
    filledQuantity: decimalText.meta({ description: 'Of the quantity, what is filled' }),
    averagePrice: decimalText.nullable().meta({ description: 'Of what is filled' }),
    fee: decimalText.meta({ description: 'Of all its fills' }),
    feeCurrency: z.string().nullable().meta({ description: 'Null while the venue has not told the fee' }),
    venueOrderId: z.string().nullable().meta({ description: "The venue's id; null before it has answered" }),
    clientOrderId: z.string().nullable().meta({ description: 'Our id as the venue knows it; null before it was sent' }),
    reason: reason.nullable().meta({ description: 'Why it came to nothing, or to less than was asked for' }),
    cancelRequested: z.boolean().meta({ description: 'Its end was asked for' }),
    submittedAt: timestamp.meta({ description: 'When it was decided' }),
    sentAt: timestamp.nullable().meta({ description: 'When it left for the venue' }),
    acceptedAt: timestamp.nullable().meta({ description: 'When the venue took it' }),
    filledAt: timestamp
      .nullable()
      .meta({ description: 'When its latest fill was executed, by the venue’s word; else when it was heard of' }),
    fillObservedAt: timestamp.nullable().meta({ description: 'When its latest fill was heard of' }),
    observedAt: timestamp.nullable().meta({ description: 'When its state was heard of last' }),
  })
  .meta({ id: 'OrderLeg' })

const bracketFields = {
  id: z.uuid(),
  signalId: z.uuid(),
  strategyId: z.uuid(),
  followId: z.uuid(),
  accountId: z.uuid(),
  userId: z.uuid(),
  venue,
  symbol,
  side: side.meta({ description: 'Of the entry: buy is long, sell is short' }),
  state: bracketState,
  quantity: decimalText.nullable().meta({ description: "As approved, in the venue's unit; null when denied" }),
  leverage: z.int().nullable().meta({ description: 'With which the entry was sent; null leaves what the account has' }),
  filledQuantity: decimalText.meta({ description: 'Of the entry' }),
  closedQuantity: decimalText.meta({
    description: 'What our exits have taken of it; not what was closed without them',
  }),
  openPrice: decimalText.nullable().meta({ description: 'On average; null before the first fill' }),
  closePrice: decimalText.nullable().meta({ description: 'On average; null until closed' }),
  realizedPnl: decimalText.nullable().meta({ description: 'After fees, in quote currency; null until closed' }),
  fees: decimalText.nullable().meta({
    description:
      "Of entry and exits, in quote currency; those paid in another coin, such as the venue's own, are not counted. Null until closed.",
  }),
  closeReason: closeReason.nullable().meta({ description: 'What ended the position; null until closed' }),
  denial: denialReply.nullable().meta({ description: 'Which check refused it, with what to do about it' }),
  failure: reason.nullable().meta({ description: 'Why the entry came to nothing' }),
  unprotectedMs: z
    .int()
    .nonnegative()
    .meta({ description: 'Time that something was held without a stop, in milliseconds' }),
  createdAt: timestamp.meta({ description: 'When it was planned' }),
  openedAt: timestamp
    .nullable()
    .meta({ description: 'When the entry had ended and what it filled was protected, or gone again' }),
  closedAt: timestamp.nullable().meta({ description: 'When the last of it was closed; told once its fees are known' }),
}

export const bracket = z
  .strictObject({
    ...bracketFields,
    legs: z.array(orderLeg).meta({ description: 'Entry first, in the order in which they were decided' }),
  })
  .meta({ id: 'Bracket' })
export type BracketReply = z.output<typeof bracket>

export const listBrackets = defineRpc({
  name: 'orders.brackets.list',
  description: 'Brackets with their legs, newest first.',
  request: z.strictObject({
    caller,
    page: pageQuery,
    strategyId: z.uuid().optional().meta({ description: 'Of this strategy' }),
    followId: z.uuid().optional().meta({ description: 'Of this follow' }),
    accountId: z.uuid().optional().meta({ description: 'On this account' }),
    signalId: z.uuid().optional().meta({ description: 'Of this signal' }),
    state: bracketState.optional().meta({ description: 'In this state' }),
  }),
  reply: pageOf(bracket),
})

export const getBracket = defineRpc({
  name: 'orders.brackets.get',
  description: 'One bracket with its legs.',
  request: z.strictObject({ caller, bracketId: z.uuid() }),
  reply: bracket,
})

export const endedOrdersMax = 500

export const listEndedOrders = defineRpc({
  name: 'orders.orders.ended',
  description: 'Orders of an account in a symbol that ended, newest first; not those that the venue never took.',
  request: z.strictObject({ caller, accountId: z.uuid(), symbol }),
  reply: z.strictObject({ items: z.array(orderLeg) }),
})

export const signalsPerCallMax = 200
export const bracketsPerSignalMax = 200

export const listSignalBrackets = defineRpc({
  name: 'orders.brackets.of-signals',
  description: 'What became of signals, bracket by bracket: up to 200 of each signal.',
  request: z.strictObject({ caller, signalIds: z.array(z.uuid()).max(signalsPerCallMax) }),
  reply: z.strictObject({
    items: z.array(
      z.strictObject({
        id: z.uuid(),
        signalId: z.uuid(),
        active: z.boolean().meta({ description: 'More may happen to it' }),
        changedAt: timestamp,
      }),
    ),
  }),
})

export const refusedSignal = z
  .strictObject({
    id: z.uuid(),
    strategyId: z.uuid(),
    strategyName: z.string().nullable().meta({ description: 'Null where the strategy was never heard of' }),
    venue,
    symbol,
    side: side.meta({ description: 'Of the entry: buy is long, sell is short' }),
    receivedAt: timestamp.meta({ description: 'When the signal came' }),
    refusedAt: timestamp.meta({ description: 'When it was looked at' }),
    denial: denialReply.meta({ description: 'Why nobody got an order of it' }),
  })
  .meta({ id: 'RefusedSignal' })
export type RefusedSignalReply = z.output<typeof refusedSignal>

export const listRefusedSignals = defineRpc({
  name: 'orders.signals.refused',
  description: 'Signals that were refused for everyone, newest first: of strategies that the caller offers or follows.',
  request: z.strictObject({
    caller,
    page: pageQuery,
    strategyId: z.uuid().optional().meta({ description: 'Of this strategy' }),
    signalId: z.uuid().optional().meta({ description: 'Of this signal' }),
  }),
  reply: pageOf(refusedSignal),
})

export const position = z
  .strictObject({
    bracketId: z.uuid(),
    strategyId: z.uuid(),
    followId: z.uuid(),
    accountId: z.uuid(),
    userId: z.uuid(),
    venue,
    symbol,
    side: side.meta({ description: 'buy is long, sell is short' }),
    state: bracketState,
    quantity: decimalText.meta({ description: 'What is held now' }),
    openPrice: decimalText.meta({ description: 'On average' }),
    stopPrice: positiveDecimalText.meta({ description: "Where the stop stands; the signal's own while none does" }),
    protectedQuantity: decimalText.meta({ description: 'Of the quantity, what a standing stop covers' }),
    openedAt: timestamp.nullable().meta({ description: 'Of its first fill' }),
  })
  .meta({ id: 'Position' })
export type PositionReply = z.output<typeof position>

export const listPositions = defineRpc({
  name: 'orders.positions.list',
  description: 'What is held now, newest first.',
  request: z.strictObject({
    caller,
    page: pageQuery,
    accountId: z.uuid().optional().meta({ description: 'On this account' }),
    strategyId: z.uuid().optional().meta({ description: 'Of this strategy' }),
  }),
  reply: pageOf(position),
})

const closing = z.strictObject({
  closing: z.int().nonnegative().meta({
    description: 'How many brackets are being closed by this call; those that were closing already are not counted',
  }),
})

export const closeStrategy = defineRpc({
  name: 'orders.strategy.close',
  description:
    'Closes all open brackets of a strategy, but what followers kept who left it: entries end, positions go by market.',
  request: z.strictObject({ caller, strategyId: z.uuid() }),
  reply: closing,
  deadlineMs: 30_000,
})

export const closeFollow = defineRpc({
  name: 'orders.follow.close',
  description: 'Closes the open bracket of a follow.',
  request: z.strictObject({ caller, followId: z.uuid() }),
  reply: closing,
})

export const waysToLeave = z.enum(['keep', 'close_gracefully_by_position', 'close_gracefully_by_symbol', 'close_now'])

export const leaveFollow = defineRpc({
  name: 'orders.follow.leave',
  description: 'Says what becomes of what a follow holds whose user leaves the strategy.',
  /** By `revision` of it the follow was paused: `orders` may not have heard of that yet. */
  request: z.strictObject({ caller, followId: z.uuid(), positions: waysToLeave, revision: z.int() }),
  reply: closing,
})

const counts = z.record(z.string(), z.int().nonnegative())

export const overviewItem = z
  .strictObject({
    strategyId: z.uuid(),
    signalId: z.uuid().nullable().meta({ description: 'Null when the counts are of all signals of the strategy' }),
    brackets: z.int().nonnegative().meta({ description: 'Followers for whom its signals were decided' }),
    byState: counts.meta({ description: 'How many brackets are in each state' }),
    byDenial: counts.meta({ description: 'How many were refused, by code' }),
    byFailure: counts.meta({ description: 'How many entries came to nothing, by code' }),
    intents: z.int().nonnegative().meta({ description: 'Orders of any purpose that were sent to brokers' }),
    legsByState: counts.meta({ description: 'How many of those orders are in each state' }),
    realizedPnl: decimalText.meta({ description: 'After fees, in quote currency' }),
    fees: decimalText.meta({ description: 'In quote currency' }),
    unprotectedMs: z
      .strictObject({
        p50: z.int().meta({ description: 'Half of them were without a stop for no longer, in milliseconds' }),
        p99: z.int().meta({ description: '99 of a hundred' }),
        max: z.int().meta({ description: 'The longest' }),
      })
      .meta({ description: 'Over the brackets that held something' }),
  })
  .meta({ id: 'OrdersOverview' })
export type OverviewReply = z.output<typeof overviewItem>

export const overview = defineRpc({
  name: 'orders.overview',
  description: 'Counts by state and refusal code, per strategy or per signal.',
  request: z.strictObject({
    caller,
    strategyId: z.uuid().optional().meta({ description: 'Of this strategy' }),
    signalId: z.uuid().optional().meta({ description: 'Of this signal' }),
    perSignal: z
      .boolean()
      .default(false)
      .meta({ description: 'One item for each signal instead of one for each strategy' }),
  }),
  reply: z.strictObject({ items: z.array(overviewItem) }),
})
