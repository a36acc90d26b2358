/**
 * Subscribers as they are: most pay, some cards are declined, some banks ask, some want their money back, some dispute,
 * some leave. Called once a simulated day. Must never touch billing's books, only what a payer or an operator can reach.
 */
import type { CodedError } from '@tradewire/kernel/errors'
import type { ReplyOf } from '@tradewire/contracts/define-rpc'
import type { beginSubscription } from '@tradewire/contracts/rpc/billing/subscriptions'
import { type Id, timedUuidOf, uuidOfHash } from '@tradewire/kernel/ids'
import type { SeededRandomness } from '@tradewire/kernel/randomness'
import type { Result } from '@tradewire/kernel/result'
import type { BillingWorld } from '../world/billing-world.ts'
import { Changers, type Offers } from './changers.ts'
import type { Chances } from './chances.ts'
import { RazorpayPayers } from './razorpay-payers.ts'
import { StripePayers } from './stripe-payers.ts'

const monthDays = 30
const firstDays = 28

export const simulatedProviders = ['stripe', 'razorpay', 'mayar', 'mock'] as const
export type SimulatedProvider = (typeof simulatedProviders)[number]

export interface Crowd {
  readonly offers: Offers
  readonly subscribers: number
  /** One of them each, by lot. */
  readonly providers: readonly SimulatedProvider[]
}

export class Payers implements Chances {
  private readonly world: BillingWorld
  private readonly random: SeededRandomness
  private readonly crowd: Crowd
  private readonly stripe: StripePayers
  private readonly razorpay: RazorpayPayers
  private readonly changers: Changers
  private begun = 0
  private requests = 0

  constructor(world: BillingWorld, random: SeededRandomness, crowd: Crowd) {
    this.world = world
    this.random = random
    this.crowd = crowd
    this.stripe = new StripePayers(world.stripe, this)
    this.razorpay = new RazorpayPayers(world.razorpay, this)
    this.changers = new Changers(world, this, crowd.offers)
  }

  /** The first four weeks bring all subscribers. */
  async arrive(day: number): Promise<void> {
    const due = Math.ceil((this.crowd.subscribers * Math.min(day + 1, firstDays)) / firstDays)
    while (this.begun < due) {
      await this.subscribe(this.begun)
      this.begun += 1
    }
  }

  async live(): Promise<void> {
    await this.stripe.live()
    await this.razorpay.live()
    await this.payLinks()
    await this.changers.live()
    await this.leave()
  }

  chance(of: number): boolean {
    return this.random.fraction() < of
  }

  fraction(): number {
    return this.random.fraction()
  }

  async giveBack(externalId: string): Promise<void> {
    const found = 'select id from payment where external_id = $1'
    const [row] = await this.world.database.query<{ id: string }>(found, [externalId])
    if (row === undefined) return
    this.requests += 1
    const requestId = uuidOfHash(`refund ${this.requests}`)
    const caller = { userId: userOf(0), roles: ['operator' as const] }
    await this.world.ask({ name: 'refund', request: { caller, paymentId: row.id, requestId } })
  }

  private async subscribe(number: number): Promise<void> {
    const { providers, offers } = this.crowd
    const provider = providers[Math.floor(this.random.fraction() * providers.length)]!
    // Plans are sold in one currency, which Mayar does not take.
    const subject =
      provider !== 'mayar' && this.chance(0.5)
        ? { kind: 'plan' as const, id: offers.planId }
        : { kind: 'strategy' as const, id: offers.strategyId }
    const caller = { userId: userOf(number), roles: ['follower' as const] }
    const currency = provider === 'mayar' ? 'IDR' : 'USD'
    const requestId = uuidOfHash(`subscription ${number}`)
    const subscription = { subject, provider, currency, cycle: 'monthly' as const, requestId }
    type Begun = Result<ReplyOf<typeof beginSubscription>, CodedError>
    const begun = await this.world.ask<Begun>({ name: 'begin', request: { caller, subscription } })
    if (!begun.ok) throw new Error(`${begun.error.code}: ${JSON.stringify(begun.error.context)}`)
    const secret = begun.value.clientSecret ?? ''
    if (provider === 'stripe') this.stripe.payFirst(secret)
    if (provider === 'razorpay') this.razorpay.payFirst(secret)
  }

  /** On the pages of those that charge nobody by themselves. */
  private async payLinks(): Promise<void> {
    const open = await this.world.database.query<{ external_id: string; provider: string }>(
      `select external_id, provider from payment
       where provider in ('mock', 'mayar') and external_id is not null and progress <> 'succeeded'
       order by created_at, user_id`,
    )
    for (const { external_id: id, provider } of open) {
      if (!this.chance(0.3)) continue
      const outcome = this.chance(0.9) ? ('succeeded' as const) : ('failed' as const)
      if (provider === 'mock') await this.world.ask({ name: 'choose', id, outcome })
      else if (outcome === 'succeeded') this.world.mayar.pay(id)
    }
  }

  private async leave(): Promise<void> {
    const running = await this.world.database.query<{ id: string; user_id: string }>(
      `select id, user_id from subscription where standing = 'active' and ends_at is null order by begun_at, user_id`,
    )
    for (const { id: subscriptionId, user_id: userId } of running) {
      if (!this.chance(0.02 / monthDays)) continue
      const request = { caller: { userId, roles: ['follower' as const] }, subscriptionId }
      const cancelled = await this.world.ask<Result<unknown, CodedError>>({ name: 'cancel', request })
      if (!cancelled.ok) throw new Error(cancelled.error.code)
    }
  }
}

function userOf(number: number): Id<'User'> {
  return timedUuidOf('01963a5e-0000-7000-8000-000000000000', `subscriber ${number}`) as Id<'User'>
}
