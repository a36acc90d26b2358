/** Brackets and legs as the events and commands that other services take. Called by use cases. Pure. */
import { type Denial, denials } from '@tradewire/contracts/denials/all'
import type { DataOf } from '@tradewire/contracts/define-event'
import type {
  orderCancel,
  orderPlanned,
  orderSubmit,
  positionProtected,
  positionUnprotected,
  tradeClosed,
  tradeOpened,
} from '@tradewire/contracts/events/orders'
import { ZERO } from '@tradewire/kernel/decimal'
import type { ProtectionNews } from './advance.ts'
import type { Bracket } from './bracket.ts'
import type { Leg } from './leg.ts'
import type { TargetSplit } from '../exits/targets.ts'
import type { TradeClosed, TradeOpened } from './trade.ts'
import { venueCapabilities } from '../planning/venue-capabilities.ts'

type Owner = Pick<Bracket, 'bracketId' | 'signalId' | 'strategyId' | 'accountId' | 'venue' | 'symbol' | 'leverage'>

/**
 * `expiresAt` is the signal's: only entries are bound by it (rule R11). `split` matters where a target closes a whole
 * position: the entry is then placed in as many parts.
 */
export function submitOf(
  owner: Owner,
  leg: Leg,
  expiresAt: string,
  split: TargetSplit | null = null,
): DataOf<typeof orderSubmit> {
  const entry = leg.purpose === 'entry'
  return {
    intentId: leg.intentId,
    bracketId: owner.bracketId,
    signalId: owner.signalId,
    strategyId: owner.strategyId,
    accountId: owner.accountId,
    venue: owner.venue,
    symbol: owner.symbol,
    purpose: leg.purpose,
    leg: leg.leg,
    side: leg.side,
    quantity: leg.quantity.toString(),
    ...partsOf(owner, split),
    ...termsOf(leg),
    reduceOnly: !entry,
    leverage: entry ? owner.leverage : null,
    expiresAt: entry ? expiresAt : null,
  }
}

function partsOf({ venue }: Owner, split: TargetSplit | null): { readonly parts?: string[] } {
  if (split === null || venueCapabilities[venue].closes === 'any-quantity') return {}
  const parts = split.parts.filter(({ quantity }) => quantity.gt(ZERO)).map(({ quantity }) => quantity.toString())
  return parts.length > 1 ? { parts } : {}
}

/** What was watched for has got its price: it goes by market. */
function termsOf({ watch, type, ...leg }: Leg) {
  if (watch !== undefined)
    return { type: 'market' as const, price: null, triggerPrice: null, callbackRatePercent: null }
  return {
    type,
    price: leg.price?.toString() ?? null,
    triggerPrice: leg.triggerPrice?.toString() ?? null,
    callbackRatePercent: leg.callbackRatePercent?.toString() ?? null,
  }
}

export function cancelOf({ bracketId, accountId }: Owner, { intentId, purpose }: Leg): DataOf<typeof orderCancel> {
  return { intentId, bracketId, accountId, purpose }
}

type Planned = DataOf<typeof orderPlanned>

export function plannedOf(
  ids: Pick<Planned, 'signalId' | 'strategyId' | 'followId' | 'accountId' | 'userId' | 'bracketId'>,
  outcome: { readonly quantity: string } | { readonly denial: Denial },
): Planned {
  const { signalId, strategyId, followId, accountId, userId, bracketId } = ids
  const all = { signalId, strategyId, followId, accountId, userId, bracketId }
  if ('quantity' in outcome) return { ...all, outcome: 'approved', quantity: outcome.quantity, denial: null }
  const { code } = outcome.denial
  return { ...all, outcome: 'denied', quantity: null, denial: { code, message: denials[code].message } }
}

export function openedOf(bracket: Bracket, trade: TradeOpened, sequence: number): DataOf<typeof tradeOpened> {
  return {
    ...tradeOf(bracket, trade, sequence),
    stopLoss: trade.stopLoss.toString(),
    takeProfits: trade.takeProfits.map(String),
    unprotectedMs: trade.unprotectedMs,
  }
}

export function closedOf(bracket: Bracket, trade: TradeClosed, sequence: number): DataOf<typeof tradeClosed> {
  return {
    ...tradeOf(bracket, trade, sequence),
    closePrice: trade.closePrice.toString(),
    closedAt: trade.closedAt,
    reason: trade.reason,
    realizedPnl: trade.realizedPnl.toString(),
    fees: trade.fees.toString(),
  }
}

export function unprotectedOf(
  bracket: Bracket,
  news: ProtectionNews & { readonly kind: 'unprotected' },
  at: string,
): DataOf<typeof positionUnprotected> {
  return {
    ...holderOf(bracket),
    heldQuantity: news.held.toString(),
    unprotectedQuantity: news.uncovered.toString(),
    stop: news.stop,
    reason: news.reason,
    onStopFailure: bracket.exits.onStopFailure,
    follows: news.follows,
    unprotectedSince: news.since,
    toldAt: at,
  }
}

export function protectedOf(
  bracket: Bracket,
  news: ProtectionNews & { readonly kind: 'protected' },
  at: string,
): DataOf<typeof positionProtected> {
  return { ...holderOf(bracket), unprotectedMs: news.spanMs, toldAt: at }
}

function holderOf(bracket: Bracket) {
  const { bracketId: tradeId, signalId, strategyId, followId, accountId, userId, venue, symbol, side } = bracket
  return { tradeId, signalId, strategyId, followId, accountId, userId, venue, symbol, side }
}

function tradeOf(bracket: Bracket, trade: TradeOpened | TradeClosed, sequence: number) {
  return {
    ...holderOf(bracket),
    sequence,
    quantity: trade.quantity.toString(),
    openPrice: trade.openPrice.toString(),
    openedAt: trade.openedAt,
  }
}
