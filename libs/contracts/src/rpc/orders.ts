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
import { stopFailurePolicy } from '../trade-settings.ts'

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
const reason = z.strictObject({ code: z.string(), message: z.string() })

export const orderLeg = z
  .strictObject({
    intentId: z.uuid().meta({ description: 'Our id of the order; the venue knows it as clientOrderId' }),
    leg: z.string(),
    purpose: orderPurpose,
    side,
    type: orderType,
    execution: z
      .enum(['native', 'emulated'])
      .meta({ description: 'Whether the venue keeps the order itself or we watch the price for it' }),
    watch: z
      .strictObject({
        since: timestamp,
        firedAt: timestamp.nullable(),
        firedPrice: positiveDecimalText.nullable(),
        /** The best price since it began to trail, when it was sent. */
        bestPrice: positiveDecimalText.nullable(),
        /** Since when no price has come; null while prices come. */
        blindSince: timestamp.nullable(),
      })
      .nullable()
      .meta({ description: 'Of an emulated order: since when we watch, and the price at which it was sent' }),
    quantity: decimalText,
    price: decimalText.nullable(),
    triggerPrice: decimalText.nullable(),
    callbackRatePercent: decimalText.nullable(),
    state: legState,
    filledQuantity: decimalText,
    averagePrice: decimalText.nullable(),
    fee: decimalText,
    feeCurrency: z.string().nullable(),
    venueOrderId: z.string().nullable(),
    clientOrderId: z.string().nullable(),
    reason: reason.nullable(),
    cancelRequested: z.boolean(),
    submittedAt: timestamp,
    sentAt: timestamp.nullable(),
    acceptedAt: timestamp.nullable(),
    filledAt: timestamp.nullable(),
    observedAt: timestamp.nullable(),
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
  side,
  state: bracketState,
  quantity: decimalText.nullable().meta({ description: 'As approved; null when denied' }),
  leverage: z.int().nullable(),
  filledQuantity: decimalText,
  closedQuantity: decimalText,
  openPrice: decimalText.nullable(),
  closePrice: decimalText.nullable(),
  realizedPnl: decimalText.nullable().meta({ description: 'After fees, in quote currency; null until closed' }),
  fees: decimalText.nullable(),
  closeReason: closeReason.nullable(),
  denial: denialReply.nullable(),
  failure: reason.nullable().meta({ description: 'Why the entry came to nothing' }),
  unprotectedMs: z
    .int()
    .nonnegative()
    .meta({ description: 'Time that something was held without a stop, in milliseconds' }),
  createdAt: timestamp,
  openedAt: timestamp.nullable(),
  closedAt: timestamp.nullable(),
}

export const bracket = z.strictObject({ ...bracketFields, legs: z.array(orderLeg) }).meta({ id: 'Bracket' })
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
    strategyName: z.string().nullable(),
    venue,
    symbol,
    side,
    receivedAt: timestamp,
    refusedAt: timestamp,
    denial: denialReply,
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

const setting = z.strictObject({ name: z.string(), value: z.string().nullable(), source: z.string() })
const check = z.strictObject({ code: z.string(), outcome: z.enum(['passed', 'denied', 'not-reached']) })
const cap = z.strictObject({ cap: z.string(), quantity: decimalText.nullable(), bound: z.boolean() })

export const explanation = z
  .strictObject({
    bracket,
    signal: z.record(z.string(), z.unknown()).meta({ description: 'The signal as it was accepted' }),
    strategy: z.strictObject({ id: z.uuid(), name: z.string().nullable() }),
    settings: z
      .array(setting)
      .meta({ description: 'Each setting of the follower that was used, and where it came from' }),
    instrument: z.record(z.string(), z.unknown()).nullable(),
    prices: z
      .record(z.string(), z.unknown())
      .nullable()
      .meta({ description: "The signal's prices as rounded for the venue, with what was changed" }),
    balance: z
      .strictObject({
        currency: z.string(),
        total: decimalText,
        free: decimalText,
        equity: decimalText,
        reserved: decimalText.meta({ description: 'Margin of orders that this balance did not know of yet' }),
        lostSince: decimalText.meta({
          description:
            'Losses of trades that ended after the venue told the balance; taken off the three amounts above',
        }),
        observedAt: timestamp,
        ageMs: z.int(),
      })
      .nullable(),
    checks: z.array(check),
    sizing: z
      .strictObject({
        caps: z.array(cap),
        bound: z.string(),
        minimumQuantity: decimalText,
        quantity: decimalText,
        notional: decimalText,
        atRisk: decimalText.meta({ description: 'What is lost, before fees, if the stop is hit at its price' }),
        steps: z.array(z.string()).meta({ description: 'The calculation in sentences' }),
      })
      .nullable(),
    targets: z.array(z.strictObject({ target: z.int(), price: decimalText, quantity: decimalText })),
    mergedTargets: z
      .array(z.tuple([z.int(), z.int()]))
      .meta({ description: 'Targets that were merged because their part was too small: [from, into]' }),
    protection: z
      .strictObject({
        onStopFailure: stopFailurePolicy,
        moveStopToEntryAfterTarget: z.int().nullable(),
        /** What happened with each stop, in sentences. */
        steps: z.array(z.string()),
      })
      .nullable()
      .meta({ description: 'How the position was kept under its stop; null when there was none to keep' }),
    slippage: z
      .strictObject({
        signalPrice: decimalText,
        openPrice: decimalText,
        percent: decimalText.meta({
          description: "How much worse than the signal's price, in per cent; negative when better",
        }),
      })
      .nullable(),
    fees: z.array(z.strictObject({ leg: z.string(), fee: decimalText, currency: z.string() })),
    timings: z.strictObject({
      signalReceivedAt: timestamp,
      plannedAt: timestamp,
      signalToPlanMs: z.int(),
      planToSentMs: z.int().nullable(),
      sentToAnswerMs: z.int().nullable(),
      signalToFillMs: z.int().nullable(),
      unprotectedMs: z.int(),
    }),
    timeline: z
      .array(z.strictObject({ at: timestamp, what: z.string() }))
      .meta({ description: 'What happened, in order' }),
  })
  .meta({ id: 'Explanation' })
export type ExplanationReply = z.output<typeof explanation>

export const explainBracket = defineRpc({
  name: 'orders.brackets.explain',
  description: 'The whole story of one bracket: signal, settings, sizing, checks, legs, fills, slippage, timings.',
  request: z.strictObject({ caller, bracketId: z.uuid() }),
  reply: explanation,
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
    side,
    state: bracketState,
    quantity: decimalText.meta({ description: 'What is held now' }),
    openPrice: decimalText,
    stopPrice: positiveDecimalText.meta({ description: "Where the stop stands; the signal's own while none does" }),
    protectedQuantity: decimalText.meta({ description: 'Of the quantity, what a standing stop covers' }),
    openedAt: timestamp.nullable(),
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
    brackets: z.int().nonnegative(),
    byState: counts,
    byDenial: counts,
    byFailure: counts,
    intents: z.int().nonnegative().meta({ description: 'Orders of any purpose that were sent to brokers' }),
    legsByState: counts,
    realizedPnl: decimalText,
    fees: decimalText,
    unprotectedMs: z
      .strictObject({ p50: z.int(), p99: z.int(), max: z.int() })
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
