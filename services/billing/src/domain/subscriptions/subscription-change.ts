/**
 * A change of what a running subscription is for: when it takes effect, what the rest of the old is worth and the rest of
 * the new costs, and what the subscription is afterwards. Called by use cases. Must never charge one moment twice.
 */
import type { Subscription } from '../bills/bill.ts'
import { monthsOf, periodAfter, periodEnd } from './billing-cycle.ts'
import { money, moneyText, type Money } from '../money/money.ts'
import { withoutTax, type TaxTerms } from '../money/tax.ts'

/** What a subscription is for, how often it is paid, and how much. */
export type ChangeTerms = Pick<Subscription, 'subject' | 'amount' | 'cycle'>

/** `now`: when the difference is paid. `period-end`: when what is paid is over. */
export type ChangeTiming = 'now' | 'period-end'

/** `open`: waits for its payment, or the provider does not know yet. `paid`: in force, and the provider is to be told. */
export const changeStates = ['open', 'scheduled', 'paid', 'done', 'dropped'] as const
export type ChangeState = (typeof changeStates)[number]

export interface Proration {
  /** For the rest of the old: given back. */
  readonly credit: Money
  /** For the rest of the new. */
  readonly charge: Money
}

export interface PricedChange {
  readonly timing: ChangeTiming
  readonly terms: ChangeTerms
  readonly proration: Proration
  readonly pricedAt: Date
  readonly effectiveAt: Date
  /** The paid time that it was priced for. */
  readonly paidThrough: Date
}

export interface SubscriptionChange extends PricedChange {
  readonly id: string
  readonly subscriptionId: string
  readonly userId: string
  readonly state: ChangeState
  /** What the subscription was for. */
  readonly formerName: string
  /** Whether its provider charges later periods by itself and must be told what they cost. */
  readonly toldToProvider: boolean
  /** Tells whether a repeated request is the same. */
  readonly requestHash: string
  readonly createdAt: Date
}

/**
 * At once where more is asked for: a dearer one by the month, or the same for longer. A shorter cycle always waits, so that
 * what is paid never ends earlier.
 */
export function timingOf(held: ChangeTerms, wanted: ChangeTerms): ChangeTiming {
  const [before, after] = [monthsOf(held.cycle), monthsOf(wanted.cycle)]
  if (after < before) return 'period-end'
  const isDearer = wanted.amount.minor * BigInt(before) > held.amount.minor * BigInt(after)
  return isDearer || (after > before && wanted.subject.id === held.subject.id) ? 'now' : 'period-end'
}

export function isSameTerms(held: ChangeTerms, wanted: ChangeTerms): boolean {
  return held.subject.id === wanted.subject.id && held.cycle === wanted.cycle
}

/**
 * What a change at this moment gives back and charges. The credit is rounded up and the charge down to what the provider can
 * charge, each in the payer's favour. Another cycle begins anew, and is charged whole.
 */
export function prorate(held: PaidTime, wanted: ChangeTerms, at: Date, unitMinor: bigint): Proration {
  const { currency } = held.amount
  const rest = restOf(held, at)
  const credit = dividedUp(held.amount.minor * rest.parts, rest.of * unitMinor) * unitMinor
  if (wanted.cycle !== held.cycle) return { credit: money(credit, currency), charge: wanted.amount }
  const charge = ((wanted.amount.minor * rest.parts) / (rest.of * unitMinor)) * unitMinor
  return { credit: money(credit, currency), charge: money(charge, currency) }
}

export function dueNow({ credit, charge }: Proration): Money {
  return money(charge.minor - credit.minor, charge.currency)
}

export type PaidTime = ChangeTerms &
  Pick<Subscription, 'grid'> & { readonly facts: { readonly paidThrough: Date | null } }

/** How much of a period's price is left: so many parts of so many; more than one where a later period is paid too. */
function restOf(held: PaidTime, at: Date): { readonly parts: bigint; readonly of: bigint } {
  let end = held.facts.paidThrough ?? at
  let whole = 0n
  let start = periodStart(held, end)
  while (start > at && start > held.grid.from) {
    whole += 1n
    end = start
    start = periodStart(held, end)
  }
  const of = BigInt(end.getTime() - start.getTime())
  const left = BigInt(Math.max(0, end.getTime() - Math.max(at.getTime(), start.getTime())))
  return { parts: whole * of + left, of }
}

