/**
 * Loss limits: how much of an account's equity may be lost in a day, a week, a month or at all, and what follows. Pure.
 * Called when a balance is told and by the gate. Must never move a basis within its period: losses would be forgotten.
 */
import type { DenialContext } from '@tradewire/contracts/denials/all'
import type { LossFigures } from '@tradewire/contracts/loss-figures'
import { type LossAction, type LossPeriod, lossPeriods } from '@tradewire/contracts/trade-settings'
import { type Decimal, decimal, HUNDRED, minimum, ZERO } from '@tradewire/kernel/decimal'
import type { KillSwitchMode } from './kill-switch.ts'
import type { LossLimit, ResolvedSettings } from '../sizing/settings.ts'
import { periodAround } from './trading-day.ts'

/** From what the losses of one period count. */
export interface Basis {
  readonly startsAt: string
  readonly currency: string
  readonly equity: string
  /** What has been engaged for this period. */
  readonly switches: readonly { readonly id: string; readonly mode: KillSwitchMode }[]
}
export type Bases = Readonly<Partial<Record<LossPeriod, Basis>>>

export interface ToldEquity {
  readonly currency: string
  readonly equity: Decimal
  readonly observedAt: Date
}

/** A limit that has been reached, and the switch that follows. */
export interface Trip {
  readonly switchId: string
  readonly limit: LossLimit
  readonly mode: KillSwitchMode
  readonly figures: LossFigures
  /** Null for the lifetime: only a person takes that back. */
  readonly endsAt: Date | null
}

export interface LossWatch extends Pick<ResolvedSettings, 'lossLimits' | 'tradingDay'> {
  readonly bases: Bases
}

const modeOf: Readonly<Record<LossAction, KillSwitchMode>> = { refuse: 'exit-only', flatten: 'flatten' }

export interface EquityNews {
  readonly told: ToldEquity
  /** The equity as it was known until now; null when nothing recent is known. A period that begins starts from it. */
  readonly before: ToldEquity | null
  readonly now: Date
  readonly nextId: () => string
}

/** What the news means: the bases from now on (the same object if nothing changes), and the limits newly reached. */
export function watchLosses(
  { lossLimits, tradingDay, bases }: LossWatch,
  { told, before, now, nextId }: EquityNews,
): { readonly bases: Bases; readonly trips: readonly Trip[] } {
  const kept: Partial<Record<LossPeriod, Basis>> = { ...bases }
  const trips: Trip[] = []
  for (const [period, all] of Map.groupBy(lossLimits, (limit) => limit.period)) {
    const span = spanOf(period, tradingDay, now)
    const basis = currentBasis(bases, period, span) ?? basisFrom(before ?? told, span?.startsAt ?? now)
    const reached = basis.currency === told.currency ? all.filter((one) => reachedBy(one, basis, told.equity)) : []
    const demanded = strongest(reached.filter(({ action }) => !basis.switches.some(({ mode }) => covers(mode, action))))
    if (demanded === undefined) {
      kept[period] = basis
      continue
    }
    const trip = {
      switchId: nextId(),
      limit: demanded,
      mode: modeOf[demanded.action],
      figures: figuresOf(demanded, basis, told.equity),
      endsAt: span?.endsAt ?? null,
    }
    trips.push(trip)
    kept[period] = { ...basis, switches: [...basis.switches, { id: trip.switchId, mode: trip.mode }] }
  }
  return { bases: lossPeriods.every((period) => kept[period] === bases[period]) ? bases : kept, trips }
}

/** What a limit that is reached by now says against an entry, before its switch has been engaged; null when none is. */
export function lossAgainst(
  { lossLimits, tradingDay, bases }: LossWatch,
  { currency, equity }: Pick<ToldEquity, 'currency' | 'equity'>,
  now: Date,
): DenialContext<'LOSS_LIMIT_REACHED'> | null {
  for (const limit of lossLimits) {
    const span = spanOf(limit.period, tradingDay, now)
    const basis = currentBasis(bases, limit.period, span)
    if (basis === undefined || basis.currency !== currency || basis.switches.length > 0) continue
    if (!reachedBy(limit, basis, equity)) continue
    const endsAt = span?.endsAt.toISOString() ?? null
    return { ...figuresOf(limit, basis, equity), killSwitchId: null, endsAt }
  }
  return null
}

/** After somebody has taken back a switch: its period counts anew, from the equity that is told next. */
export function restarted(bases: Bases, switchId: string): Bases {
  const kept = lossPeriods.flatMap((period) => {
    const basis = bases[period]
    return basis === undefined || basis.switches.some(({ id }) => id === switchId) ? [] : [[period, basis] as const]
  })
  return Object.fromEntries(kept)
}

function spanOf(period: LossPeriod, tradingDay: LossWatch['tradingDay'], now: Date) {
  return period === 'lifetime' ? null : periodAround(period, tradingDay, now)
}

/** The stored basis, unless it belongs to a period that is over. */
function currentBasis(bases: Bases, period: LossPeriod, span: { readonly startsAt: Date } | null): Basis | undefined {
  const basis = bases[period]
  return span === null || basis?.startsAt === span.startsAt.toISOString() ? basis : undefined
}

function basisFrom({ currency, equity }: ToldEquity, startsAt: Date): Basis {
  return { startsAt: startsAt.toISOString(), currency, equity: equity.toString(), switches: [] }
}

/** The smaller of the share and the amount. */
function allowedOf({ percent, amount }: LossLimit, { equity }: Basis): Decimal {
  const share = percent === null ? null : decimal(equity).times(percent).div(HUNDRED)
  if (share === null) return amount!
  return amount === null ? share : minimum(share, amount)
}

function reachedBy(limit: LossLimit, basis: Basis, equity: Decimal): boolean {
  const loss = decimal(basis.equity).minus(equity)
  return loss.gt(ZERO) && loss.gte(allowedOf(limit, basis))
}

function covers(mode: KillSwitchMode, action: LossAction): boolean {
  return action === 'refuse' || mode === modeOf[action]
}

function strongest(reached: readonly LossLimit[]): LossLimit | undefined {
  return reached.find(({ action }) => action === 'flatten') ?? reached[0]
}

function figuresOf(limit: LossLimit, basis: Basis, equity: Decimal): LossFigures {
  return {
    period: limit.period,
    lost: decimal(basis.equity).minus(equity).toString(),
    allowed: allowedOf(limit, basis).toString(),
    equityAtStart: basis.equity,
    currency: basis.currency,
    startsAt: basis.startsAt,
    source: limit.source,
  }
}

/** The figures in words, for those who read the switch. */
export function lossReason({ period, lost, allowed, equityAtStart, currency, startsAt, source }: LossFigures): string {
  const when = period === 'lifetime' ? 'altogether' : `in the ${period}`
  return `Lost ${lost} of ${equityAtStart} ${currency} ${when} since ${startsAt}; the limit of the ${source} is ${allowed}.`
}
