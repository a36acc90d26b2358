/**
 * What was given back of a payment that has its invoice, as documents of their own: an invoice never changes once it is issued.
 * Called when more is known of a payment. Must never credit another sum, or another tax, than the books have given back.
 */
import type { CreditNoteReply } from '@tradewire/contracts/rpc/billing/credit-notes'
import { money, moneyText, type Money } from '../money/money.ts'
import { taxIn, type TaxTerms } from '../money/tax.ts'
import { givenBackMinor, type Part, type PaymentFacts } from '../payments/payment.ts'
import type { Invoice, Party } from './invoice.ts'

/** `correction`: takes back what was credited, because it was not given back after all. */
export type CreditReason = 'refund' | 'dispute' | 'correction'

export interface Credit {
  readonly reason: CreditReason
  /** The provider's id of the refund or the dispute. */
  readonly reference: string
  /** Below nothing for a correction. */
  readonly minor: bigint
  readonly taxMinor: bigint
  /** What is credited of this refund or dispute with this note. */
  readonly upToMinor: bigint
}

export interface CreditNote extends Omit<Credit, 'minor'> {
  readonly id: string
  readonly number: string
  readonly userId: string
  readonly invoiceId: string
  readonly invoiceNumber: string
  readonly paymentId: string
  readonly description: string
  readonly amount: Money
  readonly tax: TaxTerms | null
  readonly seller: Party
  readonly buyer: Party
  readonly issuedAt: Date
}

/** In the order in which the books give back, so that the tax of each is what they take out of it. */
export function creditsOf(before: PaymentFacts, after: PaymentFacts, tax: TaxTerms | null): readonly Credit[] {
  let kept = after.capturedMinor - givenBackMinor(before)
  const credits: Credit[] = []
  const credit = (reason: CreditReason, reference: string, from: bigint, upToMinor: bigint) => {
    const minor = upToMinor - from
    if (minor === 0n) return
    const taxMinor = taxIn(kept, tax) - taxIn(kept - minor, tax)
    credits.push({ reason: minor > 0n ? reason : 'correction', reference, minor, taxMinor, upToMinor })
    kept -= minor
  }
  for (const [id, refund] of Object.entries(after.refunds)) {
    credit('refund', id, madeMinor(before.refunds[id], 'made'), madeMinor(refund, 'made'))
  }
  for (const [id, dispute] of Object.entries(after.disputes)) {
    credit('dispute', id, madeMinor(before.disputes[id], 'lost'), madeMinor(dispute, 'lost'))
  }
  return credits
}

function madeMinor<Stage>(part: Part<Stage> | undefined, stage: Stage): bigint {
  return part?.stage === stage ? part.minor : 0n
}

/** Made out as its invoice was. */
export function creditNoteOf(
  { id: invoiceId, number: invoiceNumber, userId, description, amount: { currency }, tax, seller, buyer }: Invoice,
  { minor, ...credit }: Credit,
): Omit<CreditNote, 'id' | 'number' | 'paymentId' | 'issuedAt'> {
  const whose = { userId, invoiceId, invoiceNumber, description, tax, seller, buyer }
  return { ...whose, ...credit, amount: money(minor, currency) }
}

export function viewCreditNote(note: CreditNote): CreditNoteReply {
  const { id, number, userId, invoiceId, invoiceNumber, paymentId, reason, reference, description } = note
  const { amount, tax, taxMinor, issuedAt } = note
  const { minor, currency } = amount
  return {
    id,
    number,
    userId,
    invoiceId,
    invoiceNumber,
    paymentId,
    reason,
    reference,
    description,
    net: moneyText(money(minor - taxMinor, currency)),
    tax: tax === null ? null : { ...tax, amount: moneyText(money(taxMinor, currency)) },
    amount: moneyText(amount),
    currency,
    issuedAt: issuedAt.toISOString(),
  }
}
