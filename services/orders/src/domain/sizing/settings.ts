/**
 * Which setting holds for one follower, and who said it: the layers from the platform to the account laid over each other.
 * Called when followers are read for planning. Must never let a nearer layer loosen a limit of another one.
 */
import type { Side } from '@tradewire/contracts/common'
import {
  type LossAction,
  type LossLimits,
  type LossPeriod,
  lossPeriods,
  type OpenPositionPolicy,
  type SizingMode,
  type SubscriptionEndPolicy,
  type TradeSettings,
  type TradingDay,
  type TradingWindow,
} from '@tradewire/contracts/trade-settings'
import { type Decimal, decimal, ONE } from '@tradewire/kernel/decimal'
import { type ExitRules, exitRulesDefault } from '../bracket/exit-rules.ts'
import { midnightUtc } from '../stopping/trading-day.ts'

/** From the farthest to the nearest. */
export const settingLayers = ['platform', 'strategy', 'risk profile', 'follow', 'account'] as const
export type SettingLayer = (typeof settingLayers)[number]
export type SettingsByLayer = Readonly<Record<SettingLayer, TradeSettings | null>>
/** No layer says anything. */
export const silent: SettingsByLayer = {
  platform: null,
  strategy: null,
  'risk profile': null,
  follow: null,
  account: null,
}

/** What every follow has, whatever else is said. */
export interface BasicSettings {
  /** Of the risk profile: the sizing rule where nobody names another. */
  readonly riskPercent: Decimal
  /** Of the follow. */
  readonly leverage: number
  /** Of the follow; null for none. */
  readonly maxNotional: Decimal | null
}

export interface SizingRule {
  readonly mode: SizingMode
  readonly value: Decimal
}

export interface SettingSource {
  readonly name: string
  readonly value: string
  readonly source: SettingLayer
}

/** What one layer says about one period; every layer's limit holds by itself, with its own action. */
export interface LossLimit {
  readonly period: LossPeriod
  /** Of the equity at the period's start; null for none. */
  readonly percent: Decimal | null
  readonly amount: Decimal | null
  readonly action: LossAction
  readonly source: SettingLayer
}

export interface ResolvedSettings {
  readonly sizing: SizingRule
  readonly multiplier: Decimal
  /** Null: always down. */
  readonly roundUpPercentMax: Decimal | null
  readonly leverage: number
  readonly convertBalance: boolean
  readonly maxNotional: Decimal | null
  readonly maxQuantity: Decimal | null
  readonly maxLeverage: number | null
  readonly maxRiskPercent: Decimal | null
  readonly maxPositions: number | null
  readonly maxExposure: Decimal | null
  readonly maxExposurePercent: Decimal | null
  readonly coolingOffMinutes: number | null
  readonly sides: readonly Side[] | null
  readonly symbols: readonly string[] | null
  /** All of them must be open. */
  readonly tradingWindows: readonly TradingWindow[]
  readonly onOpenPosition: OpenPositionPolicy
  readonly exits: ExitRules
  readonly onSubscriptionEnd: SubscriptionEndPolicy
  /** Each holds by itself. */
  readonly lossLimits: readonly LossLimit[]
  readonly tradingDay: TradingDay
  /** Each setting that is in force, in the order above. */
  readonly sources: readonly SettingSource[]
}

/** An alert of the other side says that the position is wrong; one of the same side is most often a repetition. */
const openPositionDefault: OpenPositionPolicy = 'reverse'
/** A position is never abandoned: its stop and targets are at the venue. */
const subscriptionEndDefault: SubscriptionEndPolicy = 'keep'

/**
 * Two rules of precedence. A choice (sizing, multiplier, convertBalance, onOpenPosition, exits,
 * onSubscriptionEnd): the nearest layer that makes it. A limit: the
 * strictest of all layers, the farther one on a tie; lists keep what all layers allow.
 */
