/**
 * Rows as planning reads them, as the facts of a signal and the followers that the gate judges. Called by the planning store.
 * Must never decide anything: what a figure means for an entry is the gate's.
 */
import type { Side, Venue } from '@tradewire/contracts/common'
import { Decimal, minimum } from '@tradewire/kernel/decimal'
import type { AccountId, FollowId, RiskProfileId, UserId } from '@tradewire/kernel/ids'
import type { Candidate } from '../domain/gate/gate.ts'
import type { Bases } from '../domain/stopping/loss-limit.ts'
import type { InTheWay } from '../domain/gate/open-position.ts'
import type { ProviderAccount } from '../domain/sizing/provider.ts'
import type { KnownRate } from '../domain/sizing/rates.ts'
import type { FollowerQuery } from '../ports/planning.port.ts'
import type { InstrumentRow } from './plan.mapper.ts'
import type { FollowSettingsRow, SettingsReader } from './settings.mapper.ts'

export interface CandidateRow extends FollowSettingsRow {
  readonly follow_id: string
  readonly account_id: string
  readonly user_id: string
  readonly risk_profile_id: string
  readonly active: boolean
  readonly revision: number
  readonly venue: Venue | null
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

export type FactsRow = {
  readonly strategy_name: string | null
  readonly strategy_active: boolean | null
  readonly strategy_settings: string | null
  readonly platform_settings: string | null
  readonly provider_account_id: string | null
  readonly sold_by: string | null
  readonly provider_currency: string | null
  readonly provider_equity: string | null
  readonly provider_observed_ms: number | null
  readonly rates: readonly { readonly symbol: string; readonly price: string; readonly observedAt: string }[] | null
} & (InstrumentRow | { readonly kind: null })

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

function accountOf({ venue, ...row }: CandidateRow): Candidate['account'] {
  if (venue === null) return null
  const { connected, disconnected_by: disconnectedBy, account_active: active } = row
  return { venue, connected: connected === true, active: active === true, disconnectedBy }
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

export function ratesOf({ rates }: FactsRow): KnownRate[] {
  return (rates ?? []).map(({ symbol, price, observedAt }) => ({
    symbol,
    price: new Decimal(price),
    observedAt: new Date(observedAt),
  }))
}

export function providerOf(row: FactsRow): ProviderAccount | null {
  const { provider_account_id: accountId, provider_currency: currency, provider_equity: equity } = row
  const observedMs = row.provider_observed_ms
  if (accountId === null) return null
  if (currency === null || equity === null || observedMs === null) return { accountId, balance: null }
  return { accountId, balance: { currency, equity: new Decimal(equity), observedAt: new Date(observedMs) } }
}

/** What ended since the balance was told has lost its money and given back its margin, told by the venue or not. */
function balanceOf({ currency, total, free, equity, ...row }: CandidateRow): Candidate['balance'] {
  const observedMs = row.observed_ms
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
