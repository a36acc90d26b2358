/**
 * How a position was kept under its stop, in sentences: where the stop stood, when it moved, what failed and what followed.
 * Called by the explanation. Must never judge anew: it tells what the legs say.
 */
import type { ExplanationReply } from '@tradewire/contracts/rpc/explanation'
import type { StopFailurePolicy } from '@tradewire/contracts/trade-settings'
import type { ExitRules } from '../bracket/exit-rules.ts'
import { isPair, type Leg, purposeOf } from '../bracket/leg.ts'

const failureWords: Readonly<Record<StopFailurePolicy, string>> = {
  flatten: 'the position is closed by market at once',
  'retry-then-flatten': 'it is sent once more, then the position is closed by market',
  alert: 'the position stays, its owner is told, and the stop is sent again at growing intervals',
}

interface Protected {
  readonly exits: ExitRules
  readonly legs: readonly Leg[]
  /** Where the signal has it. */
  readonly stopPrice: string | null
  readonly unprotectedMs: number
}

export function protectionOf({ exits, legs, stopPrice, unprotectedMs }: Protected): ExplanationReply['protection'] {
  const { moveStopAfterTarget, moveStopOffsetPercent, onStopFailure } = exits
  const steps = [`Where a stop cannot stand, ${failureWords[onStopFailure]}.`]
  if (moveStopAfterTarget !== null) {
    const beyond = moveStopOffsetPercent.gt('0') ? ` and ${moveStopOffsetPercent} % beyond it` : ''
    steps.push(`Once target ${moveStopAfterTarget} is filled the stop moves to the entry price${beyond}.`)
  }
  for (const stop of legs.filter(({ purpose }) => purpose === 'stop')) steps.push(stopLine(stop, stopPrice))
  for (const leg of legs.filter(({ watch }) => watch !== undefined)) steps.push(watchLine(leg))
  if (steps.length > 1) steps.push(`In all, something was held without a stop for ${unprotectedMs} ms.`)
  return { onStopFailure, moveStopToEntryAfterTarget: moveStopAfterTarget, steps }
}

function stopLine(stop: Leg, stopPrice: string | null): string {
  const trigger = stop.triggerPrice?.toString() ?? 'the market'
  const moved = stopPrice !== null && trigger !== stopPrice ? `, moved from ${stopPrice}` : ''
  const target = isPair(stop) ? `, or the target at ${stop.price}` : ''
  const what = `${stop.leg} over ${stop.quantity} at ${trigger}${moved}${target}`
  if (stop.filledQuantity.gt('0')) {
    const how = purposeOf(stop) === 'target' ? 'reached' : 'hit'
    return `${what}: ${how}, ${stop.filledQuantity} at ${stop.averagePrice ?? 'unknown price'}.`
  }
  if (stop.state === 'rejected') return `${what}: refused, ${stop.reason?.code ?? 'no reason told'}.`
  if (stop.state === 'cancelled') {
    return stop.cancelRequested
      ? `${what}: stood until it was replaced or no longer needed.`
      : `${what}: ended by somebody else.`
  }
  return stop.state === 'working' ? `${what}: stands.` : `${what}: ${stop.state}.`
}

/** What we watched the price for. */
function watchLine({ leg, triggerPrice, callbackRatePercent, state, watch, ...sale }: Leg): string {
  const from = `${leg} from ${triggerPrice ?? 'any price'} on`
  const what = callbackRatePercent === null ? from : `${from}, ${callbackRatePercent} % from the best price`
  const how = `${what}: emulated, the venue has no such order`
  if (watch === undefined || watch.firedAt === null) {
    const blind = watch?.blindSince ?? null
    if (blind !== null) return `${how}; no price has come since ${blind}.`
    return `${how}; ${state === 'watching' ? 'the price is watched' : 'it did not come to that'}.`
  }
  const best = callbackRatePercent === null ? '' : `, the best was ${watch.bestPrice ?? 'unknown'}`
  const fired = `${how}; fired at ${watch.firedPrice ?? 'unknown price'}${best}`
  if (sale.filledQuantity.lte('0')) return `${fired}: ${state}.`
  return `${fired}: ${sale.filledQuantity} at ${sale.averagePrice ?? 'unknown price'}.`
}
