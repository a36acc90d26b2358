/**
 * One sizing in sentences: what was asked for, what each cap allowed and who set it, and which one decided. Pure.
 * Called by the explanation. Must never name a number without saying where it comes from.
 */
import type { BracketReply } from '@tradewire/contracts/rpc/orders'
import { decimal, maximum, ZERO } from '@tradewire/kernel/decimal'
import type { PlanningTrace } from './planning-trace.ts'
import type { SizingTrace } from '../sizing/sizing.ts'

/** What is stored beside the sizing; JSON as it lies in the database. */
export interface SizedStory {
  readonly bracket: Pick<BracketReply, 'denial'>
  readonly trace: Pick<PlanningTrace, 'settings' | 'balance' | 'unused'>
  readonly instrument: Readonly<Record<string, unknown>> | null
  readonly prices: Readonly<Record<string, unknown>> | null
  /** Where the signal's stop stands. */
  readonly stop: string | null
  /** As the installation is set now. */
  readonly entryCostPercent: string
}

interface Words {
  readonly quote: string
  /** What quantities are counted in: the base currency itself, or lots of it. */
  readonly unit: string
  readonly entry: string
  readonly stop: string
  /** Of the venue, with what the follower lets it be rounded up by. */
  readonly steps: string
  /** Who said so, in parentheses or as an owner; empty when nobody did. */
  readonly by: (setting: string) => string
  readonly of: (setting: string) => string
}

export function sizingStory(sizing: SizingTrace, story: SizedStory): string[] {
  const words = wordsOf(story)
  const { quote, unit, by } = words
  return [
    ...lotLines(story),
    ...balanceLines(story, sizing, quote),
    ...askedLines(sizing, words),
    leverageLine(sizing, story, words),
    `Free ${sizing.free} ${quote}, of which ${sizing.reserved} is taken by orders just planned, allows ${sizing.caps.balance} ${unit} ` +
      `when ${story.entryCostPercent} % of the notional is kept for the costs of the entry (ORDERS_ENTRY_COST_PERCENT).`,
    ...(sizing.maxNotional === null
      ? []
      : [`The limit of ${sizing.maxNotional} ${quote}${by('maxNotional')} allows ${sizing.caps.notional} ${unit}.`]),
    ...(sizing.maxQuantity === null
      ? []
      : [`The limit of ${sizing.maxQuantity} ${unit}${by('maxQuantity')} allows ${sizing.caps.quantity} ${unit}.`]),
    `The venue takes from ${sizing.minimum} to ${sizing.caps.venue} ${unit} in an order.`,
    sizing.quantity === '0' ? deniedLine(sizing, story, words) : decidedLine(sizing, words),
  ]
}

/** With what was asked for, where something else has made the order smaller. */
function decidedLine(sizing: SizingTrace, words: Words): string {
  const { bound, caps, quantity, notional, atRisk } = sizing
  const { unit, quote } = words
  const asked =
    bound === 'risk' || bound === 'size' ? '' : ` instead of the ${caps.risk ?? caps.size} that was asked for`
  return `${deciderOf(sizing, words)} decides: ${quantity} ${unit}${asked}, for ${notional} ${quote}; the stop would cost ${atRisk} ${quote}.`
}

function deciderOf(
  { bound, maxNotional, maxQuantity }: SizingTrace,
  { unit, quote }: Pick<Words, 'unit' | 'quote'>,
): string {
  switch (bound) {
    case 'risk':
      return 'What may be lost'
    case 'size':
      return 'What is asked for'
    case 'leverage':
      return 'The leverage'
    case 'balance':
      return 'What is free'
    case 'notional':
      return `The limit of ${maxNotional} ${quote}`
    case 'quantity':
      return `The limit of ${maxQuantity} ${unit}`
    case 'venue':
      return "The venue's maximum"
  }
}

function wordsOf({ trace, instrument, prices, stop }: SizedStory): Words {
  const sayer = (setting: string) => trace.settings.find(([name]) => name === setting)?.[2]
  const by = (setting: string): string => (sayer(setting) === undefined ? '' : ` (${sayer(setting)})`)
  const of = (setting: string): string => (sayer(setting) === undefined ? '' : ` of the ${sayer(setting)}`)
  const up = trace.settings.find(([name]) => name === 'roundUpPercentMax')
  const rounded = up === undefined ? '' : `, the nearest if that is ${up[1]} % more at most${by('roundUpPercentMax')}`
  return {
    quote: wordOf(instrument?.['quote']),
    unit: lotOf(instrument) === null ? wordOf(instrument?.['base']) : 'lots',
    entry: wordOf(prices?.['entry']),
    stop: stop ?? '',
    steps: `in whole steps of ${wordOf(instrument?.['quantityStep'])}${rounded}`,
    by,
    of,
  }
}

