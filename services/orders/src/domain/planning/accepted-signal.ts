/** The accepted signal's event as the domain's signal. Called by the planner. Must never change a number. */
import type { DataOf } from '@tradewire/contracts/define-event'
import type { signalAccepted } from '@tradewire/contracts/events/signals'
import { decimal } from '@tradewire/kernel/decimal'
import type { SignalId, StrategyId } from '@tradewire/kernel/ids'
import type { Signal } from './signal-plan.ts'

export type SignalData = DataOf<typeof signalAccepted>

export function signalOf(data: SignalData): Signal {
  const { source, venue, symbol, side, entryType, receivedAt, expiresAt, trailing } = data
  return {
    signalId: data.signalId as SignalId,
    strategyId: data.strategyId as StrategyId,
    source,
    venue,
    symbol,
    side,
    entryType,
    price: decimal(data.price),
    stop: { price: decimal(data.stop.price), type: data.stop.type },
    targets: data.targets.map(decimal),
    trailing: trailing && {
      triggerPercent: decimal(trailing.triggerPercent),
      callbackRatePercent: decimal(trailing.callbackRatePercent),
    },
    receivedAt,
    expiresAt,
  }
}
