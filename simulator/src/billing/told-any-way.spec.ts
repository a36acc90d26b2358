import { toPaymentObservation as ofRazorpay } from '@tradewire/billing/clients/razorpay/razorpay.map'
import { toPaymentObservation as ofStripe } from '@tradewire/billing/clients/stripe/stripe.map'
import { balancesOf, type Journal, originText } from '@tradewire/billing/domain/books/ledger'
import { shareOf } from '@tradewire/billing/domain/money/money'
import { learned, nothingKnown, type PaymentFacts } from '@tradewire/billing/domain/payments/payment'
import { journalsOf, type PaymentTerms } from '@tradewire/billing/domain/books/payment-journals'
import { isForward, joined, nothingPaid, standingOf } from '@tradewire/billing/domain/subscriptions/subscription'
import type { ObservedPayment } from '@tradewire/billing/ports/payment-provider.port'
import { Decimal } from '@tradewire/kernel/decimal'
import { SeededRandomness } from '@tradewire/kernel/randomness'
import { RazorpayBooks } from '@tradewire/paper/surfaces/razorpay/razorpay-books.wire'
import { StripeBooks } from '@tradewire/paper/surfaces/stripe/stripe-books.wire'
import { describe, expect, it } from 'vitest'

const seeds = 1_000
const dayMs = 86_400_000
const begunAt = new Date('2026-01-15T08:00:00.000Z')
const rules = { graceMs: 7 * dayMs, firstPaymentWithinMs: dayMs }
const sharePercent = new Decimal('33.3')
const monthly = 9_949

/** A provider whose history goes on one step at a time, and which is asked how a payment stands now. */
interface Provider {
  readonly code: 'stripe' | 'razorpay'
  /** What its events so far are about, by payment. */
  told(): readonly string[]
  /** The payer's page may come with it before any event does. */
  proven(): readonly string[]
  step(random: SeededRandomness): void
  observe(id: string): ObservedPayment
  /** What it took, gave back, kept as fee and set aside, by payment. */
  truth(): ReadonlyMap<string, { taken: number; back: number; fee: number; aside: number; lost: number }>
  /** Until when it says that a subscription is paid. */
  paidThrough(): ReadonlyMap<string, number>
}

class Stripe implements Provider {
  readonly code = 'stripe'
  private readonly books = new StripeBooks('x', begunAt)
  private days = 0

  constructor() {
    const { catalogue } = this.books
    const { id: product } = catalogue.createProduct('PRO')
    const price = catalogue.createPrice({ product, currency: 'usd', unitAmount: monthly, intervalMonths: 1 })
    for (let number = 0; number < 3; number += 1) {
      this.books.createSubscription(this.books.createCustomer(null, null, {}), price, {})
    }
  }

  told(): string[] {
    return this.books.events.flatMap(({ type, data: { object } }) => {
      if (type.startsWith('payment_intent.')) return [object.id]
      if (type.startsWith('invoice.'))
        return [this.books.invoices.get(object.id)!.payments.data[0]!.payment.payment_intent]
      return type.startsWith('charge.') ? [(object as unknown as { payment_intent: string }).payment_intent] : []
    })
  }

  proven(): string[] {
    return [...this.books.charges.values()].map(({ payment_intent: id }) => id)
  }

  step(random: SeededRandomness): void {
    const intent = pick(random, [...this.books.intents.values()])
    const dispute = pick(random, [...this.books.disputes.values()])
    const cards = ['pm_card_visa', 'pm_card_chargeDeclined', 'pm_card_authenticationRequired'] as const
    const chance = random.fraction()
    if (chance < 0.5) this.books.confirm(intent!, pick(random, cards)!, random.fraction() < 0.5)
    else if (chance < 0.65) this.books.refund(intent!, 1 + Math.floor(random.fraction() * intent!.amount))
    else if (chance < 0.75) this.books.dispute(intent!)
    else if (chance < 0.85 && dispute !== undefined)
      this.books.closeDispute(dispute, pick(random, ['won', 'lost'] as const)!)
    else {
      this.days += 11
      this.books.advanceTo(new Date(begunAt.getTime() + this.days * dayMs))
    }
  }

  observe(id: string): ObservedPayment {
    const { books } = this
    const intent = books.intents.get(id)!
    const shown = { ...intent, latest_charge: books.charges.get(intent.latest_charge ?? '') ?? null }
    const of = <One extends { payment_intent: string }>(all: Map<string, One>) =>
      [...all.values()].filter((one) => one.payment_intent === id)
    const parts = {
      intent: shown,
      refunds: of(books.refunds),
      disputes: of(books.disputes),
      invoice: books.invoices.get(intent.invoice ?? ''),
    }
    return ofStripe(structuredClone(parts) as unknown as Parameters<typeof ofStripe>[0])
  }

