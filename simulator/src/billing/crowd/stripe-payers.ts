/** Subscribers that pay by Stripe: on its form, at their bank, with its support. Called by the crowd. Must never reach into billing. */
import type { StripeBooks } from '@tradewire/paper/surfaces/stripe/stripe-books.wire'
import type { Dispute, PaymentIntent } from '@tradewire/paper/surfaces/stripe/stripe-objects.wire'
import type { Chances } from './chances.ts'

const monthDays = 30
const visa = 'pm_card_visa'
const declining = 'pm_card_chargeDeclined'

export class StripePayers {
  private readonly books: StripeBooks
  private readonly crowd: Chances

  constructor(books: StripeBooks, crowd: Chances) {
    this.books = books
    this.crowd = crowd
  }

  payFirst(clientSecret: string): void {
    const { books, crowd } = this
    const setup = books.setups.get(clientSecret.split('_secret_')[0] ?? '')
    if (setup !== undefined && crowd.chance(0.8)) books.confirmSetup(setup, crowd.chance(0.9) ? visa : declining)
    const intent = books.intents.get(clientSecret.split('_secret_')[0] ?? '')
    if (intent === undefined || crowd.chance(0.03)) return
    if (crowd.chance(0.1)) books.confirm(intent, declining)
    if (crowd.chance(0.1)) {
      books.confirm(intent, 'pm_card_authenticationRequired')
      books.confirm(intent, 'pm_card_authenticationRequired', crowd.chance(0.9))
    } else if (crowd.chance(0.95)) books.confirm(intent, visa)
  }

  async live(): Promise<void> {
    for (const intent of this.books.intents.values()) {
      if (intent.status === 'succeeded') await this.regret(intent)
    }
    for (const dispute of this.books.disputes.values()) this.judge(dispute)
    for (const subscription of this.books.subscriptions.values()) {
      if (subscription.ended_at === null) this.changeCard(subscription.customer)
    }
  }

  /** Some ask us, some ask Stripe's support, some ask their bank. */
  private async regret(intent: PaymentIntent): Promise<void> {
    const { books, crowd } = this
    if (crowd.chance(0.01 / monthDays)) {
      const amount = crowd.chance(0.5) ? intent.amount : Math.max(1, Math.floor(intent.amount * crowd.fraction()))
      if (crowd.chance(0.5)) return void books.refund(intent, amount)
      await crowd.giveBack(intent.id)
    } else if (crowd.chance(0.003 / monthDays)) books.dispute(intent)
  }

  private judge(dispute: Dispute): void {
    if (this.crowd.chance(1 / 20)) this.books.closeDispute(dispute, this.crowd.chance(0.5) ? 'won' : 'lost')
  }

  private changeCard(customerId: string): void {
    const customer = this.books.customers.get(customerId)
    if (customer?.card === visa && this.crowd.chance(0.03 / monthDays)) customer.card = declining
    else if (customer?.card === declining && this.crowd.chance(0.1)) customer.card = visa
  }
}
