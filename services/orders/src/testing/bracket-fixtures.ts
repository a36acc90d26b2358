/**
 * Plans, brackets and news for the specs of the domain. Called by specs only. Must never be imported by the service.
 */
import { type Decimal, decimal, ZERO } from '@tradewire/kernel/decimal'
import type { AccountId, BracketId, FollowId, SignalId, StrategyId, UserId } from '@tradewire/kernel/ids'
import type { OrderPurpose } from '@tradewire/contracts/events/orders'
import { legOf } from '../domain/bracket/advance.ts'
import type { Bracket } from '../domain/bracket/bracket.ts'
import { exitRulesDefault } from '../domain/bracket/exit-rules.ts'
import type { Instrument } from '../domain/planning/instrument.ts'
import type { Leg, LegNews, LegUpdate, Reason } from '../domain/bracket/leg.ts'
import { type AskedPrices, signalPrices } from '../domain/planning/prices.ts'
import type { SignalPlan } from '../domain/planning/signal-plan.ts'
import { sellsCoins, venueCapabilities } from '../domain/planning/venue-capabilities.ts'

export const d = decimal

export const instrument: Instrument = {
  kind: 'perpetual',
  base: 'BTC',
  quote: 'USDT',
  active: true,
  priceStep: d('0.1'),
  quantityStep: d('0.001'),
  minimumQuantity: d('0.001'),
  maximumQuantity: d('1000'),
  minimumNotional: d('5'),
  contractSize: d('1'),
  tradingHours: null,
}

export const asked: AskedPrices = {
  side: 'buy',
  entryType: 'market',
  price: d('40000'),
  stop: { price: d('39600'), type: 'market' },
  targets: [d('40400'), d('40800'), d('41200')],
  trailing: null,
}

const startedAt = Date.parse('2022-01-10T12:00:00.000Z')

export function at(ms: number): string {
  return new Date(startedAt + ms).toISOString()
}

/** The same coin where it is bought and not only traded on. */
export const coin: Instrument = {
  ...instrument,
  kind: 'spot',
  quantityStep: d('0.00001'),
  minimumQuantity: d('0.00001'),
}

export function planOf(changes: Partial<AskedPrices> = {}, venue: SignalPlan['venue'] = 'binance-usdm'): SignalPlan {
  const signal = { ...asked, ...changes }
  const prices = signalPrices(signal, {
    priceStep: instrument.priceStep,
    trailing: venueCapabilities[venue].trailing,
    stopLimitOffsetPercent: d('0.5'),
  })
  if (!prices.ok) throw new Error(prices.error.code)
  return {
    signalId: '01963a5e-0000-7000-8000-000000000001' as SignalId,
    strategyId: '61b79e6d-7e22-4f91-b508-ef5be6a21419' as StrategyId,
    venue,
    symbol: 'BTC/USDT',
    side: signal.side,
    entryType: signal.entryType,
    expiresAt: at(30_000),
    prices: prices.value,
    instrument: sellsCoins(venue) ? coin : instrument,
  }
}

export function bracketOf(plan: SignalPlan, quantity: Decimal, exits = exitRulesDefault): Bracket {
  const ids = {
    bracketId: '01963a5e-0000-7000-8000-000000000002' as BracketId,
    signalId: plan.signalId,
    strategyId: plan.strategyId,
    followId: '78ca1450-a3a6-459d-ad1b-7c142ae9b2c1' as FollowId,
    accountId: 'df30b2fa-adc8-47cb-a9f5-be90ae259827' as AccountId,
    userId: 'a12565e5-567b-432a-93b2-6349653010d9' as UserId,
  }
  const entry = legOf(
    { signalId: ids.signalId, accountId: ids.accountId, side: plan.side },
    {
      leg: 'entry',
      purpose: 'entry',
      type: plan.entryType,
      quantity,
      price: plan.entryType === 'limit' ? plan.prices.entry : null,
      triggerPrice: null,
      callbackRatePercent: null,
    },
    at(0),
  )
  return {
    ...ids,
    venue: plan.venue,
    environment: 'live',
    symbol: plan.symbol,
    side: plan.side,
    leverage: 5,
    exits,
    state: 'planned',
    closing: null,
    gone: ZERO,
    losses: [],
    firstFilledAt: null,
    exposedSince: null,
    unprotectedMs: 0,
    openedAt: null,
    closedAt: null,
    wakeAt: null,
    failure: null,
    legs: [entry],
  }
}

/** A leg that has executed; a sell of 0.9 at 40400 after 100 ms unless told. */
export function executed(bracket: Bracket, purpose: OrderPurpose, changes: Partial<Leg> = {}): Leg {
  const number = bracket.legs.filter((leg) => leg.purpose === purpose).length + 1
  const draft = {
    leg: purpose === 'entry' ? 'entry' : `${purpose}-${number}`,
    purpose,
    type: 'market' as const,
    quantity: changes.filledQuantity ?? d('0.9'),
    price: null,
    triggerPrice: null,
    callbackRatePercent: null,
  }
  return {
    ...legOf(bracket, draft, at(0)),
    state: 'filled',
    filledQuantity: d('0.9'),
    averagePrice: d('40400'),
    filledAt: at(100),
    fillObservedAt: at(100),
    feeCurrency: 'USDT',
    ...changes,
  }
}

/** Its entry is filled, all of it at 40000, and these legs came after it. */
export function heldWith(bracket: Bracket, ...others: readonly Leg[]): Bracket {
  const entry = { filledQuantity: d('0.9'), averagePrice: d('40000'), filledAt: at(10) }
  return { ...bracket, firstFilledAt: at(10), legs: [executed(bracket, 'entry', entry), ...others] }
}

export interface Told {
  readonly filled?: string
  readonly price?: string
  readonly fee?: string
  readonly feeCurrency?: string
  readonly feeUnknown?: boolean
  readonly final?: boolean
  readonly reason?: Reason
  readonly revision?: number
  readonly atMs?: number
  readonly executedMs?: number
}

/** News of a leg of this bracket; its revision follows the leg's own unless told. */
export function newsOf(
  bracket: Bracket,
  leg: string,
  news: LegNews,
  told: Told = {},
): { kind: 'update'; update: LegUpdate } {
  const subject = bracket.legs.find((one) => one.leg === leg)
  if (subject === undefined) throw new Error(`no leg ${leg} among ${bracket.legs.map((one) => one.leg).join(', ')}`)
  const final = told.final ?? news !== 'accepted'
  return {
    kind: 'update',
    update: {
      intentId: subject.intentId,
      news,
      revision: told.revision ?? subject.revision + 1,
      venueOrderId: `v-${leg}`,
      clientOrderId: `c-${leg}`,
      final,
      filledQuantity: d(told.filled ?? subject.filledQuantity.toString()),
      averagePrice: told.price === undefined ? subject.averagePrice : d(told.price),
      fee: d(told.fee ?? '0'),
      feeCurrency: told.filled === undefined || told.feeUnknown === true ? null : (told.feeCurrency ?? 'USDT'),
      reason: told.reason ?? null,
      sentAt: at(told.atMs ?? 1),
      executedAt: told.executedMs === undefined ? null : at(told.executedMs),
      observedAt: at(told.atMs ?? 2),
    },
  }
}
