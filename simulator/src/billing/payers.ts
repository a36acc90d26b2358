/**
 * Subscribers as they are: most pay, some cards are declined, some banks ask, some want their money back, some dispute,
 * some leave. Called once a simulated day. Must never touch billing's books, only what a payer or an operator can reach.
 */
import { BeginSubscription } from '@tradewire/billing/use-cases/begin-subscription/begin-subscription.use-case'
import { CancelSubscription } from '@tradewire/billing/use-cases/cancel-subscription/cancel-subscription.use-case'
import { ChooseOutcome } from '@tradewire/billing/use-cases/choose-outcome/choose-outcome.use-case'
import { RefundPayment } from '@tradewire/billing/use-cases/refund-payment/refund-payment.use-case'
import { type Id, timedUuidOf, uuidOfHash } from '@tradewire/kernel/ids'
import type { SeededRandomness } from '@tradewire/kernel/randomness'
import type { Dispute, PaymentIntent } from '@tradewire/paper/surfaces/stripe/stripe-objects.wire'
import type { BillingWorld } from './billing-world.ts'

const monthDays = 30
const firstDays = 28
const visa = 'pm_card_visa'
const declining = 'pm_card_chargeDeclined'

export interface Offers {
  readonly planId: string
  readonly strategyId: string
}

export class Payers {
  private readonly world: BillingWorld
  private readonly random: SeededRandomness
  private readonly offers: Offers
  private readonly subscribers: number
  private begun = 0
  private requests = 0

  constructor(world: BillingWorld, random: SeededRandomness, offers: Offers, subscribers: number) {
    this.world = world
    this.random = random
    this.offers = offers
    this.subscribers = subscribers
  }

  /** The first four weeks bring all subscribers. */
  async arrive(day: number): Promise<void> {
    const due = Math.ceil((this.subscribers * Math.min(day + 1, firstDays)) / firstDays)
    while (this.begun < due) {
      await this.subscribe(this.begun)
      this.begun += 1
    }
  }

  async live(): Promise<void> {
    const { books } = this.world
    for (const intent of books.intents.values()) {
      if (intent.status === 'succeeded') await this.regret(intent)
    }
    for (const dispute of books.disputes.values()) this.judge(dispute)
    for (const subscription of books.subscriptions.values()) {
      if (subscription.ended_at === null) this.changeCard(subscription.customer)
    }
    await this.payMockLinks()
    await this.leave()
  }

  private async subscribe(number: number): Promise<void> {
    const { billing, books } = this.world
    const provider = this.chance(0.8) ? ('stripe' as const) : ('mock' as const)
    const subject = this.chance(0.5)
      ? { kind: 'plan' as const, id: this.offers.planId }
      : { kind: 'strategy' as const, id: this.offers.strategyId }
    const caller = { userId: userOf(number), roles: ['follower' as const] }
    const subscription = { subject, provider, currency: 'USD', cycle: 'monthly' as const }
    const begun = await billing.app.get(BeginSubscription).execute({ caller, subscription })
    if (!begun.ok) throw new Error(`${begun.error.code}: ${JSON.stringify(begun.error.context)}`)
    const intent = books.intents.get(begun.value.clientSecret?.split('_secret_')[0] ?? '')
    if (intent !== undefined) this.payFirst(intent)
  }

  private payFirst(intent: PaymentIntent): void {
    const { books } = this.world
    if (this.chance(0.03)) return
    if (this.chance(0.1)) books.confirm(intent, declining)
    if (this.chance(0.1)) {
      books.confirm(intent, 'pm_card_authenticationRequired')
      books.confirm(intent, 'pm_card_authenticationRequired', this.chance(0.9))
    } else if (this.chance(0.95)) books.confirm(intent, visa)
  }

  /** Some ask us, some ask Stripe's support, some ask their bank. */
  private async regret(intent: PaymentIntent): Promise<void> {
    const { books, billing } = this.world
    if (this.chance(0.01 / monthDays)) {
      const amount = this.chance(0.5) ? intent.amount : Math.max(1, Math.floor(intent.amount * this.random.fraction()))
      if (this.chance(0.5)) return void books.refund(intent, amount)
      const [row] = await this.world.database.query<{ id: string }>('select id from payment where external_id = $1', [
        intent.id,
      ])
      if (row === undefined) return
      this.requests += 1
      const requestId = uuidOfHash(`refund ${this.requests}`)
      const caller = { userId: userOf(0), roles: ['operator' as const] }
      await billing.app.get(RefundPayment).execute({ caller, paymentId: row.id, requestId })
    } else if (this.chance(0.003 / monthDays)) books.dispute(intent)
  }

  private judge(dispute: Dispute): void {
    if (this.chance(1 / 20)) this.world.books.closeDispute(dispute, this.chance(0.5) ? 'won' : 'lost')
  }

  private changeCard(customerId: string): void {
    const customer = this.world.books.customers.get(customerId)
    if (customer?.card === visa && this.chance(0.03 / monthDays)) customer.card = declining
    else if (customer?.card === declining && this.chance(0.1)) customer.card = visa
  }

  private async payMockLinks(): Promise<void> {
    const open = await this.world.database.query<{ external_id: string }>(
      `select external_id from payment where provider = 'mock' and external_id is not null and progress <> 'succeeded'
       order by created_at, user_id`,
    )
    const chooseOutcome = this.world.billing.app.get(ChooseOutcome)
    for (const { external_id: id } of open) {
      if (this.chance(0.3)) await chooseOutcome.execute(id, this.chance(0.9) ? 'succeeded' : 'failed')
    }
  }

  private async leave(): Promise<void> {
    const running = await this.world.database.query<{ id: string; user_id: string }>(
      `select id, user_id from subscription where standing = 'active' and ends_at is null order by begun_at, user_id`,
    )
    const cancelSubscription = this.world.billing.app.get(CancelSubscription)
    for (const { id: subscriptionId, user_id: userId } of running) {
      if (!this.chance(0.02 / monthDays)) continue
      const cancelled = await cancelSubscription.execute({ caller: { userId, roles: ['follower'] }, subscriptionId })
      if (!cancelled.ok) throw new Error(cancelled.error.code)
    }
  }

  private chance(of: number): boolean {
    return this.random.fraction() < of
  }
}

function userOf(number: number): Id<'User'> {
  return timedUuidOf('01963a5e-0000-7000-8000-000000000000', `subscriber ${number}`) as Id<'User'>
}
