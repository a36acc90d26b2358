/**
 * Rows as planning reads them, as the facts of a signal and the followers that the gate judges. Called by the planning store.
 * Must never decide anything: what a figure means for an entry is the gate's.
 */
import type { AccountEnvironment, Side, Venue } from '@tradewire/contracts/common'
import { Decimal, minimum } from '@tradewire/kernel/decimal'
import type { AccountId, FollowId, RiskProfileId, UserId } from '@tradewire/kernel/ids'
import type { Candidate } from '../domain/gate/gate.ts'
import type { Bases } from '../domain/stopping/loss-limit.ts'
import type { InTheWay } from '../domain/gate/open-position.ts'
import type { Instruments } from '../domain/planning/instrument.ts'
import type { ProviderAccount } from '../domain/sizing/provider.ts'
import type { VenueRate } from '../domain/sizing/rates.ts'
import type { FollowerQuery } from '../ports/planning.port.ts'
import { type InstrumentRow, toInstrument } from './plan.mapper.ts'
import type { FollowSettingsRow, SettingsReader } from './settings.mapper.ts'

export interface CandidateRow extends FollowSettingsRow {
  readonly follow_id: string
  readonly account_id: string
  readonly user_id: string
  readonly risk_profile_id: string
  readonly active: boolean
  readonly revision: number
  readonly venue: Venue | null
  readonly environment: AccountEnvironment | null
  readonly connected: boolean | null
  readonly disconnected_by: string | null
  readonly account_active: boolean | null
  readonly currency: string | null
  readonly total: string | null
  readonly free: string | null
  readonly equity: string | null
  readonly observed_ms: number | null
  readonly reserved: string | null
  readonly positions: number
  readonly lost_since: string | null
  readonly released: string | null
  readonly own: string | null
  readonly own_side: Side | null
  readonly own_ending: boolean | null
  readonly own_kept: boolean | null
  readonly opposite_staying: string | null
  readonly opposite_ending: string | null
  readonly waiting: string | null
  readonly waiting_side: Side | null
  readonly waiting_closes: boolean | null
  readonly bases: Bases | null
  readonly entitlement: {
    readonly plan: string
    readonly endsAt: string | null
    readonly maxPositions: number | null
    readonly maxBalance: string | null
    readonly strategyAutomated: boolean
    readonly positions: number
  } | null
}

/** One for each environment that has the signal's instrument, or one without; what is no instrument's is the same in all. */
export type FactsRow = {
  readonly planner: number
  readonly strategy_name: string | null
  readonly strategy_active: boolean | null
  readonly strategy_settings: string | null
  readonly platform_settings: string | null
  readonly provider_account_id: string | null
  readonly provider_environment: AccountEnvironment | null
  readonly sold_by: string | null
  readonly provider_currency: string | null
  readonly provider_equity: string | null
  readonly provider_observed_ms: number | null
  readonly rates: readonly RateJson[] | null
} & (InstrumentRow | { readonly kind: null })

interface RateJson {
  readonly environment: AccountEnvironment
  readonly symbol: string
  readonly price: string
  readonly observedAt: string
}

const zero = new Decimal('0')

export function toCandidate(row: CandidateRow, common: FollowerQuery['common'], reader: SettingsReader): Candidate {
  return {
    followId: row.follow_id as FollowId,
    accountId: row.account_id as AccountId,
    userId: row.user_id as UserId,
    riskProfileId: row.risk_profile_id as RiskProfileId,
    settings: reader.resolved(row, common),
    active: row.active,
    followRevision: row.revision,
    account: accountOf(row),
    balance: balanceOf(row),
    lossBases: row.bases ?? {},
    reserved: row.reserved === null ? zero : new Decimal(row.reserved),
    positions: row.positions,
    exposure: zero,
    lastLoss: null,
    entitlement: entitlementOf(row),
    access: null,
    ...inTheWayOf(row),
  }
}

function accountOf(row: CandidateRow): Candidate['account'] {
  const { venue, environment, connected, disconnected_by: disconnectedBy, account_active: active } = row
  if (venue === null || environment === null) return null
  return { venue, environment, connected: connected === true, active: active === true, disconnectedBy }
}

function inTheWayOf(row: CandidateRow): InTheWay {
  const { own, waiting: bracketId, waiting_side: side, waiting_closes: closes } = row
  const opposite = row.opposite_staying ?? row.opposite_ending
  return {
    open:
      own === null
        ? null
        : { bracketId: own, side: row.own_side!, ending: row.own_ending === true, kept: row.own_kept === true },
    waiting: bracketId === null ? null : { bracketId, side: side!, closes: closes! },
    opposite: opposite === null ? null : { bracketId: opposite, ending: row.opposite_staying === null },
  }
}

function entitlementOf({ entitlement }: CandidateRow): Candidate['entitlement'] {
  if (entitlement === null) return null
  const { plan, endsAt, maxPositions, maxBalance, strategyAutomated, positions } = entitlement
  return {
    plan,
    endsAt: endsAt === null ? null : new Date(endsAt),
    maxPositions,
    maxBalance: maxBalance === null ? null : new Decimal(maxBalance),
    strategyAutomated,
    positions,
  }
}

export function instrumentsOf(rows: readonly FactsRow[]): Instruments {
  return Object.fromEntries(rows.flatMap((row) => (row.kind === null ? [] : [[row.environment, toInstrument(row)]])))
}

export function ratesOf({ rates }: FactsRow): VenueRate[] {
  return (rates ?? []).map(({ environment, symbol, price, observedAt }) => ({
    environment,
    symbol,
    price: new Decimal(price),
    observedAt: new Date(observedAt),
  }))
}

export function providerOf(row: FactsRow): ProviderAccount | null {
  const { provider_account_id: accountId, provider_environment: environment } = row
  const { provider_currency: currency, provider_equity: equity } = row
  const observedMs = row.provider_observed_ms
  if (accountId === null) return null
  if (currency === null || equity === null || observedMs === null) return { accountId, environment, balance: null }
  return {
    accountId,
    environment,
    balance: { currency, equity: new Decimal(equity), observedAt: new Date(observedMs) },
  }
}

/** What ended since the balance was told has lost its money and given back its margin, told by the venue or not. */
function balanceOf(row: CandidateRow): Candidate['balance'] {
  const { currency, total, free, equity, observed_ms: observedMs } = row
  if (currency === null || total === null || free === null || equity === null || observedMs === null) return null
  const lostSince = row.lost_since === null ? zero : new Decimal(row.lost_since)
  const released = row.released === null ? zero : new Decimal(row.released)
  return {
    currency,
    total: new Decimal(total).minus(lostSince),
    free: minimum(new Decimal(free).plus(released), new Decimal(total)).minus(lostSince),
    equity: new Decimal(equity).minus(lostSince),
    lostSince,
    observedAt: new Date(observedMs),
  }
}
