/**
 * How much a follower's order is: what its sizing rule asks for, under every cap, in whole steps of the venue.
 * Called by the gate for each follower. Must never exceed a cap by a single step, nor what is asked for by more than the rounding allowed, nor leave a number unexplained.
 */
import {
  type Decimal,
  HUNDRED,
  ONE,
  type Price,
  type Quantity,
  ZERO,
  maximum,
  decimal,
  minimum,
  quantity,
} from '@tradewire/kernel/decimal'
import type { Denial } from '@tradewire/contracts/denials/all'
import type { SizingMode } from '@tradewire/contracts/trade-settings'
import { err, ok, type Result } from '@tradewire/kernel/result'
import type { Conversion } from './conversion.ts'
import { denial } from '../gate/denial.ts'
import type { Instrument } from '../planning/instrument.ts'
import type { ResolvedSettings } from './settings.ts'
import { stepsToReach, wholeStepsIn } from './steps.ts'

/** What is the same for all followers of a signal, worked out once. */
export interface SizingTerms {
  readonly quantityStep: Decimal
  /** Hundredfold loss, in quote currency, of one step when the stop is hit. */
  readonly lossPerStepHundredfold: Decimal
  readonly lossPerStep: Decimal
  readonly notionalPerStep: Decimal
  readonly stepsMin: Decimal
  readonly stepsMax: Decimal
  readonly entryCostPercent: Decimal
  /** Null when it is not known: then the gate lets nobody through who sizes by it. */
  readonly providerEquity: Decimal | null
}

export interface SizingPolicy {
  /** Fees of both ways and slippage, in per cent of the notional, kept free besides the margin. */
  readonly entryCostPercent: Decimal
}

export interface FollowerMoney {
  readonly settings: Pick<
    ResolvedSettings,
    'sizing' | 'multiplier' | 'roundUpPercentMax' | 'maxNotional' | 'maxQuantity'
  >
  readonly leverage: number
  readonly total: Decimal
  readonly free: Decimal
  readonly equity: Decimal
  /** Margin of orders planned since the balance was told, which `free` does not know of. */
  readonly reserved: Decimal
  /** How the amounts above came to be in quote currency; null when they were anyway. */
  readonly conversion: Conversion | null
}

/** `risk` is what a rule about risk asks for, `size` what another rule asks for: one of the two is always null. */
export const caps = ['risk', 'size', 'leverage', 'balance', 'notional', 'quantity', 'venue'] as const
export type Cap = (typeof caps)[number]

/** Every step of one sizing, as exact text. Each cap is the largest quantity that it alone would allow. */
export interface SizingTrace {
  readonly balance: string
  readonly free: string
  readonly equity: string
  readonly reserved: string
  readonly mode: SizingMode
  readonly value: string
  readonly multiplier: string
  readonly leverage: number
  readonly maxNotional: string | null
  readonly maxQuantity: string | null
  /** Only of an account in another currency; the amounts above are converted. */
  readonly conversion?: Conversion
  /** Only where the size is in proportion to it. */
  readonly providerEquity?: string
  readonly caps: Readonly<Record<Cap, string | null>>
  /** The cap that decided. */
  readonly bound: Cap
  readonly minimum: string
  /** Zero when the order was denied. */
  readonly quantity: string
  readonly notional: string
  /** What is lost, before fees, if the stop is hit at its price. */
  readonly atRisk: string
}

export interface Sized {
  readonly quantity: Quantity
  readonly trace: SizingTrace
}

export interface SizingFailure {
  readonly denial: Denial
  readonly trace: SizingTrace
}

/** More than any fee that a purchase of coins is paid with. */
const coinFeeFactorMost = decimal('1.01')

/** Coins are sold by orders that the venue's minimum binds as well: what is left after the fee must do at the stop. */
function leastPrice(
  prices: { readonly entry: Price; readonly stop: { readonly trigger: Price } },
  { kind }: Instrument,
) {
  return kind === 'spot' ? minimum(prices.entry, prices.stop.trigger) : prices.entry
}