export function resolveSettings(basic: BasicSettings, byLayer: SettingsByLayer): ResolvedSettings {
  const layers = speakingIn(byLayer)
  const sources: SettingSource[] = []
  const note: Note = (name, said, text) => {
    if (said === null) return null
    sources.push({ name, value: text(said.value), source: said.source })
    return said.value
  }
  const plain = (value: Decimal | number) => value.toString()
  const listed = (values: readonly string[]) => values.join(', ')

  const sizing = nearest(layers, ({ sizing: rule }) => rule)
  if (sizing === null) note('riskPercent', { value: basic.riskPercent, source: 'risk profile' }, plain)
  note('sizing', sizing, (rule) => `${rule.mode} ${rule.value}`)
  const multiplier = note(
    'multiplier',
    nearest(layers, (said) => said.multiplier),
    (text) => text,
  )
  note('leverage', { value: basic.leverage, source: 'follow' }, plain)
  const notionals = decimalsOf(layers, (said) => said.maxNotional)
  if (basic.maxNotional !== null) notionals.push({ value: basic.maxNotional, source: 'follow' })
  return {
    sizing:
      sizing === null
        ? { mode: 'risk-percent', value: basic.riskPercent }
        : { mode: sizing.value.mode, value: decimal(sizing.value.value) },
    multiplier: multiplier === null ? ONE : decimal(multiplier),
    leverage: basic.leverage,
    roundUpPercentMax: note('roundUpPercentMax', least(decimalsOf(layers, (said) => said.roundUpPercentMax)), plain),
    convertBalance:
      note(
        'convertBalance',
        nearest(layers, (said) => said.convertBalance),
        String,
      ) ?? false,
    maxNotional: note('maxNotional', least(notionals), plain),
    maxQuantity: note('maxQuantity', least(decimalsOf(layers, (said) => said.maxQuantity)), plain),
    maxLeverage: note('maxLeverage', fewest(saidBy(layers, (said) => said.maxLeverage)), plain),
    maxRiskPercent: note('maxRiskPercent', least(decimalsOf(layers, (said) => said.maxRiskPercent)), plain),
    maxPositions: note('maxPositions', fewest(saidBy(layers, (said) => said.maxPositions)), plain),
    maxExposure: note('maxExposure', least(decimalsOf(layers, (said) => said.maxExposure)), plain),
    maxExposurePercent: note('maxExposurePercent', least(decimalsOf(layers, (said) => said.maxExposurePercent)), plain),
    coolingOffMinutes: note('coolingOffMinutes', most(saidBy(layers, (said) => said.coolingOffMinutes)), plain),
    sides: note('sides', common(saidBy(layers, (said) => said.sides)), listed),
    symbols: note('symbols', common(saidBy(layers, (said) => said.symbols)), listed),
    tradingWindows: saidBy(layers, (said) => said.tradingWindow).map((said) => {
      note('tradingWindow', said, windowText)
      return said.value
    }),
    onOpenPosition:
      note(
        'onOpenPosition',
        nearest(layers, (said) => said.onOpenPosition),
        (policy) => policy,
      ) ?? openPositionDefault,
    exits: exitsOf(layers, note),
    onSubscriptionEnd:
      note(
        'onSubscriptionEnd',
        nearest(layers, (said) => said.onSubscriptionEnd),
        (policy) => policy,
      ) ?? subscriptionEndDefault,
    ...lossRulesOf(layers, note),
    sources,
  }
}

export function windowText({ timeZone, days, from, to }: TradingWindow): string {
  return `${days.join(' ')} ${from}-${to} ${timeZone}`
}

/** Choices of all layers; the default itself when nobody makes one, so that it need not be stored. */
function exitsOf(layers: readonly Speaking[], note: Note): ExitRules {
  const after = nearest(layers, (said) => said.moveStopToEntryAfterTarget)
  const offset = nearest(layers, (said) => said.moveStopOffsetPercent)
  const failure = nearest(layers, (said) => said.onStopFailure)
  if (after === null && failure === null) return exitRulesDefault
  const target = note('moveStopToEntryAfterTarget', after, (value) => (value === 0 ? 'never' : value.toString()))
  const moves = target !== null && target > 0
  return {
    moveStopAfterTarget: moves ? target : null,
    moveStopOffsetPercent: decimal((moves ? note('moveStopOffsetPercent', offset, (text) => text) : null) ?? '0'),
    onStopFailure: note('onStopFailure', failure, (policy) => policy) ?? exitRulesDefault.onStopFailure,
  }
}

