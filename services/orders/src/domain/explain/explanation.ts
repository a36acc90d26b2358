/**
 * A stored story as the answer tells it: each number with where it came from, and what happened when.
 * Called by the explain use case. Must never compute a figure anew that was decided by: it shows what was stored.
 */
import type { ExplanationReply } from '@tradewire/contracts/rpc/explanation'
import type { BracketReply } from '@tradewire/contracts/rpc/orders'
import { decimal } from '@tradewire/kernel/decimal'
import type { ExitRules } from '../bracket/exit-rules.ts'
import { gateChecks } from '../gate/gate.ts'
import { type Leg, wasOrdered } from '../bracket/leg.ts'
import type { Loss } from '../bracket/loss.ts'
import type { Waited } from '../gate/open-position.ts'
import { lossStory } from './loss-story.ts'
import type { PlanningTrace } from './planning-trace.ts'
import { protectionOf } from './protection-story.ts'
import type { SettingLayer } from '../sizing/settings.ts'
import { caps, type SizingTrace } from '../sizing/sizing.ts'
import { sizingStory } from './sizing-story.ts'
import { slippagePercent } from '../bracket/trade.ts'

/** A bracket with all that was stored about how it came to be; JSON as it lies in the database. */
export interface StoredStory {
  readonly bracket: BracketReply
  readonly legs: readonly Leg[]
  readonly losses: readonly Loss[]
  readonly exits: ExitRules
  readonly trace: unknown
  readonly signal: Readonly<Record<string, unknown>>
  readonly strategyName: string | null
  readonly instrument: Readonly<Record<string, unknown>> | null
  readonly prices: Readonly<Record<string, unknown>> | null
}

/** What the installation is set to now. */
interface Policy {
  readonly entryCostPercent: string
}

export function explanationOf(story: StoredStory & Policy): ExplanationReply {
  const { bracket, legs, exits, signal, instrument, prices } = story
  const trace = story.trace as PlanningTrace
  return {
    bracket,
    signal,
    strategy: { id: bracket.strategyId, name: story.strategyName },
    settings: settingsOf(trace, bracket),
    instrument,
    prices,
    balance: balanceOf(trace, bracket.createdAt),
    checks: checksOf(bracket),
    sizing: trace.sizing === null ? null : sizingOf(trace.sizing, story),
    targets: targetsOf(trace, prices),
    mergedTargets: trace.merged.map(([from, into]) => [from, into]),
    protection:
      bracket.denial === null
        ? protectionOf({ exits, legs, stopPrice: stopPriceOf(prices), unprotectedMs: bracket.unprotectedMs })
        : null,
    slippage: slippageOf(story),
    fees: legs
      .filter((leg) => leg.feeCurrency !== null)
      .map((leg) => ({ leg: leg.leg, fee: leg.fee.toString(), currency: leg.feeCurrency! })),
    timings: timingsOf(story),
    timeline: timelineOf(story),
  }
}

function settingsOf(trace: PlanningTrace, { accountId }: BracketReply): ExplanationReply['settings'] {
  const sources: Readonly<Record<SettingLayer, string>> = {
    platform: 'platform',
    strategy: 'strategy',
    'risk profile': `risk profile ${trace.riskProfileId}`,
    follow: `follow, revision ${trace.followRevision}`,
    account: `account ${accountId}`,
  }
  return trace.settings.map(([name, value, layer]) => ({ name, value, source: sources[layer] }))
}

function balanceOf({ balance, sizing, unused }: PlanningTrace, plannedAt: string): ExplanationReply['balance'] {
  // What was converted is kept besides, as it was told.
  const total = unused?.total ?? sizing?.balance ?? null
  const { free = null, equity = null, reserved = '0' } = unused ?? sizing ?? {}
  if (balance === null || total === null || free === null || equity === null) return null
  const ageMs = Math.round(Date.parse(plannedAt) - balance.observedMs)
  const observedAt = new Date(balance.observedMs).toISOString()
  const { currency, lostSince } = balance
  return { currency, total, free, equity, reserved, lostSince, observedAt, ageMs }
}

/** The checks of the signal, of the follower and of the size, in the order in which they are made. */
export const checkCodes = [
  'STRATEGY_INACTIVE',
  'SOURCE_PAUSED',
  'STALE_SIGNAL',
  'SIGNAL_OVERTAKEN',
  'VENUE_CANNOT_SHORT',
  'INSTRUMENT_UNKNOWN',
  'SYMBOL_NOT_ACTIVE',
  'MARKET_CLOSED',
  'PRICE_OUT_OF_RANGE',
  'STOP_ON_WRONG_SIDE',
  'NO_VALID_TARGET',
  ...gateChecks.map(({ code }) => code),
  'ENTRY_SUPERSEDED',
  'ENTRY_WITHDRAWN',
  'WAITED_TOO_LONG',
  'INSUFFICIENT_BALANCE',
  'BELOW_MINIMUM',
  'MAX_RISK_EXCEEDED',
  'MAX_EXPOSURE_EXCEEDED',
] as const

/** What an entry that waits has passed; the others are asked when its turn comes. */
const passedByWaiting = checkCodes.indexOf('ENTRY_SUPERSEDED')

function checksOf({ denial, state }: BracketReply): ExplanationReply['checks'] {
  const denied = denial === null ? checkCodes.length : checkCodes.findIndex((code) => code === denial.code)
  const reached = state === 'waiting' ? passedByWaiting : denied
  return checkCodes.map((code, index) => ({
    code,
    outcome: index < reached ? 'passed' : index === denied ? 'denied' : 'not-reached',
  }))
}

