/** An invoice: who sold what to whom, for how much, and how much of it is tax. Called by use cases and stores. Must never change once it has its number. */
import type { InvoiceReply } from '@tradewire/contracts/rpc/billing/invoices'
import type { InvoiceLine, Purchase } from './bill.ts'
import { money, moneyText, parseMoney, times, type Money } from '../money/money.ts'
import { taxIn, withoutTax, type TaxTerms } from '../money/tax.ts'

export interface Party {
  readonly name: string
  readonly address: readonly string[]
  readonly taxId: string | null
}

export interface Invoice {
  readonly id: string
  readonly number: string
  readonly userId: string
  /** Null for a performance fee, whose invoice comes first. */
  readonly paymentId: string | null
  readonly feeId: string | null
  readonly description: string
  readonly lines: readonly InvoiceLine[]
  /** What is to be paid or was, tax and all. */
  readonly amount: Money
  readonly tax: TaxTerms | null
  readonly seller: Party
  readonly buyer: Party
  readonly issuedAt: Date
}

/** As they were bought, and what was taken off. */
export function purchaseLines({ lines, discount, currency }: Purchase): InvoiceLine[] {
  const bought = lines.map(({ name, quantity, amount }) => ({
    description: name,
    quantity,
    amount: moneyText(times(parseMoney(amount, currency) ?? money(0n, currency), quantity)),
  }))
  if (discount.minor === 0n) return bought
  return [...bought, { description: 'Discount', quantity: 1, amount: moneyText(times(discount, -1)) }]
}

/** An amount as prices are shown. */
export function listedText({ minor, currency }: Money, tax: TaxTerms | null): string {
  return moneyText(money(tax?.included === false ? withoutTax(minor, tax) : minor, currency))
}

export function viewInvoice({ amount, tax, issuedAt, seller: _, buyer: __, lines, ...rest }: Invoice): InvoiceReply {
  const { minor, currency } = amount
  return {
    ...rest,
    lines: lines.map((line) => ({ ...line })),
    amount: moneyText(amount),
    net: moneyText(money(withoutTax(minor, tax), currency)),
    tax: tax === null ? null : { ...tax, amount: moneyText(money(taxIn(minor, tax), currency)) },
    currency,
    issuedAt: issuedAt.toISOString(),
  }
}
