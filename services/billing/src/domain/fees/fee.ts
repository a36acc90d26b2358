/** A performance fee as it is stored, and as its payer and the owner of the strategy see it. Called by use cases and stores. Must never hold what cannot be explained line by line. */
import type { EarnedFeeReply, PerformanceFeeReply } from '@tradewire/contracts/rpc/billing/performance-fees'
import type { Decimal } from '@tradewire/kernel/decimal'
import type { BillingCycle } from '../subscriptions/billing-cycle.ts'
import { isCurrency, type Currency } from '../money/currency.ts'
import { journalOf, type Journal } from '../books/ledger.ts'
import { money, moneyText, shareOf, type Money } from '../money/money.ts'
import { taxIn, withoutTax, type TaxTerms } from '../money/tax.ts'
import type { Crystallised } from './performance-fee.ts'

/** What the owner of a strategy asks for. */
export interface FeeOffer {
  readonly percent: Decimal
  readonly cycle: BillingCycle
}

/** What a follower agreed to by beginning to follow. */
export interface FeeAgreement extends FeeOffer {
  readonly id: string
  readonly userId: string
  readonly strategyId: string
  readonly agreedAt: Date
  /** Where the period begins that closes next. */
  readonly periodStart: Date
  readonly closesAt: Date
}

/** One whose period is over, with what its strategy is called and asks for now. */
export interface DueAgreement {
  readonly agreement: FeeAgreement
  readonly strategy: { readonly name: string; readonly ownerId: string }
  readonly asked: Decimal | null
  readonly tax: TaxTerms | null
}

/** A closed trade that was counted. */
export interface FeeLine {
  readonly tradeId: string
  readonly followId: string
  readonly symbol: string
  /** After costs. */
  readonly realizedPnl: Decimal
  readonly closedAt: Date
}

export interface PerformanceFee extends Crystallised {
  readonly id: string
  readonly agreementId: string
  readonly userId: string
  readonly strategyId: string
  readonly strategyName: string
  readonly owner: { readonly userId: string; readonly sharePercent: Decimal }
  readonly periodStart: Date
  readonly periodEnd: Date
  readonly percent: Decimal
  readonly ledgerCurrency: string
  readonly rate: Decimal
  /** What is to be paid: the fee with the tax that may come on top. */
  readonly charged: Money
  readonly tax: TaxTerms | null
  readonly invoiceId: string | null
  readonly closedAt: Date
}

/** As it is shown: whether it was paid is what its payments say. */
export interface ShownFee extends PerformanceFee {
  readonly paid: boolean
}

/** Fees are asked for in the currency of the trades, if that can be paid in; else in US dollars. */
export function feeCurrencyOf(ledgerCurrency: string): Currency {
  return isCurrency(ledgerCurrency) ? ledgerCurrency : 'USD'
}

export function ownersShare({ charged, tax, owner }: Pick<PerformanceFee, 'charged' | 'tax' | 'owner'>): Money {
  return money(shareOf(withoutTax(charged.minor, tax), owner.sharePercent), charged.currency)
}

/** The follower owes it from now on. The owner's part waits until it is paid: nobody is paid out what never came in. */
export function chargedJournal(closed: PerformanceFee): Journal {
  const { id, userId, owner, charged, tax } = closed
  const share = ownersShare(closed).minor
  const taxMinor = taxIn(charged.minor, tax)
  return journalOf({ source: 'rule:performance-fee', object: id, kind: 'charged' }, charged.currency, [
    { account: `due:user:${userId}`, minor: charged.minor },
    ...(tax === null ? [] : [{ account: `tax:${tax.country}` as const, minor: -taxMinor }]),
    { account: `pending:owner:${owner.userId}`, minor: -share },
    { account: 'revenue:performance', minor: share + taxMinor - charged.minor },
  ])
}

export function feeDescription({ strategyName, periodStart, periodEnd, percent }: PerformanceFee): string {
  const day = (date: Date) => date.toISOString().slice(0, 10)
  return `Performance fee ${percent.toString()} %: ${strategyName}, ${day(periodStart)} to ${day(periodEnd)}`
}

function viewShared({ id, userId, strategyId, strategyName, ...fee }: ShownFee) {
  return {
    id,
    userId,
    strategyId,
    strategyName,
    periodStart: fee.periodStart.toISOString(),
    periodEnd: fee.periodEnd.toISOString(),
    percent: fee.percent.toString(),
    chargeable: fee.chargeable.toString(),
    ledgerCurrency: fee.ledgerCurrency,
    fee: moneyText(fee.fee),
    amount: moneyText(fee.charged),
    currency: fee.fee.currency,
    status: statusOf(fee),
    closedAt: fee.closedAt.toISOString(),
  }
}

export function viewFee(shown: ShownFee): PerformanceFeeReply {
  const { before, after, result, rate, invoiceId } = shown
  return {
    ...viewShared(shown),
    result: result.toString(),
    profitBefore: before.profit.toString(),
    profitAfter: after.profit.toString(),
    highWaterBefore: before.highWater.toString(),
    highWaterAfter: after.highWater.toString(),
    rate: rate.toString(),
    invoiceId,
  }
}

export function viewEarned(shown: ShownFee): EarnedFeeReply {
  return { ...viewShared(shown), share: moneyText(ownersShare(shown)) }
}

export function viewLine({ realizedPnl, closedAt, ...line }: FeeLine) {
  return { ...line, realizedPnl: realizedPnl.toString(), closedAt: closedAt.toISOString() }
}

function statusOf({ fee, paid }: Pick<ShownFee, 'fee' | 'paid'>): PerformanceFeeReply['status'] {
  if (fee.minor === 0n) return 'nothing-due'
  return paid ? 'paid' : 'open'
}
