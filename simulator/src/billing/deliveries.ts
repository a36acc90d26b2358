/** What becomes of Stripe's deliveries on their way: lost, doubled, late, shuffled. Called once a simulated day. Must never change a body. */
import type { SeededRandomness } from '@tradewire/kernel/randomness'
import { signedDelivery } from '@tradewire/paper/surfaces/stripe/stripe.controller'
import type { StripeEvent } from '@tradewire/paper/surfaces/stripe/stripe-objects.wire'
import { request } from 'undici'
import { webhookSecret, type BillingWorld } from './billing-world.ts'

const daysLateMax = 3
const parallel = 16

interface Underway {
  readonly event: StripeEvent
  readonly dueDay: number
}

export class Deliveries {
  lost = 0
  doubled = 0
  late = 0
  private readonly world: BillingWorld
  private readonly random: SeededRandomness
  private underway: Underway[] = []
  private seen = 0

  constructor(world: BillingWorld, random: SeededRandomness) {
    this.world = world
    this.random = random
  }

  async run(day: number): Promise<void> {
    const told = this.world.books.events.slice(this.seen)
    this.seen += told.length
    for (const event of told) this.dispatch(event, day)
    const due = this.underway.filter(({ dueDay }) => dueDay <= day)
    this.underway = this.underway.filter(({ dueDay }) => dueDay > day)
    const shuffled = due.map((one) => ({ one, place: this.random.fraction() })).toSorted((a, b) => a.place - b.place)
    for (let start = 0; start < shuffled.length; start += parallel) {
      await Promise.all(shuffled.slice(start, start + parallel).map(({ one }) => this.send(one.event)))
    }
  }

  private dispatch(event: StripeEvent, day: number): void {
    const fate = this.random.fraction()
    if (fate < 0.1) {
      this.lost += 1
      return
    }
    this.underway.push({ event, dueDay: day })
    if (fate < 0.25) {
      this.doubled += 1
      this.underway.push({ event, dueDay: day + 1 })
    } else if (fate < 0.4) {
      this.late += 1
      this.underway.splice(-1, 1, { event, dueDay: day + 1 + Math.floor(this.random.fraction() * daysLateMax) })
    }
  }

  private async send(event: StripeEvent): Promise<void> {
    const { headers, body } = signedDelivery(event, webhookSecret, this.world.clock.now())
    const url = `${this.world.billing.url}/v1/webhook/payments/stripe`
    const answer = await request(url, { method: 'POST', headers, body })
    await answer.body.dump()
    if (answer.statusCode !== 200) throw new Error(`a delivery was answered with ${answer.statusCode}`)
  }
}