function leastNotional({ kind, minimumNotional }: Instrument): Decimal {
  return kind === 'spot' ? minimumNotional.times(coinFeeFactorMost) : minimumNotional
}

export function sizingTerms(
  prices: { readonly entry: Price; readonly stop: { readonly trigger: Price } },
  instrument: Instrument,
  policy: SizingPolicy,
  provider: Decimal | null = null,
): SizingTerms {
  const perStep = instrument.contractSize.times(instrument.quantityStep)
  const lossPerStep = prices.entry.minus(prices.stop.trigger).abs().times(perStep)
  const notionalPerStep = prices.entry.times(perStep)
  return {
    quantityStep: instrument.quantityStep,
    lossPerStep,
    lossPerStepHundredfold: lossPerStep.times(HUNDRED),
    notionalPerStep,
    stepsMin: maximum(
      stepsToReach(instrument.minimumQuantity, instrument.quantityStep),
      stepsToReach(leastNotional(instrument), leastPrice(prices, instrument).times(perStep)),
    ),
    stepsMax: wholeStepsIn(instrument.maximumQuantity, instrument.quantityStep),
    entryCostPercent: policy.entryCostPercent,
    providerEquity: provider,
  }
}

/** The quantity, or BELOW_MINIMUM / INSUFFICIENT_BALANCE; with the trace either way. */
export function size(money: FollowerMoney, terms: SizingTerms): Result<Sized, SizingFailure> {
  const allowed = stepsByCap(money, terms)
  let bound: Cap = allowed.risk === null ? 'size' : 'risk'
  let steps = allowed[bound] ?? ZERO
  for (const cap of caps) {
    const limit = allowed[cap]
    if (limit !== null && limit.lt(steps)) {
      steps = limit
      bound = cap
    }
  }
  const enough = steps.gte(terms.stepsMin) && steps.gt(ZERO)
  const trace = traceOf(money, terms, { allowed, bound, steps: enough ? steps : ZERO })
  if (enough) return ok({ quantity: quantity(steps.times(terms.quantityStep)), trace })
  const context = {
    quantity: steps.times(terms.quantityStep).toString(),
    minimum: trace.minimum,
    minimumNotional: terms.stepsMin.times(terms.notionalPerStep).toString(),
    bound,
  }
  // Whatever bound: if the money itself does not carry the minimum, more risk would not help.
  const carried = minimum(allowed.balance, allowed.leverage)
  const code = carried.lt(terms.stepsMin) || carried.lte(ZERO) ? 'INSUFFICIENT_BALANCE' : 'BELOW_MINIMUM'
  return err({ denial: denial(code, context), trace })
}

type AlwaysCap = 'leverage' | 'balance' | 'venue'
type StepsByCap = Readonly<Record<AlwaysCap, Decimal> & Record<Exclude<Cap, AlwaysCap>, Decimal | null>>

/** Each cap as a whole number of steps: one exact division each, so nothing is rounded before it is compared. */
function stepsByCap(money: FollowerMoney, terms: SizingTerms): StepsByCap {
  const leverage = leverageText(money.leverage)
  const available = availableOf(money)
  const { maxNotional, maxQuantity } = money.settings
  // margin + costs <= available, where margin = notional / leverage and costs = notional x entryCostPercent / 100.
  const balanceDivisor = terms.notionalPerStep.times(HUNDRED.plus(terms.entryCostPercent.times(leverage)))
  return {
    ...askedSteps(money, terms),
    leverage: wholeStepsIn(maximum(money.equity, ZERO).times(leverage), terms.notionalPerStep),
    balance: wholeStepsIn(available.times(leverage).times(HUNDRED), balanceDivisor),
    notional: maxNotional === null ? null : wholeStepsIn(maxNotional, terms.notionalPerStep),
    quantity: maxQuantity === null ? null : wholeStepsIn(maxQuantity, terms.quantityStep),
    venue: terms.stepsMax,
  }
}

