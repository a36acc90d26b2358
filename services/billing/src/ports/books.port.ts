/** The ledger and the invoices. Called by use cases. Must never change what is written, nor write a journal twice. */
import type { Transaction } from '@tradewire/database/transaction'
import type { Currency } from '../domain/money/currency.ts'
import type { Invoice } from '../domain/bills/invoice.ts'
import type { Journal } from '../domain/books/ledger.ts'
import type { UserWindow } from './bills.port.ts'

/** Each journal is of exactly one of them. */
export type Cause = { readonly providerEventId: string } | { readonly ruleRunId: string }

export interface Booked {
  readonly journal: Journal
  readonly cause: Cause
}

export interface Balance {
  readonly account: string
  readonly currency: Currency
  readonly minor: bigint
}

export abstract class Books {
  /** Throws when one of them is written already, or is out of balance: then the whole transaction is undone. */
  abstract write(tx: Transaction, booked: readonly Booked[], now: Date): Promise<void>
  /** False when the rule has run over this already. */
  abstract beginRule(
    tx: Transaction,
    run: { readonly id: string; readonly rule: string; readonly object: string; readonly ranAt: Date },
  ): Promise<boolean>
  abstract balances(): Promise<Balance[]>
  abstract imbalance(): Promise<bigint>
  /** Takes the next numbers of the year, in this order. */
  abstract issueInvoices(tx: Transaction, invoices: readonly Omit<Invoice, 'number'>[], now: Date): Promise<Invoice[]>
  /** By payment; of those that have one. */
  abstract invoicesOf(tx: Transaction, paymentIds: readonly string[]): Promise<ReadonlyMap<string, Invoice>>
  abstract findInvoice(id: string, seenBy: string | undefined): Promise<Invoice | undefined>
  abstract invoices(window: UserWindow): Promise<Invoice[]>
}
