/** Makes agreements and performance fees. Called when somebody begins to follow and when a period closes. Must never ask for more than was agreed to. */
import type { Clock } from '@tradewire/kernel/clock'
import { ONE, ZERO, type Decimal } from '@tradewire/kernel/decimal'
import type { IdSource } from '@tradewire/kernel/ids'
import { feeCurrencyOf, type DueAgreement, type FeeAgreement, type FeeOffer, type PerformanceFee } from './fee.ts'
import { closeAfter } from './fee-period.ts'
import { money, parseMoney } from '../money/money.ts'
import { taxed } from '../money/tax.ts'
import { crystallise, percentNow, type Mark } from './performance-fee.ts'

export interface FeeRules {
  readonly ownerSharePercent: Decimal
  /** Smaller fees are put off; in whole units of their currency. */
  readonly minimum: string
}

export interface CountedTrades {
  readonly ledgerCurrency: string
  readonly results: readonly Decimal[]
  /** Of one unit of the ledger's currency in that of the fee. */
  readonly rate: Decimal
}

export class FeeFactory {
  private readonly clock: Clock
  private readonly ids: IdSource
  private readonly rules: FeeRules

  constructor(clock: Clock, ids: IdSource, rules: FeeRules) {
    this.clock = clock
    this.ids = ids
    this.rules = rules
  }

  agreement(userId: string, strategyId: string, offer: FeeOffer): FeeAgreement {
    const agreedAt = this.clock.now()
    const closesAt = closeAfter(agreedAt, offer.cycle)
    return { ...offer, id: this.ids.next(), userId, strategyId, agreedAt, periodStart: agreedAt, closesAt }
  }

  close({ agreement, strategy, asked, tax }: DueAgreement, before: Mark, counted: CountedTrades): PerformanceFee {
    const { id: agreementId, userId, strategyId, periodStart, closesAt: periodEnd } = agreement
    const { ledgerCurrency, rate, results } = counted
    const currency = feeCurrencyOf(ledgerCurrency)
    const percent = percentNow(agreement.percent, asked)
    const minimum = parseMoney(this.rules.minimum, currency) ?? money(1n, currency)
    const crystallised = crystallise(before, results, { percent, currency, rate, minimum })
    const { amount: charged } = taxed(crystallised.fee, tax)
    return {
      ...crystallised,
      charged,
      tax,
      id: this.ids.next(),
      agreementId,
      userId,
      strategyId,
      strategyName: strategy.name,
      owner: { userId: strategy.ownerId, sharePercent: this.rules.ownerSharePercent },
      periodStart,
      periodEnd,
      percent,
      ledgerCurrency,
      rate,
      invoiceId: null,
      closedAt: this.clock.now(),
    }
  }
}

/** What one unit of the trades' currency is worth in that of the fee; undefined while nobody knows. */
export function feeRateOf(ledgerCurrency: string, dollarRates: ReadonlyMap<string, Decimal>): Decimal | undefined {
  if (feeCurrencyOf(ledgerCurrency) === ledgerCurrency) return ONE
  const rate = dollarRates.get(ledgerCurrency)
  return rate?.gt(ZERO) === true ? rate : undefined
}
