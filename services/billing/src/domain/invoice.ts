/** The invoice of a payment or of a performance fee. Called by use cases and stores. Must never change once it has its number. */
import type { ReplyOf } from '@tradewire/contracts/define-rpc'
import type { listInvoices } from '@tradewire/contracts/rpc/billing'
import { moneyText, type Money } from './money.ts'

export interface Invoice {
  readonly id: string
  readonly number: string
  readonly userId: string
  /** Null for a performance fee, whose invoice comes first. */
  readonly paymentId: string | null
  readonly feeId: string | null
  readonly description: string
  readonly amount: Money
  readonly issuedAt: Date
}

export function viewInvoice({ amount, issuedAt, ...rest }: Invoice): ReplyOf<typeof listInvoices>['items'][number] {
  return { ...rest, amount: moneyText(amount), currency: amount.currency, issuedAt: issuedAt.toISOString() }
}