  truth() {
    const { charges, disputes } = this.books
    return new Map(
      [...charges.values()].map((charge) => {
        const dispute = [...disputes.values()].find(({ charge: id }) => id === charge.id)
        const of = (status: string) => (dispute?.status === status ? dispute.amount : 0)
        const back = charge.amount_refunded
        const fee = charge.balance_transaction.fee
        const moved = { taken: charge.amount, back, fee, aside: of('needs_response'), lost: of('lost') }
        return [charge.payment_intent, moved]
      }),
    )
  }

  paidThrough() {
    const paid = [...this.books.invoices.values()].filter(({ status }) => status === 'paid')
    return latestBy(paid.map((one) => [one.parent.subscription_details.subscription, one.lines.data[0]!.period.end]))
  }
}

class Razorpay implements Provider {
  readonly code = 'razorpay'
  private readonly books = new RazorpayBooks('x', begunAt)
  private days = 0

  constructor() {
    const plan = this.books.createPlan(1, { name: 'PROFESSIONAL', amount: monthly, currency: 'INR' }, {})
    for (let number = 0; number < 3; number += 1) this.books.createSubscription(plan, 120, {})
    this.books.createOrder({ amount: monthly, currency: 'INR', receipt: 'a purchase', notes: {} })
  }

  told(): string[] {
    return this.books.events.flatMap(({ payload }) => this.orderOf(payload['payment']?.entity.id) ?? [])
  }

  proven(): string[] {
    return [...this.books.payments.values()].map(({ order_id: id }) => id)
  }

  step(random: SeededRandomness): void {
    const { books } = this
    const payment = pick(random, [...books.payments.values()])
    const subscription = pick(random, [...books.subscriptions.values()])!
    const dispute = pick(random, [...books.disputes.values()])
    const card = pick(random, ['card_success', 'card_declined', 'card_asks_bank'] as const)!
    const chance = random.fraction()
    if (chance < 0.3) books.authorise(subscription, card, random.fraction() < 0.5)
    else if (chance < 0.45)
      books.payOrder(
        pick(
          random,
          [...books.orders.values()].filter(({ receipt }) => receipt !== null),
        )!,
        card,
      )
    else if (chance < 0.55) books.changeCard(subscription, card)
    else if (chance < 0.65 && payment !== undefined)
      books.refund(payment, 1 + Math.floor(random.fraction() * monthly), {})
    else if (chance < 0.75 && payment !== undefined) books.dispute(payment)
    else if (chance < 0.85 && dispute !== undefined)
      books.closeDispute(dispute, pick(random, ['won', 'lost'] as const)!)
    else {
      this.days += 11
      books.advanceTo(new Date(begunAt.getTime() + this.days * dayMs))
    }
  }

  observe(id: string): ObservedPayment {
    const { books } = this
    const attempts = [...books.payments.values()].filter((one) => one.order_id === id)
    const ids = new Set(attempts.map((one) => one.id))
    const invoice = [...books.invoices.values()].find((one) => one.order_id === id)
    const subscription = books.subscriptions.get(invoice?.subscription_id ?? '')
    return ofRazorpay(
      structuredClone({
        order: books.orders.get(id)!,
        attempts,
        refunds: [...books.refunds.values()].filter((one) => ids.has(one.payment_id)),
        disputes: [...books.disputes.values()].filter((one) => ids.has(one.payment_id)),
        period: invoice === undefined ? undefined : { invoice, subscription: subscription!, isFirst: false },
      }),
    )
  }

  truth() {
    const taken = [...this.books.payments.values()].filter(({ captured }) => captured)
    return new Map(
      taken.map((one) => {
        const dispute = [...this.books.disputes.values()].find(({ payment_id: id }) => id === one.id)
        const of = (status: string) => (dispute?.status === status ? dispute.amount : 0)
        const moved = {
          taken: one.amount,
          back: one.amount_refunded,
          fee: one.fee ?? 0,
          aside: of('open'),
          lost: of('lost'),
        }
        return [one.order_id, moved]
      }),
    )
  }

  paidThrough() {
    const paid = [...this.books.invoices.values()].filter(({ status }) => status === 'paid')
    return latestBy(paid.map((one) => [one.subscription_id, one.billing_end]))
  }

  private orderOf(paymentId: string | undefined): string | undefined {
    return this.books.payments.get(paymentId ?? '')?.order_id
  }
}

function pick<One>(random: SeededRandomness, all: readonly One[]): One | undefined {
  return all[Math.floor(random.fraction() * all.length)]
}

function latestBy(all: readonly (readonly [string, number])[]): Map<string, number> {
  const latest = new Map<string, number>()
  for (const [id, end] of all) latest.set(id, Math.max(latest.get(id) ?? 0, end))
  return latest
}

/** Billing without its stores: what a commit leaves behind. */
class Ledger {
  readonly journals = new Map<string, Journal>()
  readonly subscriptions = new Map<string, typeof nothingPaid>()
  private readonly facts = new Map<string, PaymentFacts>()
  private readonly code: Provider['code']

  constructor(code: Provider['code']) {
    this.code = code
  }

