/**
 * What moved when more became known of a payment, as journals. Called with the facts before and after.
 * Must never book what the facts before had booked: their difference is all that is written.
 */
import type { Decimal } from '@tradewire/kernel/decimal'
import type { Currency } from '../money/currency.ts'
import { journalOf, type Journal, type LedgerAccount, type Line } from './ledger.ts'
import { shareOf } from '../money/money.ts'
import { givenBackMinor, type DisputeStage, type Part, type PaymentFacts } from '../payments/payment.ts'
import type { ProviderCode } from '../payments/provider-code.ts'
import { taxIn, withoutTax, type TaxTerms } from '../money/tax.ts'

/** Whose money it is: fixed when the payment was begun. */
export interface PaymentTerms {
  readonly provider: ProviderCode
  /** The payment's id at the provider. */
  readonly externalId: string
  readonly currency: Currency
  readonly revenue: LedgerAccount
  /** In every amount of it. */
  readonly tax: TaxTerms | null
  /** The one who offers what was bought gets this part of it; null when it is all ours. */
  readonly owner: { readonly userId: string; readonly sharePercent: Decimal } | null
}

/** In the order in which they are to be written. */
export function journalsOf(terms: PaymentTerms, before: PaymentFacts, after: PaymentFacts): Journal[] {
  return [
    ...captureOf(terms, before, after),
    ...feeOf(terms, before, after),
    ...refundsOf(terms, before, after),
    ...disputesOf(terms, before, after),
  ]
}

function captureOf(terms: PaymentTerms, before: PaymentFacts, after: PaymentFacts): Journal[] {
  if (after.capturedMinor === before.capturedMinor) return []
  const lines = [
    { account: clearing(terms), minor: after.capturedMinor - before.capturedMinor },
    // Less what was given back, also when that was told first: the owner's part is rounded over what is kept.
    ...earned(terms, before.capturedMinor - givenBackMinor(before), after.capturedMinor - givenBackMinor(before)),
  ]
  return [journal(terms, terms.externalId, `captured up to ${after.capturedMinor}`, lines)]
}

function feeOf(terms: PaymentTerms, before: PaymentFacts, after: PaymentFacts): Journal[] {
  const minor = after.feeMinor - before.feeMinor
  if (minor === 0n) return []
  const lines: Line[] = [
    { account: 'cost:provider-fees', minor },
    { account: clearing(terms), minor: -minor },
  ]
  return [journal(terms, terms.externalId, `fee up to ${after.feeMinor}`, lines)]
}

/** Given back one after the other, so that the owner's part of all of it is exact however it was split. */
function refundsOf(terms: PaymentTerms, before: PaymentFacts, after: PaymentFacts): Journal[] {
  const journals: Journal[] = []
  let kept = after.capturedMinor - givenBackMinor(before)
  for (const [id, { minor, stage }] of Object.entries(after.refunds)) {
    const known = before.refunds[id]
    const madeBefore = known?.stage === 'made' ? known.minor : 0n
    const madeNow = stage === 'made' ? minor : 0n
    if (madeNow === madeBefore) continue
    const back = madeNow - madeBefore
    const kind = stage === 'made' ? `refunded up to ${minor}` : 'refund undone'
    const lines = [{ account: clearing(terms), minor: -back }, ...earned(terms, kept, kept - back)]
    journals.push(journal(terms, id, kind, lines))
    kept -= back
  }
  return journals
}

/** An open dispute moves the money aside; a lost one takes it, a won one brings it back. */
function disputesOf(terms: PaymentTerms, before: PaymentFacts, after: PaymentFacts): Journal[] {
  const journals: Journal[] = []
  const refundedNow = givenBackMinor({ ...after, disputes: before.disputes })
  let kept = after.capturedMinor - refundedNow
  for (const [id, dispute] of Object.entries(after.disputes)) {
    const from = placesOf(before.disputes[id])
    const to = placesOf(dispute)
    if (from.withheld === to.withheld && from.lost === to.lost) continue
    const taken = to.lost - from.lost
    const lines: Line[] = [
      { account: clearing(terms), minor: -(to.withheld + to.lost - from.withheld - from.lost) },
      { account: `disputed:${terms.provider}`, minor: to.withheld - from.withheld },
      ...earned(terms, kept, kept - taken),
    ]
    journals.push(journal(terms, id, `dispute ${dispute.stage} over ${dispute.minor}`, lines))
    kept -= taken
  }
  return journals
}

function placesOf(dispute: Part<DisputeStage> | undefined): { readonly withheld: bigint; readonly lost: bigint } {
  switch (dispute?.stage) {
    case 'open':
      return { withheld: dispute.minor, lost: 0n }
    case 'lost':
      return { withheld: 0n, lost: dispute.minor }
    case 'won':
    case undefined:
      return { withheld: 0n, lost: 0n }
  }
}

/**
 * Credits (or, going down, debits) for what is kept of a payment: the tax set aside, the owner's part of the rest to
 * the owner, what is left to us. What was earned before it was paid is settled: it is due no longer, and the owner's part waits no longer.
 */
function earned({ revenue, owner, tax }: PaymentTerms, from: bigint, to: bigint): Line[] {
  const ownersPart = (minor: bigint) => (owner === null ? 0n : shareOf(withoutTax(minor, tax), owner.sharePercent))
  const ownersMinor = ownersPart(from) - ownersPart(to)
  if (owner !== null && revenue.startsWith('due:user:')) {
    return [
      { account: revenue, minor: from - to },
      { account: `pending:owner:${owner.userId}`, minor: -ownersMinor },
      { account: `owed:owner:${owner.userId}`, minor: ownersMinor },
    ]
  }
  const taxMinor = taxIn(from, tax) - taxIn(to, tax)
  return [
    ...(tax === null ? [] : [{ account: `tax:${tax.country}` as const, minor: taxMinor }]),
    ...(owner === null ? [] : [{ account: `owed:owner:${owner.userId}` as const, minor: ownersMinor }]),
    { account: revenue, minor: from - to - taxMinor - ownersMinor },
  ]
}

function clearing({ provider }: PaymentTerms): LedgerAccount {
  return `clearing:${provider}`
}

function journal({ provider, currency }: PaymentTerms, object: string, kind: string, lines: readonly Line[]): Journal {
  return journalOf({ source: provider, object, kind }, currency, lines)
}
