/**
 * What a strategy, a risk profile and a follow may each say about the size of a trade, its limits and its protection.
 * Called by the contracts of `signals` and by `orders`, which resolves them. Must never hold a default: absent means unsaid.
 */
import { z } from 'zod'
import { decimalText, positiveDecimalText, side, symbol } from './common.ts'

export const sizingModes = [
  'risk-percent',
  'risk-amount',
  'fixed-quantity',
  'fixed-notional',
  'equity-percent',
  'free-percent',
  'proportional',
] as const
export type SizingMode = (typeof sizingModes)[number]

/** What a new entry does while the follow still has a position. */
export const openPositionPolicies = ['refuse', 'reverse', 'replace'] as const
export type OpenPositionPolicy = (typeof openPositionPolicies)[number]

const percentMax = 100
const limitedPercent = positiveDecimalText
  .refine((text) => Number(text) <= percentMax, { error: 'must not be above 100' })
  .meta({ examples: ['5'] })

const sizingRule = z
  .strictObject({
    mode: z.enum(sizingModes).meta({
      description:
        'What the stop may cost, of the balance or as an amount; or a quantity; or a notional in quote currency, as an ' +
        'amount or as a share of equity or of what is free; or proportional: each follower takes its share, by equity, of ' +
        "what the provider's account takes.",
    }),
    value: positiveDecimalText.meta({ description: 'The per cent, amount or quantity that the mode asks for' }),
  })
  .refine(({ mode, value }) => !mode.endsWith('-percent') || Number(value) <= percentMax, {
    error: 'a percentage must not be above 100',
    path: ['value'],
  })

export const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const

const timeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'must be a time such as "09:30"' })
  .meta({ description: 'Hours and minutes', examples: ['09:30'] })

const timeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, { error: 'must be an IANA time zone, such as "Europe/Berlin"' })
  .meta({ description: 'An IANA time zone', examples: ['Europe/Berlin'] })

export const tradingWindow = z.strictObject({
  timeZone,
  days: z.array(z.enum(weekdays)).min(1).max(weekdays.length).meta({ description: 'On which it begins' }),
  from: timeOfDay.meta({ description: 'When it begins, in its time zone' }),
  to: timeOfDay.meta({ description: "Not included; not after `from` means the next day's" }),
})

/** When a day begins: weeks begin with Monday's, months with that of the first. */
const tradingDay = z.strictObject({
  timeZone,
  from: timeOfDay.meta({ description: 'When it begins, in its time zone' }),
})

export const lossPeriods = ['day', 'week', 'month', 'lifetime'] as const
export type LossPeriod = (typeof lossPeriods)[number]
export const lossActions = ['refuse', 'flatten'] as const

/** Against the account's equity at the period's start, open profit and loss included. */
const lossLimits = z
  .strictObject({
    dayPercent: limitedPercent.meta({ description: 'Per cent of the equity at the beginning of the day' }),
    dayAmount: positiveDecimalText.meta({ description: "In the account's currency" }),
    weekPercent: limitedPercent.meta({
      description: 'Per cent of the equity at the beginning of the week, which is Monday',
    }),
    weekAmount: positiveDecimalText.meta({ description: "In the account's currency" }),
    monthPercent: limitedPercent.meta({ description: 'Per cent of the equity at the beginning of the month' }),
    monthAmount: positiveDecimalText.meta({ description: "In the account's currency" }),
    lifetimePercent: limitedPercent.meta({ description: 'Counted from the first equity told while the limit stands' }),
    lifetimeAmount: positiveDecimalText.meta({
      description: "In the account's currency, counted as its percentage is",
    }),
    action: z.enum(lossActions).meta({
      description:
        'What happens then: no new entries, or also the close of what the follow holds. Unsaid means `refuse`.',
    }),
  })
  .partial()
  .refine(({ action: _, ...limits }) => Object.keys(limits).length > 0, { error: 'must name at least one limit' })
  .meta({ examples: [{ dayPercent: '5', weekAmount: '1000', action: 'flatten' }] })

const symbolsMax = 200

const offsetPercentMax = 10

export const stopFailurePolicy = z.enum(['flatten', 'retry-then-flatten', 'alert']).meta({
  description:
    'What follows when a stop cannot stand. flatten: the position is closed by market at once. retry-then-flatten: the ' +
    'stop is sent once more first. alert: the position stays, the stop is sent again at growing intervals.',
})
export type StopFailurePolicy = z.output<typeof stopFailurePolicy>

