/**
 * The gate between a signal and one follower's money: every check in order, then the size, then the bracket plan.
 * Called by the planner for each follower. Must never let an order through that no check has seen.
 */
import type { AccountEnvironment, Venue } from '@tradewire/contracts/common'
import type { Denial, DenialCode, DenialContext } from '@tradewire/contracts/denials/all'
import { authenticationFailed } from '@tradewire/contracts/events/brokers'
import { Decimal, HUNDRED, minimum } from '@tradewire/kernel/decimal'
import type { AccountId, FollowId, RiskProfileId, UserId } from '@tradewire/kernel/ids'
import { type ApprovedOrder, approved } from './approved-order.ts'
import { type Money, moneyIn } from '../sizing/conversion.ts'
import { denial } from './denial.ts'
import { alertsAgainst, balanceAgainst, endAgainst, type Entitlement, positionsAgainst } from './entitlement.ts'
import type { EngagedSwitches } from '../stopping/kill-switch.ts'
import { type Bases, lossAgainst } from '../stopping/loss-limit.ts'
import { type InTheWay, stayingOf, type Wait, waitOf } from './open-position.ts'
import type { ProviderEquity } from '../sizing/provider.ts'
import type { Rates } from '../sizing/rates.ts'
import type { SignalPlan } from '../planning/signal-plan.ts'
import { type ResolvedSettings, windowText } from '../sizing/settings.ts'
import { size, type SizingTerms, type SizingTrace } from '../sizing/sizing.ts'
import { type StrategyAccess, unpaidAgainst } from './strategy-access.ts'
import { splitOverTargets, type SplitRules } from '../exits/targets.ts'
import { isOpen } from './trading-window.ts'

/** One follower as the read model knows it at the moment of planning. */
export interface Candidate extends InTheWay {
  readonly followId: FollowId
  readonly accountId: AccountId
  readonly userId: UserId
  readonly riskProfileId: RiskProfileId
  readonly settings: ResolvedSettings
  readonly active: boolean
  readonly followRevision: number
  readonly account: {
    readonly venue: Venue
    readonly environment: AccountEnvironment
    readonly connected: boolean
    /** False: paused by its user. */
    readonly active: boolean
    /** The code of what ended the connection. */
    readonly disconnectedBy: string | null
  } | null
  readonly balance: Balance | null
  /** From what the losses of its limits count. */
  readonly lossBases: Bases
  /** Null for a user of whom no plan was told. */
  readonly entitlement: Entitlement | null
  readonly access: StrategyAccess
  /** Margin of brackets of this account that were planned after its balance was told. */
  readonly reserved: Decimal
  /** Brackets of the account that have not ended; where a limit counts them, nobody else adds one until the commit. */
  readonly positions: number
  /** Their notional, and the latest loss of the follow: read only where a setting asks for them. */
  readonly exposure: Decimal
  readonly lastLoss: LastLoss | null
}

/** A trade that ended with a loss, fees included. */
export interface LastLoss {
  readonly lost: Decimal
  readonly closedAt: Date
}

export interface Balance {
  readonly currency: string
  readonly total: Decimal
  readonly free: Decimal
  readonly equity: Decimal
  /** Taken off the three above: losses of trades that ended after the venue told the balance. Never negative. */
  readonly lostSince: Decimal
  readonly observedAt: Date
}

/** All that is the same for every follower of the signal in one environment. */
export interface GateContext {
  readonly plan: SignalPlan
  readonly sizing: SizingTerms
  readonly split: SplitRules
  /** Not sent by hand. */
  readonly byAlert: boolean
  readonly margin: boolean
  readonly netting: boolean
  readonly balanceAgeMaxMs: number
  readonly now: Date
  readonly switches: EngagedSwitches
  /** Accounts that already take part in this signal; the gate adds to it. */
  readonly accountsSeen: Map<AccountId, FollowId>
  /** What users whose plan counts positions have got of this signal; the gate adds to it. */
  readonly positionsTaken: Map<UserId, number>
  readonly provider: ProviderEquity
  readonly rates: Rates
  readonly rateAgeMaxMs: number
}

export type Judgement =
  | { readonly outcome: 'approved'; readonly order: ApprovedOrder; readonly sizing: SizingTrace }
  | { readonly outcome: 'denied'; readonly denial: Denial; readonly sizing: SizingTrace | null }
  /** Nothing refuses the entry, but something has to end first; it is judged and sized anew when that is gone. */
  | { readonly outcome: 'waiting'; readonly wait: Wait; readonly sizing: null }

type Check = {
  readonly [Code in DenialCode]: {
    readonly code: Code
    /** What speaks against this follower, or null. */
    readonly against: (candidate: Candidate, context: GateContext) => DenialContext<Code> | null
  }
}[DenialCode]

const minuteMs = 60_000

