/** Subscribers that pay by Razorpay: on its form, at their bank, with its support. Called by the crowd. Must never reach into billing. */
import type { RazorpayBooks } from '@tradewire/paper/surfaces/razorpay/razorpay-books.wire'
import type { Dispute, Payment, Subscription } from '@tradewire/paper/surfaces/razorpay/razorpay-objects.wire'
import type { Chances } from './chances.ts'

const monthDays = 30
const good = 'card_success'
const bad = 'card_declined'
const asking = 'card_asks_bank'

export class RazorpayPayers {
  private readonly books: RazorpayBooks
  private readonly crowd: Chances

  constructor(books: RazorpayBooks, crowd: Chances) {
    this.books = books
    this.crowd = crowd
  }

  payFirst(subscriptionId: string): void {
    const { books, crowd } = this
    const subscription = books.subscriptions.get(subscriptionId)
    if (subscription === undefined || crowd.chance(0.03)) return
    if (crowd.chance(0.1)) books.authorise(subscription, bad)
    if (crowd.chance(0.1)) {
      books.authorise(subscription, asking)
      if (crowd.chance(0.9)) books.authorise(subscription, asking, true)
    } else if (crowd.chance(0.95)) books.authorise(subscription, good)
  }

  async live(): Promise<void> {
    for (const payment of this.books.payments.values()) if (payment.captured) await this.regret(payment)
    for (const dispute of this.books.disputes.values()) this.judge(dispute)
    for (const subscription of this.books.subscriptions.values()) this.changeCard(subscription)
  }

  private async regret(payment: Payment): Promise<void> {
    const { books, crowd } = this
    if (crowd.chance(0.01 / monthDays)) {
      const part = Math.max(1, Math.floor(payment.amount * crowd.fraction()))
      if (crowd.chance(0.5)) return void books.refund(payment, part, {})
      await crowd.giveBack(payment.order_id)
    } else if (crowd.chance(0.003 / monthDays)) books.dispute(payment)
  }

  private judge(dispute: Dispute): void {
    if (this.crowd.chance(1 / 20)) this.books.closeDispute(dispute, this.crowd.chance(0.5) ? 'won' : 'lost')
  }

  private changeCard(subscription: Subscription): void {
    if (subscription.ended_at !== null || subscription.card === null) return
    if (subscription.card !== bad && this.crowd.chance(0.03 / monthDays)) this.books.changeCard(subscription, bad)
    else if (subscription.card === bad && this.crowd.chance(0.1)) this.books.changeCard(subscription, good)
  }
}