  take(seen: ObservedPayment): void {
    const before = this.facts.get(seen.externalId) ?? nothingKnown
    const after = learned(before, seen.facts)
    const owner = { userId: 'o', sharePercent }
    const terms: PaymentTerms = {
      provider: this.code,
      externalId: seen.externalId,
      currency: seen.amount.currency,
      revenue: 'revenue:strategies',
      tax: null,
      owner,
    }
    for (const journal of journalsOf(terms, before, after)) {
      const origin = originText(journal.origin)
      expect(this.journals.has(origin), `${origin} is booked once`).toBe(false)
      this.journals.set(origin, journal)
    }
    this.facts.set(seen.externalId, after)
    if (after.progress === 'succeeded' && seen.subscriptionExternalId !== null && seen.period !== null) {
      this.move(seen.subscriptionExternalId, seen.period.end)
    }
  }

  private move(id: string, paidThrough: Date): void {
    const before = this.subscriptions.get(id) ?? nothingPaid
    const after = joined(before, { ...nothingPaid, paidThrough })
    const standing = (facts: typeof before) => ({
      standing: standingOf(facts, { begunAt, anchorAt: begunAt }, begunAt, rules).standing,
      paidThrough: facts.paidThrough,
    })
    expect(isForward(standing(before), standing(after))).toBe(true)
    this.subscriptions.set(id, after)
  }
}

/** Processes that observe and then commit; one is killed before, between or after, and its event comes again. */
function work(provider: Provider, ledger: Ledger, queue: string[], random: SeededRandomness): void {
  const observed: ObservedPayment[] = []
  while (queue.length > 0 || observed.length > 0) {
    const isLate = observed.length > 0 && (queue.length === 0 || random.fraction() < 0.4)
    if (isLate) {
      ledger.take(observed.splice(Math.floor(random.fraction() * observed.length), 1)[0]!)
      continue
    }
    const [id] = queue.splice(Math.floor(random.fraction() * queue.length), 1)
    const killed = random.fraction()
    if (killed < 0.1) queue.push(id!)
    else if (killed < 0.2) {
      provider.observe(id!)
      queue.push(id!)
    } else if (killed < 0.3) {
      ledger.take(provider.observe(id!))
      queue.push(id!)
    } else observed.push(provider.observe(id!))
  }
}

function modelOf(provider: Provider, currency: string): Map<string, bigint> {
  const balances = new Map<string, bigint>()
  const add = (account: string, minor: bigint): void => {
    const key = `${account} ${currency}`
    const sum = (balances.get(key) ?? 0n) + minor
    if (sum === 0n) balances.delete(key)
    else balances.set(key, sum)
  }
  for (const { taken, back, fee, aside, lost } of provider.truth().values()) {
    const kept = BigInt(taken - back - lost)
    const owed = shareOf(kept, sharePercent)
    add(`clearing:${provider.code}`, kept - BigInt(fee) - BigInt(aside))
    add(`disputed:${provider.code}`, BigInt(aside))
    add('cost:provider-fees', BigInt(fee))
    add('owed:owner:o', -owed)
    add('revenue:strategies', owed - kept)
  }
  return balances
}

const sorted = (balances: Map<string, bigint>) =>
  [...balances].toSorted(([left], [right]) => (left < right ? -1 : 1)).map(([key, minor]) => `${key} ${minor}`)

function live(provider: Provider, seed: number): { readonly ledger: Ledger; readonly booked: Map<string, bigint> } {
  const random = new SeededRandomness(seed)
  const ledger = new Ledger(provider.code)
  let heard = 0
  for (let step = 0; step < 24; step += 1) {
    provider.step(random)
    if (random.fraction() < 0.7) continue
    // Some are worked on while the history goes on, the payer's page among them.
    const told = provider.told()
    work(provider, ledger, [...told.slice(heard), ...provider.proven().slice(0, 2)], random)
    heard = told.length
  }
  const told = provider.told()
  work(provider, ledger, [...told, ...told.toReversed(), ...told, ...provider.proven()], random)
  return { ledger, booked: balancesOf(ledger.journals.values()) }
}

describe.each([
  { name: 'Stripe', make: () => new Stripe(), currency: 'USD' },
  { name: 'Razorpay', make: () => new Razorpay(), currency: 'INR' },
])('what $name tells', ({ make, currency }) => {
  it('comes to the same three times, reversed, beside the payer’s page and with a kill at each step', () => {
    let journals = 0
    for (let seed = 1; seed <= seeds; seed += 1) {
      const provider = make()
      const { ledger, booked } = live(provider, seed)
      expect(sorted(booked), `seed ${seed}`).toEqual(sorted(modelOf(provider, currency)))
      const served = [...ledger.subscriptions].map(([id, { paidThrough }]) => [id, paidThrough!.getTime() / 1_000])
      expect(new Map(served as [string, number][]), `seed ${seed}`).toEqual(new Map(provider.paidThrough()))
      journals += ledger.journals.size
    }
    expect(journals).toBeGreaterThan(seeds)
  }, 120_000)
})