type Note = <Value>(name: string, said: Said<Value> | null, text: (value: Value) => string) => Value | null
function lossRulesOf(layers: readonly Speaking[], note: Note): Pick<ResolvedSettings, 'lossLimits' | 'tradingDay'> {
  const lossLimits = saidBy(layers, (said) => said.lossLimits).flatMap((said) => {
    note('lossLimits', said, lossLimitsText)
    return lossLimitsOf(said.value, said.source)
  })
  const day = nearest(layers, (said) => said.tradingDay)
  return { lossLimits, tradingDay: note('tradingDay', day, tradingDayText) ?? midnightUtc }
}

function lossLimitsOf(said: LossLimits, source: SettingLayer): LossLimit[] {
  const all = lossPeriods.map((period): LossLimit => {
    const [percent, amount] = [said[`${period}Percent`], said[`${period}Amount`]]
    return {
      period,
      percent: percent === undefined ? null : decimal(percent),
      amount: amount === undefined ? null : decimal(amount),
      action: said.action ?? 'refuse',
      source,
    }
  })
  return all.filter(({ percent, amount }) => percent !== null || amount !== null)
}

/** Such as `day 5 %, week 1000, flatten`. */
function lossLimitsText({ action, ...said }: LossLimits): string {
  const limits = lossPeriods.flatMap((period) => {
    const [percent, amount] = [said[`${period}Percent`], said[`${period}Amount`]]
    return [
      ...(percent === undefined ? [] : [`${period} ${percent} %`]),
      ...(amount === undefined ? [] : [`${period} ${amount}`]),
    ]
  })
  return [...limits, action ?? 'refuse'].join(', ')
}

function tradingDayText({ timeZone, from }: TradingDay): string {
  return `from ${from} ${timeZone}`
}

interface Said<Value> {
  readonly value: Value
  readonly source: SettingLayer
}

interface Speaking {
  readonly source: SettingLayer
  readonly settings: TradeSettings
}

/** The layers that say something at all: few of them do. */
function speakingIn(byLayer: SettingsByLayer): Speaking[] {
  const speaking: Speaking[] = []
  for (const source of settingLayers) {
    const settings = byLayer[source]
    if (settings !== null) speaking.push({ source, settings })
  }
  return speaking
}

function saidBy<Value>(
  layers: readonly Speaking[],
  read: (settings: TradeSettings) => Value | undefined,
): Said<Value>[] {
  const all: Said<Value>[] = []
  for (const { source, settings } of layers) {
    const value = read(settings)
    if (value !== undefined) all.push({ value, source })
  }
  return all
}

function decimalsOf(
  layers: readonly Speaking[],
  read: (settings: TradeSettings) => string | undefined,
): Said<Decimal>[] {
  return saidBy(layers, read).map(({ value, source }) => ({ value: decimal(value), source }))
}

function nearest<Value>(layers: readonly Speaking[], read: (settings: TradeSettings) => Value | undefined) {
  return saidBy(layers, read).at(-1) ?? null
}

function least(all: readonly Said<Decimal>[]): Said<Decimal> | null {
  let strictest: Said<Decimal> | null = null
  for (const said of all) if (strictest === null || said.value.lt(strictest.value)) strictest = said
  return strictest
}

function fewest(all: readonly Said<number>[]): Said<number> | null {
  let strictest: Said<number> | null = null
  for (const said of all) if (strictest === null || said.value < strictest.value) strictest = said
  return strictest
}

function most(all: readonly Said<number>[]): Said<number> | null {
  let strictest: Said<number> | null = null
  for (const said of all) if (strictest === null || said.value > strictest.value) strictest = said
  return strictest
}

/** What every layer that says something allows; the nearest layer that took something away is the source. */
function common<Value>(all: readonly Said<readonly Value[]>[]): Said<readonly Value[]> | null {
  let allowed: Said<readonly Value[]> | null = null
  for (const said of all) {
    if (allowed === null) {
      allowed = said
      continue
    }
    const kept: readonly Value[] = allowed.value.filter((value) => said.value.includes(value))
    if (kept.length < allowed.value.length) allowed = { value: kept, source: said.source }
  }
  return allowed
}
