/**
 * What a series of closed trades amounts to. Each figure's definition stands in the contract.
 * Called by the reading use case. Must never use anything but the ledger's amounts.
 */
import { decimal, Decimal, HUNDRED, maximum, minimum, sum, ZERO } from '@tradewire/kernel/decimal'

/** A closed trade as the ledger has it: profit and loss before fees, and the fees (never negative). */
export interface ClosedTrade {
  readonly grossPnl: string
  readonly fees: string
}

export interface Performance {
  readonly tradesClosed: number
  readonly wins: number
  readonly losses: number
  readonly winRatePercent: string | null
  readonly realizedPnl: string
  readonly fees: string
  readonly grossProfit: string
  readonly grossLoss: string
  readonly profitFactor: string | null
  readonly maximumDrawdown: string
  readonly bestTrade: string | null
  readonly worstTrade: string | null
}

/** Ratios are shown with this many digits after the point. */
const ratioDigits = 4

/** `trades` in the order in which they were closed. A trade that nets exactly zero is neither a win nor a loss. */
export function performanceOf(trades: readonly ClosedTrade[]): Performance {
  const nets = trades.map((trade) => decimal(trade.grossPnl).minus(decimal(trade.fees)))
  const wins = nets.filter((net) => net.gt(ZERO))
  const losses = nets.filter((net) => net.lt(ZERO))
  const grossProfit = sum(wins)
  const grossLoss = sum(losses).abs()
  const [first, ...rest] = nets
  return {
    tradesClosed: trades.length,
    wins: wins.length,
    losses: losses.length,
    winRatePercent: trades.length === 0 ? null : ratio(countOf(wins).times(HUNDRED), countOf(trades)),
    realizedPnl: sum(nets).toString(),
    fees: sum(trades.map(({ fees }) => decimal(fees))).toString(),
    grossProfit: grossProfit.toString(),
    grossLoss: grossLoss.toString(),
    profitFactor: grossLoss.eq(ZERO) ? null : ratio(grossProfit, grossLoss),
    maximumDrawdown: maximumDrawdownOf(nets).toString(),
    bestTrade: first === undefined ? null : maximum(first, ...rest).toString(),
    worstTrade: first === undefined ? null : minimum(first, ...rest).toString(),
  }
}

function countOf(items: readonly unknown[]): Decimal {
  return decimal(String(items.length))
}

function ratio(part: Decimal, whole: Decimal): string {
  return part.div(whole).round(ratioDigits).toString()
}

/** The curve starts at zero: a first losing trade is a drawdown too. */
function maximumDrawdownOf(nets: readonly Decimal[]): Decimal {
  let total = ZERO
  let peak = ZERO
  let deepest = ZERO
  for (const net of nets) {
    total = total.plus(net)
    peak = maximum(peak, total)
    deepest = maximum(deepest, peak.minus(total))
  }
  return deepest
}
