/** Taxes on what is sold: what a payer is charged, and how much of an amount is tax. Called when something is priced, booked or invoiced. Must never be worked out twice from different figures. */
import { decimal, HUNDRED, Decimal } from '@tradewire/kernel/decimal'
import { money, shareOf, type Money } from './money.ts'

/** As it is stored with what was sold: plain text, fixed at that moment. */
export interface TaxTerms {
  /** By ISO 3166. */
  readonly country: string
  /** As it is called on invoices, such as VAT. */
  readonly name: string
  readonly percent: string
  /** True: prices contain it. False: it comes on top. */
  readonly included: boolean
}

export interface Taxed {
  /** What the payer is charged, tax and all. */
  readonly amount: Money
  readonly tax: TaxTerms | null
}

/** What a price comes to for somebody for whom this tax holds; null for none. */
export function taxed(price: Money, tax: TaxTerms | null): Taxed {
  const onTop = tax === null || tax.included ? 0n : shareOf(price.minor, decimal(tax.percent))
  return { amount: money(price.minor + onTop, price.currency), tax }
}

/** How much of an amount is tax, halves away from zero. Of what `taxed` charged on top it is that, to the unit. */
export function taxIn(minor: bigint, tax: TaxTerms | null): bigint {
  if (tax === null) return 0n
  const percent = decimal(tax.percent)
  const part = new Decimal(minor.toString()).times(percent).div(percent.plus(HUNDRED))
  return BigInt(part.round(0, Decimal.roundHalfUp).toString())
}

export function withoutTax(minor: bigint, tax: TaxTerms | null): bigint {
  return minor - taxIn(minor, tax)
}
