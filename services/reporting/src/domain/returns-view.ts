/** Returns and their curve as the contract shows them. Called by the use cases that answer them. Pure. Must never round anything. */
import { equityCurveOf, returnsOf, type SignalOutcome } from './returns.ts'

export function viewOf(outcomes: readonly SignalOutcome[]) {
  const { lastTradeAt, ...figures } = returnsOf(outcomes)
  return { ...figures, lastTradeAt: lastTradeAt?.toISOString() ?? null, curve: equityCurveOf(outcomes) }
}