/** How much of the base currency one of the venue's quantities is; null where that is one. */
function lotOf(instrument: SizedStory['instrument']): string | null {
  const size = wordOf(instrument?.['contractSize'])
  return ['', '1'].includes(size) ? null : size
}

function lotLines({ instrument }: SizedStory): string[] {
  const lot = lotOf(instrument)
  return lot === null ? [] : [`One lot is ${lot} ${wordOf(instrument?.['base'])}.`]
}

/** What was done to the balance before anything was sized by it. */
function balanceLines({ trace }: SizedStory, { conversion, ...sizing }: SizingTrace, quote: string): string[] {
  const { balance, unused } = trace
  const lines: string[] = []
  const { lostSince = '0', currency = quote } = balance ?? {}
  if (lostSince !== '0') {
    lines.push(`Trades that ended since the venue told the balance lost ${lostSince} ${currency}: that is taken off.`)
  }
  if (conversion !== undefined) {
    const { from, rate, by } = conversion
    lines.push(
      `One ${from} counts as ${rate} ${quote} (${by.join(', ')}): the balance of ${unused?.total ?? ''} ${from} as ${sizing.balance} ${quote}.`,
    )
  }
  return lines
}

/** Without margin the leverage of the follow means nothing. */
function leverageLine(
  { leverage, equity, caps }: SizingTrace,
  { trace }: SizedStory,
  { quote, unit, by }: Words,
): string {
  const said = trace.settings.find(([name]) => name === 'leverage')?.[1]
  const isUsed = said === undefined || said === String(leverage)
  const words = isUsed ? `Leverage ${leverage}${by('leverage')} on an` : 'Without margin an'
  return `${words} equity of ${equity} ${quote} allows ${caps.leverage} ${unit}.`
}

function deniedLine(sizing: SizingTrace, { bracket }: SizedStory, words: Words): string {
  const { atRisk, notional } = sizing
  const { quote } = words
  switch (bracket.denial?.code) {
    case 'MAX_RISK_EXCEEDED':
      return `The stop would cost ${atRisk} ${quote}, more than the limit for one trade: nothing is ordered.`
    case 'MAX_EXPOSURE_EXCEEDED':
      return `${notional} ${quote} more would exceed the limit on the account's exposure: nothing is ordered.`
    default:
      return `${deciderOf(sizing, words)} leaves less than the minimum: nothing is ordered.`
  }
}

/** What the sizing rule asks for. */
function askedLines(sizing: SizingTrace, { quote, unit, entry, stop, steps, by, of }: Words): string[] {
  const asked = decimal(sizing.value).times(sizing.multiplier)
  const scaled =
    sizing.multiplier === '1' ? '' : ` (${sizing.value} times ${sizing.multiplier}, the multiplier${of('multiplier')})`
  const said = by('sizing') || by('riskPercent')
  const between = `Between entry ${entry} and stop ${stop} that is ${sizing.caps.risk} ${unit}, ${steps}.`
  const shared = `At ${entry} that is ${sizing.caps.size} ${unit}, ${steps}.`
  switch (sizing.mode) {
    case 'risk-percent': {
      const budget = decimal(sizing.balance).times(asked).div('100')
      return [
        `${asked} %${scaled} of the balance of ${sizing.balance} ${quote} may be lost${said}: ${budget} ${quote}.`,
        between,
      ]
    }
    case 'risk-amount':
      return [`${asked} ${quote}${scaled} may be lost${said}.`, between]
    case 'fixed-quantity':
      return [`A quantity of ${asked}${scaled} is asked for${said}: ${sizing.caps.size} ${unit}, ${steps}.`]
    case 'fixed-notional':
      return [`A notional of ${asked} ${quote}${scaled} is asked for${said}.`, shared]
    case 'equity-percent':
      return [
        `A notional of ${asked} %${scaled} of the equity of ${sizing.equity} ${quote} is asked for${said}.`,
        shared,
      ]
    case 'free-percent': {
      const free = maximum(decimal(sizing.free).minus(sizing.reserved), ZERO)
      return [`A notional of ${asked} %${scaled} of the free ${free} ${quote} is asked for${said}.`, shared]
    }
    case 'proportional':
      return [
        `Where the provider's account of ${sizing.providerEquity} ${quote} takes ${asked} ${unit}${scaled}, an equity of ${sizing.equity} ${quote} takes its share${said}: ${sizing.caps.size} ${unit}, ${steps}.`,
      ]
  }
}

function wordOf(stored: unknown): string {
  return typeof stored === 'string' ? stored : ''
}