/** What the sizing rule asks for, before any cap. */
function askedSteps(money: FollowerMoney, terms: SizingTerms): Pick<StepsByCap, 'risk' | 'size'> {
  const { sizing, multiplier, roundUpPercentMax } = money.settings
  const asked = (amount: Decimal, step: Decimal) => roundedSteps(amount, step, roundUpPercentMax)
  const scaled = sizing.value.times(multiplier)
  const risk = (steps: Decimal) => ({ risk: steps, size: null })
  const plainly = (steps: Decimal) => ({ risk: null, size: steps })
  const share = (amount: Decimal) =>
    plainly(asked(maximum(amount, ZERO).times(scaled), terms.notionalPerStep.times(HUNDRED)))
  switch (sizing.mode) {
    case 'risk-percent':
      return risk(asked(maximum(money.total, ZERO).times(scaled), terms.lossPerStepHundredfold))
    case 'risk-amount':
      return risk(asked(scaled, terms.lossPerStep))
    case 'fixed-quantity':
      return plainly(asked(scaled, terms.quantityStep))
    case 'fixed-notional':
      return plainly(asked(scaled, terms.notionalPerStep))
    case 'equity-percent':
      return share(money.equity)
    case 'free-percent':
      return share(availableOf(money))
    case 'proportional':
      if (terms.providerEquity === null) return plainly(ZERO)
      return plainly(asked(maximum(money.equity, ZERO).times(scaled), terms.providerEquity.times(terms.quantityStep)))
  }
}

/** Whole steps in the amount; the nearest number of them where that exceeds the amount by no more than is allowed. */
function roundedSteps(amount: Decimal, step: Decimal, upPercentMax: Decimal | null): Decimal {
  const below = wholeStepsIn(amount, step)
  if (upPercentMax === null) return below
  const above = below.plus(ONE)
  const nearer = above
    .times(step)
    .minus(amount)
    .lte(amount.minus(below.times(step)))
  const within = above
    .times(step)
    .times(HUNDRED)
    .lte(amount.times(HUNDRED.plus(upPercentMax)))
  return nearer && within ? above : below
}

function availableOf({ free, reserved }: FollowerMoney): Decimal {
  return maximum(free.minus(reserved), ZERO)
}

/** Leverage is a whole number from 1 to 125: its text is exact. */
function leverageText(leverage: number): string {
  return String(leverage)
}

function traceOf(
  money: FollowerMoney,
  terms: SizingTerms,
  result: { readonly allowed: StepsByCap; readonly bound: Cap; readonly steps: Decimal },
): SizingTrace {
  const { allowed, bound, steps } = result
  const text = (count: Decimal) => count.times(terms.quantityStep).toString()
  const textOr = (count: Decimal | null) => (count === null ? null : text(count))
  const { sizing, multiplier, maxNotional, maxQuantity } = money.settings
  return {
    balance: money.total.toString(),
    free: money.free.toString(),
    equity: money.equity.toString(),
    reserved: money.reserved.toString(),
    mode: sizing.mode,
    value: sizing.value.toString(),
    multiplier: multiplier.toString(),
    leverage: money.leverage,
    maxNotional: maxNotional === null ? null : maxNotional.toString(),
    maxQuantity: maxQuantity === null ? null : maxQuantity.toString(),
    ...(money.conversion && { conversion: money.conversion }),
    ...(sizing.mode === 'proportional' &&
      terms.providerEquity !== null && { providerEquity: terms.providerEquity.toString() }),
    caps: {
      risk: textOr(allowed.risk),
      size: textOr(allowed.size),
      leverage: text(allowed.leverage),
      balance: text(allowed.balance),
      notional: textOr(allowed.notional),
      quantity: textOr(allowed.quantity),
      venue: text(allowed.venue),
    },
    bound,
    minimum: text(terms.stepsMin),
    quantity: text(steps),
    notional: steps.times(terms.notionalPerStep).toString(),
    atRisk: steps.times(terms.lossPerStep).toString(),
  }
}