/** In this order; the first that speaks against the follower decides. */
export const gateChecks: readonly Check[] = [
  {
    code: 'KILL_SWITCH',
    against: ({ followId, accountId }, { switches }) => switches.command(followId, accountId),
  },
  {
    code: 'LOSS_LIMIT_REACHED',
    against: ({ followId, accountId, balance, settings, lossBases }, { switches, now }) =>
      switches.lossLimit(followId, accountId) ??
      (balance === null ? null : lossAgainst({ ...settings, bases: lossBases }, balance, now)),
  },
  {
    code: 'LOSS_LIMIT_NOT_WATCHED',
    against: ({ settings: { lossLimits } }, { margin, plan: { venue } }) =>
      margin || lossLimits.length === 0
        ? null
        : { venue, sources: [...new Set(lossLimits.map(({ source }) => source))] },
  },
  { code: 'FOLLOW_INACTIVE', against: ({ active, followId }) => (active ? null : { followId }) },
  {
    code: 'ACCOUNT_PAUSED',
    against: ({ account, accountId }) => (account?.active === false ? { accountId } : null),
  },
  { code: 'PLAN_ENDED', against: ({ entitlement }, { now }) => endAgainst(entitlement, now) },
  { code: 'PLAN_BY_HAND_ONLY', against: ({ entitlement }, context) => alertsAgainst(entitlement, context) },
  { code: 'STRATEGY_NOT_PAID', against: ({ access }, { now }) => unpaidAgainst(access, now) },
  {
    code: 'ACCOUNT_KEY_UNAUTHORIZED',
    against: ({ account, accountId }) => (account?.disconnectedBy === authenticationFailed ? { accountId } : null),
  },
  {
    code: 'ACCOUNT_NOT_CONNECTED',
    against: ({ account, accountId }) => (account?.connected === true ? null : { accountId }),
  },
  {
    code: 'ACCOUNT_VENUE_DIFFERS',
    against: ({ account }, { plan }) =>
      account?.venue === plan.venue ? null : { account: account?.venue ?? null, signal: plan.venue },
  },
  {
    code: 'ACCOUNT_ALREADY_IN_SIGNAL',
    against: ({ accountId, followId }, { accountsSeen }) => {
      const other = accountsSeen.get(accountId)
      return other === undefined || other === followId ? null : { otherFollowId: other }
    },
  },
  {
    code: 'POSITION_ALREADY_OPEN',
    against: (candidate, { plan }) => {
      const bracketId = stayingOf(candidate, candidate.settings.onOpenPosition, plan.side)
      return bracketId === null ? null : { bracketId }
    },
  },
  {
    code: 'OPPOSITE_POSITION_OPEN',
    against: ({ opposite }, { netting }) =>
      !netting || opposite === null || opposite.ending ? null : { bracketId: opposite.bracketId },
  },
  {
    code: 'SYMBOL_NOT_ALLOWED',
    against: ({ settings: { symbols } }, { plan }) =>
      symbols === null || symbols.includes(plan.symbol) ? null : { symbol: plan.symbol, allowed: [...symbols] },
  },
  {
    code: 'SIDE_NOT_ALLOWED',
    against: ({ settings: { sides } }, { plan }) =>
      sides === null || sides.includes(plan.side) ? null : { side: plan.side, allowed: [...sides] },
  },
  {
    code: 'OUTSIDE_TRADING_WINDOW',
    against: ({ settings }, { now }) => {
      const closed = settings.tradingWindows.find((window) => !isOpen(window, now))
      return closed === undefined ? null : { window: windowText(closed), now: now.toISOString() }
    },
  },
  {
    code: 'COOLING_OFF',
    against: ({ lastLoss, settings: { coolingOffMinutes } }, { now }) => {
      if (coolingOffMinutes === null || lastLoss === null) return null
      const { lost, closedAt } = lastLoss
      const endsAt = new Date(closedAt.getTime() + coolingOffMinutes * minuteMs)
      const times = { closedAt: closedAt.toISOString(), endsAt: endsAt.toISOString() }
      return endsAt <= now ? null : { lost: lost.toString(), coolingOffMinutes, ...times }
    },
  },
  {
    code: 'MAX_LEVERAGE_EXCEEDED',
    against: ({ settings: { leverage, maxLeverage } }, { margin }) =>
      !margin || maxLeverage === null || leverage <= maxLeverage ? null : { leverage, maxLeverage },
  },
  {
    code: 'MAX_POSITIONS_REACHED',
    // The follow's own position makes room before the entry goes.
    against: ({ positions, open, settings: { maxPositions } }) =>
      maxPositions === null || positions - (open === null ? 0 : 1) < maxPositions ? null : { positions, maxPositions },
  },
  {
    code: 'PLAN_LIMIT_REACHED',
    against: ({ entitlement, userId, open }, { positionsTaken }) =>
      positionsAgainst(entitlement, (positionsTaken.get(userId) ?? 0) - (open === null ? 0 : 1)),
  },
  { code: 'BALANCE_UNKNOWN', against: ({ balance, accountId }) => (balance === null ? { accountId } : null) },
  {
    code: 'BALANCE_IN_OTHER_CURRENCY',
    against: ({ balance, settings: { convertBalance } }, { plan, margin }) =>
      balance?.currency === plan.instrument.quote || (convertBalance && margin)
        ? null
        : { balance: balance?.currency ?? null, needed: plan.instrument.quote },
  },
  {
    code: 'RATE_UNKNOWN',
    against: (candidate, { plan, rates, rateAgeMaxMs }) => {
      const [from, to] = [candidate.balance?.currency ?? '', plan.instrument.quote]
      const money = moneyIn(to, candidate, rates)
      return money === null ? { venue: plan.venue, from, to, ageMaxMs: rateAgeMaxMs } : null
    },
  },
  {
    code: 'STALE_BALANCE',
    against: ({ balance }, { now, balanceAgeMaxMs }) => {
      if (balance === null) return null
      const ageMs = now.getTime() - balance.observedAt.getTime()
      return ageMs <= balanceAgeMaxMs ? null : { ageMs, ageMaxMs: balanceAgeMaxMs }
    },
  },
  {
    code: 'BALANCE_LIMIT_EXCEEDED',
    against: ({ entitlement, balance }) => balanceAgainst(entitlement, balance),
  },
  {
    code: 'PROVIDER_EQUITY_UNKNOWN',
    against: ({ settings }, { provider }) =>
      settings.sizing.mode !== 'proportional' || provider.ok ? null : provider.error,
  },
]

