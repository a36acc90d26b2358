/**
 * What a signal means before any follower is looked at: checked prices, the instrument and the limits of sizing.
 * Called by the planner once per signal; brackets live by it for as long as they are open. Must never change once stored.
 */
import type { Side, Venue } from '@tradewire/contracts/common'
import type { Denial, DenialContext } from '@tradewire/contracts/denials/all'
import { type Decimal, ZERO, maximum, minimum } from '@tradewire/kernel/decimal'
import type { SignalId, StrategyId } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { denial } from '../gate/denial.ts'
import type { Instrument } from './instrument.ts'
import { type AskedPrices, type SignalPrices, signalPrices } from './prices.ts'
import { windowText } from '../sizing/settings.ts'
import { stepsToReach } from '../sizing/steps.ts'
import type { SplitRules } from '../exits/targets.ts'
import { isOpen } from '../gate/trading-window.ts'
import { venueCapabilities } from './venue-capabilities.ts'

export interface Signal extends AskedPrices {
  readonly signalId: SignalId
  readonly strategyId: StrategyId
  readonly source: string
  readonly venue: Venue
  readonly symbol: string
  readonly receivedAt: string
  /** After this moment no entry may be sent (rule R11). */
  readonly expiresAt: string
}

export interface PlanningPolicy {
  readonly stopLimitOffsetPercent: Decimal
  readonly entryCostPercent: Decimal
  /** A balance told longer ago than this is not traded on. */
  readonly balanceAgeMaxMs: number
  /** Nor is money counted at a rate older than this. */
  readonly rateAgeMaxMs: number
}

/** What brackets of one signal share; immutable, so it may be kept in memory by its signal's id. */
export interface SignalPlan {
  readonly signalId: SignalId
  readonly strategyId: StrategyId
  readonly venue: Venue
  readonly symbol: string
  readonly side: Side
  readonly entryType: 'market' | 'limit'
  readonly expiresAt: string
  readonly prices: SignalPrices
  readonly instrument: Instrument
}

export interface PlanningFacts {
  readonly strategyActive: boolean
  /** What pauses the source that the signal came from. */
  readonly pause: DenialContext<'SOURCE_PAUSED'> | null
  readonly instrument: Instrument | undefined
  /** A signal of the strategy that came later and has been planned already; null when there is none. */
  readonly overtakenBy: string | null
}

/** Null while entries of the signal may still be sent. */
export function lateAgainst({ expiresAt }: Signal, now: Date): Denial | null {
  if (now.getTime() <= Date.parse(expiresAt)) return null
  return denial('STALE_SIGNAL', { expiresAt, now: now.toISOString() })
}

/** The checks that are the same for every follower; a denial here denies them all. */
export function planSignal(
  signal: Signal,
  known: PlanningFacts,
  policy: PlanningPolicy,
  now: Date,
): Result<SignalPlan, Denial> {
  const { instrument } = known
  const capabilities = venueCapabilities[signal.venue]
  if (!known.strategyActive) return err(denial('STRATEGY_INACTIVE', { strategyId: signal.strategyId }))
  if (known.pause !== null) return err(denial('SOURCE_PAUSED', known.pause))
  const late = lateAgainst(signal, now)
  if (late !== null) return err(late)
  if (known.overtakenBy !== null) return err(denial('SIGNAL_OVERTAKEN', { signalId: known.overtakenBy }))
  if (!capabilities.margin && signal.side === 'sell') return err(denial('VENUE_CANNOT_SHORT', { venue: signal.venue }))
  if (instrument === undefined) {
    return err(denial('INSTRUMENT_UNKNOWN', { venue: signal.venue, symbol: signal.symbol }))
  }
  if (!instrument.active) return err(denial('SYMBOL_NOT_ACTIVE', { venue: signal.venue, symbol: signal.symbol }))
  const { tradingHours } = instrument
  if (tradingHours !== null && !tradingHours.some((window) => isOpen(window, now))) {
    const hours = tradingHours.map(windowText)
    return err(denial('MARKET_CLOSED', { venue: signal.venue, symbol: signal.symbol, hours, now: now.toISOString() }))
  }
  const prices = signalPrices(signal, {
    priceStep: instrument.priceStep,
    trailing: capabilities.trailing,
    stopLimitOffsetPercent: policy.stopLimitOffsetPercent,
  })
  if (!prices.ok) return prices
  const { signalId, strategyId, venue, symbol, side, entryType, expiresAt } = signal
  return ok({ signalId, strategyId, venue, symbol, side, entryType, expiresAt, prices: prices.value, instrument })
}

/** How a quantity of this plan's instrument may be split over its targets. */
export function splitRulesOf({
  instrument,
  venue,
  prices,
}: Pick<SignalPlan, 'instrument' | 'venue' | 'prices'>): SplitRules {
  const { quantityStep, minimumQuantity, minimumNotional, contractSize } = instrument
  const notionalBinds = venueCapabilities[venue].exitsNeedMinimumNotional && minimumNotional.gt(ZERO)
  return {
    quantityStep,
    minimumAt: (price) => {
      if (!notionalBinds) return minimumQuantity
      // A part is sold at its target or at the stop, whichever is less.
      const perStep = minimum(price, prices.stop.trigger).times(contractSize).times(quantityStep)
      return maximum(minimumQuantity, stepsToReach(minimumNotional, perStep).times(quantityStep))
    },
  }
}
