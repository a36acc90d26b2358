/**
 * Turns a signal's prices into prices the venue takes, always rounding to the side that risks less.
 * Called once per signal by the planner. Must never let a stop stand on the wrong side of the entry.
 */
import type { Side } from '@tradewire/contracts/common'
import type { Denial } from '@tradewire/contracts/denials/all'
import { type Decimal, HUNDRED, type Price, ZERO, decimal, maximum, minimum, price } from '@tradewire/kernel/decimal'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { denial } from '../gate/denial.ts'
import { ceilTo, floorTo } from '../sizing/steps.ts'
import type { TrailingRule } from './venue-capabilities.ts'

export interface AskedPrices {
  readonly side: Side
  readonly entryType: 'market' | 'limit'
  readonly price: Decimal
  readonly stop: { readonly price: Decimal; readonly type: 'market' | 'limit' }
  /** One to four. */
  readonly targets: readonly Decimal[]
  readonly trailing: { readonly triggerPercent: Decimal; readonly callbackRatePercent: Decimal } | null
}

export interface PriceRules {
  readonly priceStep: Decimal
  readonly trailing: TrailingRule | null
  /** How far behind its trigger a stop-limit's price lies, in per cent, so that a jump does not leave it standing. */
  readonly stopLimitOffsetPercent: Decimal
}

export interface SignalPrices {
  /** What sizing counts with; a limit entry is sent at this price. */
  readonly entry: Price
  readonly stop: { readonly type: 'market' | 'limit'; readonly trigger: Price; readonly limit: Price | null }
  /** Nearest to the entry first, all different. */
  readonly targets: readonly Price[]
  readonly trailing: { readonly activation: Price; readonly callbackRatePercent: Decimal } | null
  /** What was changed or dropped, in words for the explain trace. */
  readonly notes: readonly string[]
}

export function signalPrices(asked: AskedPrices, rules: PriceRules): Result<SignalPrices, Denial> {
  const long = asked.side === 'buy'
  const down = (value: Decimal) => floorTo(value, rules.priceStep)
  const up = (value: Decimal) => ceilTo(value, rules.priceStep)
  // A limit entry never pays more than asked; a market entry has no price of its own to round.
  const entry = asked.entryType === 'market' ? asked.price : long ? down(asked.price) : up(asked.price)
  if (entry.lte(ZERO)) return err(denial('PRICE_OUT_OF_RANGE', { price: `${asked.price}`, step: `${rules.priceStep}` }))

  // Towards the entry: the stop is hit earlier and the loss is smaller than asked, never larger.
  const trigger = long ? up(asked.stop.price) : down(asked.stop.price)
  if (trigger.lte(ZERO) || (long ? trigger.gte(entry) : trigger.lte(entry))) {
    const context = { side: asked.side, entry: `${entry}`, stop: `${asked.stop.price}`, roundedStop: `${trigger}` }
    return err(denial('STOP_ON_WRONG_SIDE', context))
  }
  const notes: string[] = []
  const targets = roundTargets(asked, entry, { down, up }, notes)
  if (targets.length === 0) {
    return err(denial('NO_VALID_TARGET', { side: asked.side, entry: `${entry}`, targets: asked.targets.map(String) }))
  }
  const limit = asked.stop.type === 'limit' ? stopLimitPrice(trigger, long, rules) : null
  const trailing = trailingPrices(asked, { entry, last: targets.at(-1)! }, rules, notes)
  const stop = { type: asked.stop.type, trigger: price(trigger), limit }
  return ok({ entry: price(entry), stop, targets, trailing, notes })
}

interface Rounding {
  readonly down: (value: Decimal) => Decimal
  readonly up: (value: Decimal) => Decimal
}

/** Towards the entry, so that a target is reached no later than asked; equal ones become one. */
function roundTargets(asked: AskedPrices, entry: Decimal, { down, up }: Rounding, notes: string[]): Price[] {
  const long = asked.side === 'buy'
  const nearestFirst = [...asked.targets].sort((a, b) => (long ? a.cmp(b) : b.cmp(a)))
  const kept: Price[] = []
  for (const target of nearestFirst) {
    const rounded = long ? down(target) : up(target)
    if (long ? rounded.lte(entry) : rounded.gte(entry)) {
      notes.push(`target ${target} was dropped: it is not beyond the entry ${entry}`)
    } else if (kept.at(-1)?.eq(rounded) === true) {
      notes.push(`target ${target} was merged into the one before: both are ${rounded}`)
    } else kept.push(price(rounded))
  }
  return kept
}

/** Worse than the trigger by the offset: a sell stop sells lower, a buy stop buys higher. */
function stopLimitPrice(trigger: Decimal, long: boolean, rules: PriceRules): Price {
  const offset = trigger.times(rules.stopLimitOffsetPercent).div(HUNDRED)
  const worse = long ? floorTo(trigger.minus(offset), rules.priceStep) : ceilTo(trigger.plus(offset), rules.priceStep)
  return price(maximum(worse, rules.priceStep))
}

/**
 * The alert's trigger is no price: it is how many per cent of the way from the entry to the last target the price
 * must go before the stop starts to trail.
 */
function trailingPrices(
  asked: AskedPrices,
  path: { readonly entry: Decimal; readonly last: Decimal },
  rules: PriceRules,
  notes: string[],
): SignalPrices['trailing'] {
  if (asked.trailing === null) return null
  if (rules.trailing === null) {
    notes.push('the trailing stop was left out: the venue has none')
    return null
  }
  const way = path.last.minus(path.entry).times(asked.trailing.triggerPercent).div(HUNDRED)
  const exact = path.entry.plus(way)
  const activation = maximum(
    asked.side === 'buy' ? floorTo(exact, rules.priceStep) : exact.gt(ZERO) ? ceilTo(exact, rules.priceStep) : ZERO,
    rules.priceStep,
  )
  const asks = asked.trailing.callbackRatePercent
  const stepped = floorTo(asks, decimal(rules.trailing.callbackStepPercent))
  const callbackRatePercent = minimum(
    maximum(stepped, decimal(rules.trailing.callbackMinimumPercent)),
    decimal(rules.trailing.callbackMaximumPercent),
  )
  if (!callbackRatePercent.eq(asks))
    notes.push(`callback rate ${asks} % became ${callbackRatePercent} %: the venue's rule`)
  return { activation: price(activation), callbackRatePercent }
}