/** What becomes of a position when the subscription to its strategy is over for good. */
export const subscriptionEndPolicies = ['keep', 'close'] as const
export type SubscriptionEndPolicy = (typeof subscriptionEndPolicies)[number]

export const tradeSettings = z
  .strictObject({
    sizing: sizingRule,
    multiplier: positiveDecimalText.meta({ description: 'Scales what the sizing rule asks for', examples: ['1.5'] }),
    roundUpPercentMax: limitedPercent.meta({
      description:
        'Quantities are rounded down, unless the nearest step is above what is asked for by so many per cent at most',
    }),
    convertBalance: z.boolean().meta({
      description:
        "Whether the venue takes the account's currency as margin for symbols that are quoted in another: then the " +
        "balance counts at the venue's rate. Unsaid, or on a spot account, such symbols are refused.",
    }),
    maxQuantity: positiveDecimalText.meta({
      description: "The most that one entry may trade, in the venue's unit; more is made smaller",
    }),
    maxNotional: positiveDecimalText.meta({
      description: 'The most that one entry may be worth, in quote currency; more is made smaller',
    }),
    maxLeverage: z.int().min(1).max(125).meta({ description: 'A follow with more leverage gets no entries' }),
    maxRiskPercent: limitedPercent.meta({
      description: 'Per cent of the balance that the stop of one trade may cost; more is refused, not made smaller',
    }),
    maxPositions: z
      .int()
      .min(1)
      .max(1_000)
      .meta({ description: 'Positions and entries under way that the account may hold before this one' }),
    maxExposure: positiveDecimalText.meta({
      description:
        'Notional of all positions and entries under way that the account may hold with this one, in quote currency',
    }),
    maxExposurePercent: positiveDecimalText.meta({
      description: 'As maxExposure, in per cent of the equity; above 100 with leverage',
      examples: ['300'],
    }),
    coolingOffMinutes: z
      .int()
      .min(1)
      .max(43_200)
      .meta({ description: 'How long after a losing trade of the follow no entry is made' }),
    sides: z.array(side).min(1).max(2).meta({ description: 'Entries of another side are refused' }),
    symbols: z.array(symbol).min(1).max(symbolsMax).meta({ description: 'Entries in another symbol are refused' }),
    tradingWindow: tradingWindow.meta({ description: 'Entries outside of it are refused; exits always go' }),
    onOpenPosition: z.enum(openPositionPolicies).meta({
      description:
        'A signal while the follow has a position. refuse: it stays, the signal is refused. reverse: a signal of the other ' +
        'side closes it first and enters once the close is proven; one of its own side is refused. replace: so does a ' +
        'signal of either side. Unsaid, it is reverse.',
    }),
    moveStopToEntryAfterTarget: z.int().min(0).max(4).meta({
      description:
        'Once this target is filled, counted from the nearest, the stop moves to the entry price; 0 for never',
    }),
    moveStopOffsetPercent: decimalText
      .refine((text) => Number(text) >= 0 && Number(text) <= offsetPercentMax, { error: 'must be from 0 to 10' })
      .meta({
        description:
          'How far beyond the entry price, on the side of profit, the stop then stands, in per cent: it covers fees',
        examples: ['0.1'],
      }),
    onStopFailure: stopFailurePolicy,
    onSubscriptionEnd: z.enum(subscriptionEndPolicies).meta({
      description:
        'What becomes of a position when the subscription to a strategy that costs something is over for good. keep: its ' +
        'stop and targets end it. close: it is closed by market at that moment. Unsaid, it is kept.',
    }),
    lossLimits,
    tradingDay: tradingDay.meta({ description: 'Of the loss limits; unsaid means midnight UTC' }),
  })
  .partial()
  .meta({
    id: 'TradeSettings',
    examples: [{ sizing: { mode: 'risk-percent', value: '1.5' }, maxNotional: '25000', maxPositions: 3 }],
  })
/** What has settings besides strategies, risk profiles and follows: everyone, and one account. */
export const settingsScope = z.enum(['platform', 'account'])
export type SettingsScope = z.output<typeof settingsScope>
export type TradeSettings = z.output<typeof tradeSettings>
export type TradingWindow = z.output<typeof tradingWindow>
export type TradingDay = z.output<typeof tradingDay>
export type LossLimits = z.output<typeof lossLimits>
export type LossAction = (typeof lossActions)[number]

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