/** What the stop would cost, against the limit for one trade; asked last, as it needs the size. */
function riskAgainst({ maxRiskPercent }: ResolvedSettings, total: Decimal, { atRisk }: SizingTrace): Denial | null {
  if (maxRiskPercent === null) return null
  const allowed = total.times(maxRiskPercent).div(HUNDRED)
  const fits = new Decimal(atRisk).times(HUNDRED).lte(total.times(maxRiskPercent))
  return fits ? null : denial('MAX_RISK_EXCEEDED', { atRisk, allowed: allowed.toString() })
}

/** What the account would hold with this trade, against the limits on its exposure; asked with the size as well. */
function exposureAgainst(
  { maxExposure, maxExposurePercent }: ResolvedSettings,
  { exposure, equity }: Money,
  { notional }: SizingTrace,
): Denial | null {
  const share = maxExposurePercent === null ? null : equity.times(maxExposurePercent).div(HUNDRED)
  const allowed = maxExposure === null || share === null ? (maxExposure ?? share) : minimum(maxExposure, share)
  if (allowed === null || exposure.plus(notional).lte(allowed)) return null
  const figures = { exposure: exposure.toString(), notional, allowed: allowed.toString() }
  return denial('MAX_EXPOSURE_EXCEEDED', figures)
}

/** What the followers judged after this one must know of it. */
function remember({ accountId, followId, userId, entitlement }: Candidate, context: GateContext): void {
  context.accountsSeen.set(accountId, followId)
  if (entitlement === null || entitlement.maxPositions === null) return
  context.positionsTaken.set(userId, (context.positionsTaken.get(userId) ?? 0) + 1)
}

export function judge(candidate: Candidate, context: GateContext): Judgement {
  for (const check of gateChecks) {
    const against = check.against(candidate, context)
    if (against !== null) return { outcome: 'denied', denial: denial(check.code, against), sizing: null }
  }
  const wait = waitOf(candidate, context.netting)
  if (wait !== null) {
    context.accountsSeen.set(candidate.accountId, candidate.followId)
    return { outcome: 'waiting', wait, sizing: null }
  }
  const money = moneyIn(context.plan.instrument.quote, candidate, context.rates)!
  const { settings } = candidate
  const sized = size(
    {
      settings,
      leverage: context.margin ? settings.leverage : 1,
      ...money,
    },
    context.sizing,
  )
  if (!sized.ok) return { outcome: 'denied', denial: sized.error.denial, sizing: sized.error.trace }
  const tooMuch =
    riskAgainst(settings, money.total, sized.value.trace) ?? exposureAgainst(settings, money, sized.value.trace)
  if (tooMuch !== null) return { outcome: 'denied', denial: tooMuch, sizing: { ...sized.value.trace, quantity: '0' } }
  remember(candidate, context)
  const { quantity, trace } = sized.value
  const order = approved({
    quantity,
    leverage: context.margin ? settings.leverage : null,
    split: splitOverTargets(quantity, context.plan.prices.targets, context.split),
  })
  return { outcome: 'approved', order, sizing: trace }
}
