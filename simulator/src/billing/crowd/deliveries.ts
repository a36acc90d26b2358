/** What becomes of the providers' deliveries on their way: lost, doubled, late, shuffled. Called once a simulated day. Must never change a body. */
import type { SeededRandomness } from '@tradewire/kernel/randomness'
import type { SignedDelivery } from '@tradewire/paper/surfaces/payments/provider-scope.wire'
import { signedDelivery as byRazorpay } from '@tradewire/paper/surfaces/razorpay/razorpay.controller'
import { signedDelivery as byStripe } from '@tradewire/paper/surfaces/stripe/stripe.controller'
import { request } from 'undici'
import { mayarPath, webhookSecret, type BillingWorld } from '../world/billing-world.ts'

const daysLateMax = 3
const parallel = 16

interface Letter {
  readonly path: string
  /** As it is sent: some signatures hold the time. */
  signed(): SignedDelivery
}

interface Underway {
  readonly letter: Letter
  readonly dueDay: number
}

export class Deliveries {
  lost = 0
  doubled = 0
  late = 0
  told = 0
  private readonly world: BillingWorld
  private readonly random: SeededRandomness
  private underway: Underway[] = []
  private readonly seen = { stripe: 0, razorpay: 0, mayar: 0 }

  constructor(world: BillingWorld, random: SeededRandomness) {
    this.world = world
    this.random = random
  }

  async run(day: number): Promise<void> {
    for (const letter of this.news()) this.dispatch(letter, day)
    const due = this.underway.filter(({ dueDay }) => dueDay <= day)
    this.underway = this.underway.filter(({ dueDay }) => dueDay > day)
    const shuffled = due.map((one) => ({ one, place: this.random.fraction() })).toSorted((a, b) => a.place - b.place)
    for (let start = 0; start < shuffled.length; start += parallel) {
      await Promise.all(shuffled.slice(start, start + parallel).map(({ one }) => this.send(one.letter, day)))
    }
  }

  private news(): Letter[] {
    const { stripe, razorpay, mayar, clock } = this.world
    const from = { ...this.seen }
    Object.assign(this.seen, {
      stripe: stripe.events.length,
      razorpay: razorpay.events.length,
      mayar: mayar.told.length,
    })
    const headers = { 'content-type': 'application/json' }
    const letters = [
      ...stripe.events
        .slice(from.stripe)
        .map((event) => ({ path: 'stripe', signed: () => byStripe(event, webhookSecret, clock.now()) })),
      ...razorpay.events
        .slice(from.razorpay)
        .map((event) => ({ path: 'razorpay', signed: () => byRazorpay(event, webhookSecret) })),
      ...mayar.told
        .slice(from.mayar)
        .map(({ payload: body }) => ({ path: `mayar/${mayarPath}`, signed: () => ({ headers, body }) })),
    ]
    this.told += letters.length
    return letters
  }

  private dispatch(letter: Letter, day: number): void {
    const fate = this.random.fraction()
    if (fate < 0.1) {
      this.lost += 1
      return
    }
    this.underway.push({ letter, dueDay: day })
    if (fate < 0.25) {
      this.doubled += 1
      this.underway.push({ letter, dueDay: day + 1 })
    } else if (fate < 0.4) {
      this.late += 1
      this.underway.splice(-1, 1, { letter, dueDay: day + 1 + Math.floor(this.random.fraction() * daysLateMax) })
    }
  }

  /** What nobody took is sent again, as providers do. */
  private async send(letter: Letter, day: number): Promise<void> {
    const { headers, body } = letter.signed()
    try {
      const url = `${this.world.host.url}/v1/webhook/payments/${letter.path}`
      const answer = await request(url, { method: 'POST', headers, body })
      await answer.body.dump()
      if (answer.statusCode === 200) return
      if (answer.statusCode < 500) throw new TypeError(`a delivery was answered with ${answer.statusCode}`)
    } catch (error) {
      if (error instanceof TypeError) throw error
    }
    this.underway.push({ letter, dueDay: day + 1 })
  }
}
