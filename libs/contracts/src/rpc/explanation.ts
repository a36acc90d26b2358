/**
 * The whole story of a bracket, which `orders` tells. Called by the gateway and the launcher.
 * Must never show one user's story to another.
 */
import { z } from 'zod'
import { caller } from '../caller.ts'
import { decimalText, timestamp } from '../common.ts'
import { defineRpc } from '../define-rpc.ts'
import { stopFailurePolicy } from '../trade-settings.ts'
import { bracket } from './orders.ts'

const setting = z.strictObject({
  name: z.string().meta({ description: 'Of the setting' }),
  value: z.string().nullable().meta({ description: 'Null where nothing is said' }),
  source: z
    .string()
    .meta({ description: 'Who said it: the platform, the strategy, the risk profile, the follow or the account' }),
})
const check = z.strictObject({
  code: z.string().meta({ description: 'The refusal that it may lead to' }),
  outcome: z.enum(['passed', 'denied', 'not-reached']).meta({ description: 'not-reached: one before it refused' }),
})
const cap = z.strictObject({
  cap: z.string().meta({ description: 'What limits the quantity' }),
  quantity: decimalText.nullable().meta({ description: 'The most that it alone allows; null where it limits nothing' }),
  bound: z.boolean().meta({ description: 'Whether it decided' }),
})

export const explanation = z
  .strictObject({
    bracket,
    signal: z.record(z.string(), z.unknown()).meta({ description: 'The signal as it was accepted' }),
    strategy: z
      .strictObject({
        id: z.uuid(),
        name: z.string().nullable().meta({ description: 'Null where it was never heard of' }),
      })
      .meta({ description: 'As it was called then' }),
    settings: z
      .array(setting)
      .meta({ description: 'Each setting of the follower that was used, and where it came from' }),
    instrument: z
      .record(z.string(), z.unknown())
      .nullable()
      .meta({ description: 'Steps and minimums of the symbol, as they were used' }),
    prices: z
      .record(z.string(), z.unknown())
      .nullable()
      .meta({ description: "The signal's prices as rounded for the venue, with what was changed" }),
    balance: z
      .strictObject({
        currency: z.string().meta({ description: 'Of the amounts' }),
        total: decimalText.meta({ description: 'What the account holds' }),
        free: decimalText.meta({ description: 'What may be used as margin' }),
        equity: decimalText.meta({ description: 'With the profit and loss of open positions' }),
        reserved: decimalText.meta({ description: 'Margin of orders that this balance did not know of yet' }),
        lostSince: decimalText.meta({
          description:
            'Losses of trades that ended after the venue told the balance; taken off the three amounts above',
        }),
        observedAt: timestamp.meta({ description: 'When the venue told it' }),
        ageMs: z.int().meta({ description: 'How old it was when it was used, in milliseconds' }),
      })
      .nullable()
      .meta({ description: 'As it was used for sizing; null where none was known' }),
    checks: z.array(check).meta({ description: 'In their order; the first that fails is the refusal' }),
    sizing: z
      .strictObject({
        caps: z.array(cap).meta({ description: 'What limited the quantity, and which one decided' }),
        bound: z.string().meta({ description: 'The cap that decided' }),
        minimumQuantity: decimalText.meta({ description: 'The least that the venue takes' }),
        quantity: decimalText.meta({ description: 'What was decided; 0 when it was denied' }),
        notional: decimalText.meta({ description: 'Its worth at the entry price, in quote currency' }),
        atRisk: decimalText.meta({ description: 'What is lost, before fees, if the stop is hit at its price' }),
        steps: z.array(z.string()).meta({ description: 'The calculation in sentences' }),
      })
      .nullable()
      .meta({ description: 'How the quantity was found; null where a check refused before' }),
    targets: z
      .array(
        z.strictObject({
          target: z.int().meta({ description: 'Counted from the nearest, from 1 on' }),
          price: decimalText,
          quantity: decimalText,
        }),
      )
      .meta({ description: 'How the quantity was split over them' }),
    mergedTargets: z
      .array(z.tuple([z.int(), z.int()]))
      .meta({ description: 'Targets that were merged because their part was too small: [from, into]' }),
    protection: z
      .strictObject({
        onStopFailure: stopFailurePolicy,
        moveStopToEntryAfterTarget: z
          .int()
          .nullable()
          .meta({ description: 'The target after which the stop moves to the entry; null for none' }),
        steps: z.array(z.string()).meta({ description: 'What happened with each stop, in sentences' }),
      })
      .nullable()
      .meta({ description: 'How the position was kept under its stop; null when there was none to keep' }),
    slippage: z
      .strictObject({
        signalPrice: decimalText.meta({ description: 'What the signal named' }),
        openPrice: decimalText.meta({ description: 'What the entry was filled at, on average' }),
        percent: decimalText.meta({
          description: "How much worse than the signal's price, in per cent; negative when better",
        }),
      })
      .nullable()
      .meta({ description: 'How far the fill was from the signal; null before the entry is filled' }),
    fees: z
      .array(
        z.strictObject({
          leg: z.string().meta({ description: 'As the bracket names it' }),
          fee: decimalText,
          currency: z.string().meta({ description: 'Of the fee' }),
        }),
      )
      .meta({ description: 'Leg by leg' }),
    timings: z.strictObject({
      signalReceivedAt: timestamp.meta({ description: 'When the alert came' }),
      plannedAt: timestamp.meta({ description: 'When it was decided' }),
      signalToPlanMs: z.int().meta({ description: 'From the alert to the decision' }),
      planToSentMs: z.int().nullable().meta({ description: 'From the decision until the entry left for the venue' }),
      sentToAnswerMs: z.int().nullable().meta({ description: "From there to the venue's answer" }),
      signalToFillMs: z.int().nullable().meta({ description: 'From the alert to the latest fill of the entry' }),
      unprotectedMs: z.int().meta({ description: 'Time that something was held without a stop' }),
    }),
    timeline: z
      .array(
        z.strictObject({
          at: timestamp.meta({ description: 'When' }),
          what: z.string().meta({ description: 'In a sentence' }),
        }),
      )
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