/** Providers that count by themselves may begin at another moment than we: then it is one cycle before the end. */
function periodStart({ grid, cycle }: PaidTime, end: Date): Date {
  const number = periodAfter(grid.from, cycle, end) - 1
  const isOurs = number > 0 && periodEnd(grid.from, cycle, number).getTime() === end.getTime()
  return isOurs ? periodEnd(grid.from, cycle, number - 1) : periodEnd(end, cycle, -1)
}

function dividedUp(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor - 1n) / divisor
}

/** The period that follows what is paid: its number is never used again, whatever the cycle becomes. */
export function nextPeriod({ grid, cycle, facts }: PaidTime): { readonly number: number; readonly end: Date } {
  const inGrid = facts.paidThrough === null ? 1 : periodAfter(grid.from, cycle, facts.paidThrough)
  return { number: grid.afterPeriod + inGrid, end: periodEnd(grid.from, cycle, inGrid) }
}

/** Where the new cycle is another one, its periods are counted from the moment of the change. */
export function changedBy(held: Subscription, { terms, effectiveAt }: PricedChange): Subscription {
  const isOtherCycle = terms.cycle !== held.cycle
  const grid = isOtherCycle ? { from: effectiveAt, afterPeriod: nextPeriod(held).number - 1 } : held.grid
  return { ...held, ...terms, grid }
}

/** What a change that is paid at once pays for beyond what was paid: nothing, or the first period of the new cycle. */
export function paysThrough(held: ChangeTerms, { terms, effectiveAt }: PricedChange): Date | null {
  return terms.cycle === held.cycle ? null : periodEnd(effectiveAt, terms.cycle, 1)
}

interface ChangeNews {
  /** The change whose difference was paid just now. */
  readonly paidChangeId: string | undefined
  readonly now: Date
}

/** What becomes of a change that is not in force yet; undefined while nothing does. `held` knows all that is paid. */
export function moveOf(
  change: SubscriptionChange | undefined,
  held: Pick<Subscription, 'externalId' | 'facts'>,
  { paidChangeId, now }: ChangeNews,
): ChangeState | undefined {
  if (change === undefined) return undefined
  const { timing, state, toldToProvider } = change
  if (timing === 'now' && change.id === paidChangeId) return toldToProvider ? 'paid' : 'done'
  // A provider that charges the difference by itself has changed its side when it was paid, however late we hear of it.
  const isProviders = timing === 'now' && held.externalId !== null && !toldToProvider
  if (held.facts.endsAt !== null && (!isProviders || now >= held.facts.endsAt)) return 'dropped'
  // While its provider has not answered, what it charges for the next period tells whether it has heard of the change.
  if (timing === 'period-end') return state === 'scheduled' && now >= change.effectiveAt ? 'done' : undefined
  const isOvertaken = (held.facts.paidThrough ?? change.paidThrough) > change.paidThrough
  return isOvertaken && !isProviders ? 'dropped' : undefined
}

/** When time alone moves the subscription or its change: a later period may be paid before a scheduled one takes effect. */
export function nextLook(at: Date | null, pending: SubscriptionChange | undefined, now: Date): Date | null {
  if (pending?.timing !== 'period-end' || pending.effectiveAt <= now) return at
  return at === null || pending.effectiveAt < at ? pending.effectiveAt : at
}

export interface ChangeLine {
  readonly description: string
  readonly amount: Money
}

/** As a preview and an invoice show it. */
export function changeLines(formerName: string, { terms, proration }: PricedChange): readonly ChangeLine[] {
  const { charge, credit } = proration
  if (charge.minor === 0n && credit.minor === 0n) return []
  const lines = [
    { description: `${terms.subject.name}, ${terms.cycle}, from now on`, amount: charge },
    { description: `Not used of ${formerName}`, amount: money(-credit.minor, credit.currency) },
  ]
  return lines.filter(({ amount }) => amount.minor !== 0n)
}

/** The same as prices are shown: where tax comes on top, what is left over by rounding stands with the credit. */
export function invoicedChange(change: PricedChange & { readonly formerName: string }, tax: TaxTerms | null) {
  const shown = (minor: bigint) => (tax?.included === false ? withoutTax(minor, tax) : minor)
  let left = shown(dueNow(change.proration).minor)
  return changeLines(change.formerName, change).map(({ description, amount }, index, all) => {
    const minor = index === all.length - 1 ? left : shown(amount.minor)
    left -= minor
    return { description, quantity: 1, amount: moneyText(money(minor, amount.currency)) }
  })
}
