/** A signal's plan and its instrument as JSON and back. Called by the stores. Must never lose a digit: amounts are text. */
import type { AccountEnvironment, Side, Venue } from '@tradewire/contracts/common'
import type { TradingWindow } from '@tradewire/contracts/trade-settings'
import { decimal, price } from '@tradewire/kernel/decimal'
import type { SignalId, StrategyId } from '@tradewire/kernel/ids'
import type { Instrument } from '../domain/planning/instrument.ts'
import type { SignalPlan } from '../domain/planning/signal-plan.ts'
import { eachPlan, type SignalPlans } from '../domain/planning/signal-plans.ts'
import type { StoredSignal } from '../ports/planning.port.ts'

export interface InstrumentRow {
  readonly environment: AccountEnvironment
  readonly kind: 'spot' | 'perpetual'
  readonly base: string
  readonly quote: string
  readonly active: boolean
  readonly price_step: string
  readonly quantity_step: string
  readonly minimum_quantity: string
  readonly maximum_quantity: string
  readonly minimum_notional: string
  readonly contract_size: string
  readonly trading_hours: string | null
}

export interface InstrumentJson {
  readonly kind: 'spot' | 'perpetual'
  readonly base: string
  readonly quote: string
  readonly active: boolean
  readonly priceStep: string
  readonly quantityStep: string
  readonly minimumQuantity: string
  readonly maximumQuantity: string
  readonly minimumNotional: string
  readonly contractSize: string
  readonly tradingHours: readonly TradingWindow[] | null
}

export interface PricesJson {
  readonly entry: string
  readonly stop: { readonly type: 'market' | 'limit'; readonly trigger: string; readonly limit: string | null }
  readonly targets: readonly string[]
  readonly trailing: { readonly activation: string; readonly callbackRatePercent: string } | null
  readonly notes: readonly string[]
}

/** What of the signal itself a bracket lives by. */
export interface SignalJson {
  readonly signalId: string
  readonly strategyId: string
  readonly venue: Venue
  readonly symbol: string
  readonly side: Side
  readonly entryType: 'market' | 'limit'
  readonly expiresAt: string
}

interface PlanJson {
  readonly instrument: InstrumentJson
  readonly prices: PricesJson
}

export interface SignalPlansRow {
  readonly signal: SignalJson
  readonly plans: Readonly<Partial<Record<AccountEnvironment, PlanJson>>>
}

export function toInstrument(row: InstrumentRow): Instrument {
  const { kind, base, quote, active } = row
  return {
    kind,
    base,
    quote,
    active,
    priceStep: decimal(row.price_step),
    quantityStep: decimal(row.quantity_step),
    minimumQuantity: decimal(row.minimum_quantity),
    maximumQuantity: decimal(row.maximum_quantity),
    minimumNotional: decimal(row.minimum_notional),
    contractSize: decimal(row.contract_size),
    tradingHours: row.trading_hours === null ? null : (JSON.parse(row.trading_hours) as TradingWindow[]),
  }
}

/** Null without a plan. Decimals turn into their text by themselves: Decimal has a toJSON. */
function plansJson(plans: SignalPlans): string | null {
  const stored = eachPlan(plans, (_, { instrument, prices }) => ({ instrument, prices }))
  return Object.keys(stored).length === 0 ? null : JSON.stringify(stored)
}

export function toSignalPlans({ signal, plans }: SignalPlansRow): SignalPlans {
  return Object.fromEntries(
    Object.entries(plans).map(([environment, plan]) => [environment, toSignalPlan(signal, plan)]),
  )
}

function toSignalPlan(signal: SignalJson, { instrument, prices }: PlanJson): SignalPlan {
  const { kind, base, quote, active } = instrument
  return {
    signalId: signal.signalId as SignalId,
    strategyId: signal.strategyId as StrategyId,
    venue: signal.venue,
    symbol: signal.symbol,
    side: signal.side,
    entryType: signal.entryType,
    expiresAt: signal.expiresAt,
    instrument: {
      kind,
      base,
      quote,
      active,
      priceStep: decimal(instrument.priceStep),
      quantityStep: decimal(instrument.quantityStep),
      minimumQuantity: decimal(instrument.minimumQuantity),
      maximumQuantity: decimal(instrument.maximumQuantity),
      minimumNotional: decimal(instrument.minimumNotional),
      contractSize: decimal(instrument.contractSize),
      tradingHours: instrument.tradingHours,
    },
    prices: {
      entry: price(prices.entry),
      stop: {
        type: prices.stop.type,
        trigger: price(prices.stop.trigger),
        limit: prices.stop.limit === null ? null : price(prices.stop.limit),
      },
      targets: prices.targets.map((target) => price(target)),
      trailing:
        prices.trailing === null
          ? null
          : {
              activation: price(prices.trailing.activation),
              callbackRatePercent: decimal(prices.trailing.callbackRatePercent),
            },
      notes: prices.notes,
    },
  }
}

/** Of `signal_plan`, in the order of its insert. */
export function signalParameters({ signal, raw, strategyName, plans, denial, plannedAt }: StoredSignal): unknown[] {
  return [
    signal.signalId,
    signal.strategyId,
    raw,
    strategyName,
    plansJson(plans),
    denial === null ? null : JSON.stringify(denial),
    signal.receivedAt,
    plannedAt,
  ]
}
