/** Rows of agreements and performance fees as the domain has them. Called by their store. Must never decide anything. */
import { Decimal } from '@tradewire/kernel/decimal'
import type { BillingCycle } from '../domain/subscriptions/billing-cycle.ts'
import type { Currency } from '../domain/money/currency.ts'
import type { DueAgreement, FeeAgreement, FeeLine, PerformanceFee, ShownFee } from '../domain/fees/fee.ts'
import type { TaxTerms } from '../domain/money/tax.ts'
import { money } from '../domain/money/money.ts'

export interface AgreementRow {
  readonly id: string
  readonly user_id: string
  readonly strategy_id: string
  readonly percent: string
  readonly cycle: BillingCycle
  readonly agreed_at: Date
  readonly period_start: Date
  readonly closes_at: Date
}

export function toAgreement(row: AgreementRow): FeeAgreement {
  return {
    id: row.id,
    userId: row.user_id,
    strategyId: row.strategy_id,
    percent: new Decimal(row.percent),
    cycle: row.cycle,
    agreedAt: row.agreed_at,
    periodStart: row.period_start,
    closesAt: row.closes_at,
  }
}

export interface DueRow extends AgreementRow {
  readonly strategy_name: string
  readonly owner_id: string
  readonly asked: string | null
}

export function toDue(row: DueRow): Omit<DueAgreement, 'tax'> {
  return {
    agreement: toAgreement(row),
    strategy: { name: row.strategy_name, ownerId: row.owner_id },
    asked: row.asked === null ? null : new Decimal(row.asked),
  }
}

export interface FeeRow {
  readonly id: string
  readonly agreement_id: string
  readonly user_id: string
  readonly strategy_id: string
  readonly strategy_name: string
  readonly owner_id: string
  readonly owner_percent: string
  readonly period_start: Date
  readonly period_end: Date
  readonly percent: string
  readonly ledger_currency: string
  readonly rate: string
  readonly result: string
  readonly profit_before: string
  readonly profit_after: string
  readonly high_water_before: string
  readonly high_water_after: string
  readonly chargeable: string
  readonly currency: Currency
  readonly minor: string
  readonly charged_minor: string
  readonly tax: TaxTerms | null
  readonly invoice_id: string | null
  readonly closed_at: Date
  readonly paid: boolean
}

export function toFee(row: FeeRow): ShownFee {
  return {
    id: row.id,
    agreementId: row.agreement_id,
    userId: row.user_id,
    strategyId: row.strategy_id,
    strategyName: row.strategy_name,
    owner: { userId: row.owner_id, sharePercent: new Decimal(row.owner_percent) },
    periodStart: row.period_start,
    periodEnd: row.period_end,
    percent: new Decimal(row.percent),
    ledgerCurrency: row.ledger_currency,
    rate: new Decimal(row.rate),
    result: new Decimal(row.result),
    before: { profit: new Decimal(row.profit_before), highWater: new Decimal(row.high_water_before) },
    after: { profit: new Decimal(row.profit_after), highWater: new Decimal(row.high_water_after) },
    chargeable: new Decimal(row.chargeable),
    fee: money(BigInt(row.minor), row.currency),
    charged: money(BigInt(row.charged_minor), row.currency),
    tax: row.tax,
    invoiceId: row.invoice_id,
    closedAt: row.closed_at,
    paid: row.paid,
  }
}

/** In the order of the columns in the store's statement. */
export function feeParameters(fee: PerformanceFee): unknown[] {
  const { before, after } = fee
  return [
    fee.id,
    fee.agreementId,
    fee.userId,
    fee.strategyId,
    fee.strategyName,
    fee.owner.userId,
    fee.owner.sharePercent.toString(),
    fee.periodStart,
    fee.periodEnd,
    fee.percent.toString(),
    fee.ledgerCurrency,
    fee.rate.toString(),
    fee.result.toString(),
    before.profit.toString(),
    after.profit.toString(),
    before.highWater.toString(),
    after.highWater.toString(),
    fee.chargeable.toString(),
    fee.fee.currency,
    fee.fee.minor,
    fee.closedAt,
    fee.charged.minor,
    fee.tax === null ? null : JSON.stringify(fee.tax),
  ]
}

export interface LineRow {
  readonly trade_id: string
  readonly follow_id: string
  readonly symbol: string
  readonly realized_pnl: string
  readonly closed_at: Date
}

export function toLine(row: LineRow): FeeLine {
  return {
    tradeId: row.trade_id,
    followId: row.follow_id,
    symbol: row.symbol,
    realizedPnl: new Decimal(row.realized_pnl),
    closedAt: row.closed_at,
  }
}
