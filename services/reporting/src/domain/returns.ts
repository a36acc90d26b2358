/**
 * What a strategy, or one follow of it, returns: a model account that takes part in each trade with all that it has.
 * Called by use cases of `reporting`; every figure's definition stands in docs/performance.md. Must never use a figure of the real accounts' size.
 */
import { type Decimal, decimal, HUNDRED, maximum, ONE, sum, ZERO } from '@tradewire/kernel/decimal'

/** What one signal came to, for a follow or for all followers of the strategy together. */
export interface SignalOutcome {
  /** When its last trade was closed. */
  readonly closedAt: Date
  /** Quantity times open price, in quote currency. */
  readonly notional: string
  /** Profit and loss after fees, in quote currency. */
  readonly net: string
}

export const riskLevels = ['low', 'medium', 'high'] as const
export type RiskLevel = (typeof riskLevels)[number]

export interface Returns {
  readonly trades: number
  readonly totalReturnPercent: string
  readonly monthlyReturnPercent: string
  readonly winRatePercent: string | null
  /** Never positive. */
  readonly maximumDrawdownPercent: string
  readonly profitFactor: string | null
  readonly riskLevel: RiskLevel | null
  readonly lastTradeAt: Date | null
}

export interface CurvePoint {
  /** Of UTC. */
  readonly date: string
  readonly equity: string
}

const startEquity = decimal('10000')
/** The model account has eight digits after the point, so long series stay exact and short. */
const equityDigits = 8
const ratioDigits = 4
const lowDrawdownPercent = decimal('10')
const mediumDrawdownPercent = decimal('25')
const dayMs = 86_400_000

/** `outcomes` in the order in which they were closed. */
export function returnsOf(outcomes: readonly SignalOutcome[]): Returns {
  const equities = equitiesOf(outcomes)
  const changes = equities.map((equity, index) => equity.minus(equities[index - 1] ?? startEquity))
  const gains = changes.filter((change) => change.gt(ZERO))
  const losses = sum(changes.filter((change) => change.lt(ZERO))).abs()
  const total = (equities.at(-1) ?? startEquity).div(startEquity).minus(ONE).times(HUNDRED)
  const drawdown = drawdownOf(equities)
  return {
    trades: outcomes.length,
    totalReturnPercent: shown(total),
    monthlyReturnPercent: shown(total.div(decimal(String(monthsOf(outcomes))))),
    winRatePercent: outcomes.length === 0 ? null : shown(share(gains.length, outcomes.length)),
    maximumDrawdownPercent: shown(drawdown.neg()),
    profitFactor: losses.eq(ZERO) ? null : shown(sum(gains).div(losses)),
    riskLevel: outcomes.length === 0 ? null : riskLevelOf(drawdown),
    lastTradeAt: outcomes.at(-1)?.closedAt ?? null,
  }
}

/** The equity at the end of each day with a closed trade, after the start on the day before the first. */
export function equityCurveOf(outcomes: readonly SignalOutcome[]): CurvePoint[] {
  const [first] = outcomes
  if (first === undefined) return []
  const points = new Map([[dateOf(new Date(first.closedAt.getTime() - dayMs)), startEquity.toString()]])
  for (const [index, equity] of equitiesOf(outcomes).entries()) {
    points.set(dateOf((outcomes[index] as SignalOutcome).closedAt), equity.toString())
  }
  return [...points].map(([date, equity]) => ({ date, equity }))
}

/** After each outcome. An account that has lost everything stays at zero. */
function equitiesOf(outcomes: readonly SignalOutcome[]): Decimal[] {
  let equity = startEquity
  return outcomes.map(({ net, notional }) => {
    const change = equity.times(decimal(net)).div(decimal(notional))
    equity = maximum(ZERO, equity.plus(change).round(equityDigits))
    return equity
  })
}

/** The deepest fall below the highest equity so far, in per cent of that; the start counts as one. */
function drawdownOf(equities: readonly Decimal[]): Decimal {
  let peak = startEquity
  let deepest = ZERO
  for (const equity of equities) {
    peak = maximum(peak, equity)
    deepest = maximum(deepest, peak.minus(equity).div(peak).times(HUNDRED))
  }
  return deepest
}

function riskLevelOf(drawdownPercent: Decimal): RiskLevel {
  if (drawdownPercent.lt(lowDrawdownPercent)) return 'low'
  return drawdownPercent.lt(mediumDrawdownPercent) ? 'medium' : 'high'
}

/** Calendar months of UTC from that of the first close to that of the last, both counted; 1 without any. */
function monthsOf(outcomes: readonly SignalOutcome[]): number {
  const [first, last] = [outcomes[0]?.closedAt, outcomes.at(-1)?.closedAt]
  if (first === undefined || last === undefined) return 1
  return (last.getUTCFullYear() - first.getUTCFullYear()) * 12 + last.getUTCMonth() - first.getUTCMonth() + 1
}

function share(part: number, whole: number): Decimal {
  return decimal(String(part))
    .times(HUNDRED)
    .div(decimal(String(whole)))
}

function shown(value: Decimal): string {
  const rounded = value.round(ratioDigits)
  // There is no minus zero.
  return (rounded.eq(ZERO) ? ZERO : rounded).toString()
}

function dateOf(moment: Date): string {
  return moment.toISOString().slice(0, 10)
}