function sizingOf(sizing: SizingTrace, story: StoredStory & Policy): ExplanationReply['sizing'] {
  const { bound, minimum, quantity, notional, atRisk } = sizing
  return {
    caps: caps.map((cap) => ({ cap, quantity: sizing.caps[cap], bound: cap === bound })),
    bound,
    minimumQuantity: minimum,
    quantity,
    notional,
    atRisk,
    steps: sizingStory(sizing, { ...story, trace: story.trace as PlanningTrace, stop: stopPriceOf(story.prices) }),
  }
}

function stopPriceOf(prices: StoredStory['prices']): string | null {
  const trigger = (prices?.['stop'] as { readonly trigger?: unknown } | undefined)?.trigger
  return typeof trigger === 'string' ? trigger : null
}

function wordOf(stored: unknown): string {
  return typeof stored === 'string' ? stored : ''
}

function targetsOf({ split }: PlanningTrace, prices: StoredStory['prices']): ExplanationReply['targets'] {
  const at = (prices?.['targets'] ?? []) as readonly string[]
  return (split ?? []).map((quantity, index) => ({ target: index + 1, price: at[index] ?? '0', quantity }))
}

function slippageOf({ bracket, signal }: StoredStory): ExplanationReply['slippage'] {
  const asked = signal['price']
  if (bracket.openPrice === null || typeof asked !== 'string') return null
  const percent = slippagePercent(decimal(asked), decimal(bracket.openPrice), bracket.side).toString()
  return { signalPrice: asked, openPrice: bracket.openPrice, percent }
}

function timingsOf({ bracket, legs, signal }: StoredStory): ExplanationReply['timings'] {
  const receivedAt = wordOf(signal['receivedAt'])
  const entry = legs.find(({ purpose }) => purpose === 'entry')
  const between = (from: string | null | undefined, to: string | null | undefined) =>
    from === null || from === undefined || to === null || to === undefined ? null : Date.parse(to) - Date.parse(from)
  return {
    signalReceivedAt: receivedAt,
    plannedAt: bracket.createdAt,
    signalToPlanMs: between(receivedAt, bracket.createdAt) ?? 0,
    planToSentMs: between(bracket.createdAt, entry?.sentAt),
    sentToAnswerMs: between(entry?.sentAt, entry?.acceptedAt ?? entry?.observedAt),
    signalToFillMs: between(receivedAt, entry?.filledAt),
    unprotectedMs: bracket.unprotectedMs,
  }
}

function timelineOf({ bracket, legs, losses, signal, trace }: StoredStory): ExplanationReply['timeline'] {
  const moments: { at: string; what: string }[] = [
    { at: wordOf(signal['receivedAt']), what: 'signal received' },
    ...waitOf((trace as PlanningTrace).waited),
    ...(bracket.state === 'waiting' ? [] : [decisionOf(bracket)]),
    ...legs.flatMap(momentsOf),
    ...losses.map((loss) => ({ at: loss.at, what: lossStory(loss) })),
  ]
  if (bracket.openedAt !== null) moments.push({ at: bracket.openedAt, what: 'trade opened' })
  if (bracket.closedAt !== null) moments.push({ at: bracket.closedAt, what: `trade closed: ${bracket.closeReason}` })
  return moments.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
}

function waitOf(waited: Waited | undefined): { at: string; what: string }[] {
  if (waited === undefined) return []
  const { waitsFor, closes, since } = waited
  return [{ at: since, what: `waits until ${waitsFor} is proven gone${closes ? ', which it closes' : ''}` }]
}

function decisionOf({ createdAt, denial }: BracketReply): { at: string; what: string } {
  if (denial === null) return { at: createdAt, what: 'planned' }
  const at = denial.code === 'ENTRY_WITHDRAWN' ? denial.context.at : createdAt
  return { at, what: `denied: ${denial.code}` }
}

const newsMostMs = 1_000

function wasHeardLate({ filledAt, fillObservedAt }: Leg): boolean {
  if (filledAt === null || fillObservedAt === null) return false
  return Date.parse(fillObservedAt) - Date.parse(filledAt) > newsMostMs
}

function momentsOf(leg: Leg): { at: string; what: string }[] {
  const moments: { at: string | null; what: string }[] = [
    { at: leg.watch?.since ?? null, what: `${leg.leg} watched for: ${leg.side} ${leg.type}` },
    { at: leg.watch?.firedAt ?? null, what: `${leg.leg} fired at ${leg.watch?.firedPrice ?? 'unknown price'}` },
    {
      at: wasOrdered(leg) ? leg.submittedAt : null,
      what: `${leg.leg} ordered: ${leg.side} ${leg.quantity} ${leg.type}`,
    },
    { at: leg.sentAt, what: `${leg.leg} sent to the venue` },
    { at: leg.acceptedAt, what: `${leg.leg} taken by the venue` },
    { at: leg.filledAt, what: `${leg.leg} filled ${leg.filledQuantity} at ${leg.averagePrice ?? 'unknown price'}` },
    { at: wasHeardLate(leg) ? leg.fillObservedAt : null, what: `${leg.leg}: news of that fill came` },
  ]
  if (leg.state === 'rejected' || leg.state === 'cancelled' || leg.state === 'unknown') {
    const why = leg.reason === null ? '' : `: ${leg.reason.code} ${leg.reason.message}`
    moments.push({ at: leg.observedAt, what: `${leg.leg} ${leg.state}${why}` })
  }
  return moments.flatMap(({ at, what }) => (at === null ? [] : [{ at, what }]))
}
