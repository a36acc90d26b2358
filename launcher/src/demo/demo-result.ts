/**
 * The demo's result: the counts, the latencies, the verdict. Pure. Called by the demo.
 * Must never round a verdict: lost and doubled are counts of the audit.
 */
import type { LedgerOrder } from '@tradewire/contracts/paper/control'
import type { BracketReply } from '@tradewire/contracts/rpc/orders'
import { decimal } from '@tradewire/kernel/decimal'
import type { Audit } from './audit.ts'
import type { FollowerView } from './demo-replies.ts'
import { percentilesOf, type Percentiles } from './percentiles.ts'

export interface SentSignal {
  readonly signalId: string
  /** When the alert was posted, milliseconds since 1970. */
  readonly at: number
  /** Until it was answered. */
  readonly acceptMs: number
}

export interface DemoFacts {
  readonly signals: readonly SentSignal[]
  readonly follows: readonly { readonly id: string; readonly balance: string }[]
  readonly candles: number
  readonly accounts: number
  readonly brackets: readonly BracketReply[]
  readonly fills: number
  readonly venueOrders: readonly LedgerOrder[]
  readonly followers: readonly FollowerView[]
  readonly webhooks: { readonly sent: number; readonly verified: number; readonly refused: number }
  readonly audit: Audit
}

export interface DemoResult {
  readonly signals: number
  readonly followers: number
  readonly intents: number
  readonly untaken: number
  readonly venueOrders: number
  readonly lost: number
  readonly doubled: number
  /** From first fill to full protection, over all positions. */
  readonly unprotectedMs: Percentiles
  readonly webhooks: { readonly sent: number; readonly verified: number; readonly refused: number }
  readonly latencyMs: {
    /** Alert posted to alert answered. */
    readonly accept: Percentiles
    /** Alert taken to bracket planned, per follower. */
    readonly signalToPlan: Percentiles
    /** Order planned to order sent to the venue. */
    readonly planToSent: Percentiles
    /** Order sent to the venue's answer. */
    readonly sentToAnswer: Percentiles
    /** Alert posted to the last follower's entry standing in the venue's ledger, per signal. */
    readonly signalToLastOrder: Percentiles
  }
  readonly candles: number
  readonly fills: number
  readonly positions: number
  readonly closedBy: Readonly<Record<string, number>>
  readonly refusals: Readonly<Record<string, number>>
  readonly profitPercent: {
    readonly worst: number | null
    readonly median: number | null
    readonly best: number | null
  }
  readonly findings: readonly string[]
}

export function demoResultOf(facts: DemoFacts): DemoResult {
  const { signals, brackets, audit, webhooks } = facts
  const held = brackets.filter(({ openedAt }) => openedAt !== null)
  return {
    candles: facts.candles,
    fills: facts.fills,
    positions: held.length,
    closedBy: countsOf(held.flatMap(({ closeReason }) => closeReason ?? [])),
    refusals: countsOf(brackets.flatMap(({ denial, failure }) => denial?.code ?? failure?.code ?? [])),
    profitPercent: profitSpread(facts),
    findings: audit.findings,
    signals: signals.length,
    followers: facts.follows.length,
    intents: audit.intents,
    untaken: audit.untaken,
    venueOrders: audit.venueOrders,
    lost: audit.lost,
    doubled: audit.doubled,
    unprotectedMs: percentilesOf(held.map(({ unprotectedMs }) => unprotectedMs)),
    webhooks,
    latencyMs: {
      accept: percentilesOf(signals.map(({ acceptMs }) => acceptMs)),
      signalToPlan: percentilesOf(signalToPlan(facts)),
      planToSent: percentilesOf(legTimes(brackets, 'submittedAt', 'sentAt')),
      sentToAnswer: percentilesOf(legTimes(brackets, 'sentAt', 'acceptedAt')),
      signalToLastOrder: percentilesOf(signalToLastOrder(facts)),
    },
  }
}

function countsOf(codes: readonly string[]): Record<string, number> {
  const counts = [...Map.groupBy(codes, (code) => code)].map(([code, group]) => [code, group.length] as const)
  return Object.fromEntries(counts.toSorted(([, a], [, b]) => b - a))
}

function signalToPlan({ signals, brackets }: DemoFacts): number[] {
  const acceptedAt = new Map(signals.map(({ signalId, at }) => [signalId, at]))
  return brackets.flatMap(({ signalId, createdAt }) => {
    const at = acceptedAt.get(signalId)
    return at === undefined ? [] : [Date.parse(createdAt) - at]
  })
}

type LegTime = 'submittedAt' | 'sentAt' | 'acceptedAt'

function legTimes(brackets: readonly BracketReply[], from: LegTime, to: LegTime): number[] {
  return brackets
    .flatMap(({ legs }) => legs)
    .flatMap((leg) => {
      const [start, end] = [leg[from], leg[to]]
      return start === null || end === null ? [] : [Date.parse(end) - Date.parse(start)]
    })
}

/** By the venue's own clock, which on one machine is ours. */
function signalToLastOrder({ signals, brackets, venueOrders }: DemoFacts): number[] {
  const acceptedAt = new Map(venueOrders.map(({ clientOrderId, acceptedAt: at }) => [clientOrderId, Date.parse(at)]))
  return signals.flatMap(({ signalId, at }) => {
    const entries = brackets
      .filter((bracket) => bracket.signalId === signalId)
      .flatMap(({ legs }) => legs.filter(({ purpose }) => purpose === 'entry'))
      .flatMap(({ clientOrderId }) => acceptedAt.get(clientOrderId ?? '') ?? [])
    return entries.length === 0 ? [] : [Math.max(...entries) - at]
  })
}

const hundredths = 100

/** Each follower's profit and loss in per cent of the balance it began with. */
function profitSpread({ follows, followers }: DemoFacts): DemoResult['profitPercent'] {
  const balanceOf = new Map(follows.map(({ id, balance }) => [id, decimal(balance)]))
  const percents = followers
    .flatMap(({ followId, realizedPnl }) => {
      const balance = balanceOf.get(followId)
      if (balance === undefined) return []
      return [Number(decimal(realizedPnl).div(balance).times(decimal('100')).toString())]
    })
    .toSorted((a, b) => a - b)
  const shown = (value: number | undefined) =>
    value === undefined ? null : Math.round(value * hundredths) / hundredths
  return {
    worst: shown(percents[0]),
    median: shown(percents[Math.floor(percents.length / 2)]),
    best: shown(percents.at(-1)),
  }
}
