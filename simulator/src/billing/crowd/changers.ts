/**
 * Subscribers that want another plan or another cycle: more at once, less later; some change their minds.
 * Called by the crowd once a simulated day. Must never touch billing's books, only what a payer can reach.
 */
import type { CodedError } from '@tradewire/kernel/errors'
import type { SubscriptionChangeReply } from '@tradewire/contracts/rpc/billing/subscription-changes'
import { type Id, uuidOfHash } from '@tradewire/kernel/ids'
import type { Result } from '@tradewire/kernel/result'
import type { BillingWorld } from '../world/billing-world.ts'
import type { Chances } from './chances.ts'

const monthDays = 30
const changesMonthly = 0.06
const regretsMonthly = 0.3
/** What a payer who looks at a subscription of theirs would not have asked for. */
const expected = new Set([
  'CHANGE_NOT_POSSIBLE',
  'CHANGE_UNDER_WAY',
  'CHANGE_TOO_LATE',
  'CHANGE_NOT_FOUND',
  'CHANGES_NOTHING',
  'NOT_FOR_SALE',
  'PROVIDER_REFUSED',
])

export interface Offers {
  readonly planId: string
  readonly dearerPlanId: string
  readonly strategyId: string
}

interface Running {
  readonly id: string
  readonly user_id: Id<'User'>
  readonly subject_kind: 'plan' | 'strategy'
  readonly subject_id: string
  readonly cycle: 'monthly' | 'quarterly' | 'yearly'
  readonly changing: boolean
}

export class Changers {
  private readonly world: BillingWorld
  private readonly crowd: Chances
  private readonly offers: Offers
  private requests = 0

  constructor(world: BillingWorld, crowd: Chances, offers: Offers) {
    this.world = world
    this.crowd = crowd
    this.offers = offers
  }

  async live(): Promise<void> {
    const running = await this.world.database.query<Running>(
      `select id, user_id, subject_kind, subject_id, cycle, exists (
         select from subscription_change as change
         where change.subscription_id = subscription.id and change.state in ('open', 'scheduled')) as changing
       from subscription where standing = 'active' and ends_at is null order by begun_at, user_id`,
    )
    for (const one of running) {
      if (one.changing && this.crowd.chance(regretsMonthly / monthDays)) await this.takeBack(one)
      else if (!one.changing && this.crowd.chance(changesMonthly / monthDays)) await this.change(one)
    }
  }

  private async change({ id: subscriptionId, user_id: userId, ...held }: Running): Promise<void> {
    this.requests += 1
    const { planId, dearerPlanId } = this.offers
    const wish =
      held.subject_kind === 'plan'
        ? { planId: held.subject_id === planId ? dearerPlanId : planId }
        : { cycle: held.cycle === 'monthly' ? ('yearly' as const) : ('monthly' as const) }
    const caller = { userId, roles: ['follower' as const] }
    const requestId = uuidOfHash(`change ${this.requests}`)
    const changed = await this.world.ask<Result<SubscriptionChangeReply, CodedError>>({
      name: 'change',
      request: { caller, subscriptionId, wish, requestId },
    })
    if (changed.ok) this.pay(changed.value)
    else refuse(changed.error)
  }

  /** On the form of those that have one; pages are paid by the crowd. */
  private pay({ payment }: SubscriptionChangeReply): void {
    const secret = payment?.clientSecret ?? null
    if (secret === null || !this.crowd.chance(0.8)) return
    const intent = this.world.stripe.intents.get(secret.split('_secret_')[0] ?? '')
    const order = this.world.razorpay.orders.get(secret)
    if (intent !== undefined) this.world.stripe.confirm(intent, 'pm_card_visa')
    else if (order !== undefined) this.world.razorpay.payOrder(order, 'card_success')
  }

  private async takeBack({ id: subscriptionId, user_id: userId }: Running): Promise<void> {
    const request = { caller: { userId, roles: ['follower' as const] }, subscriptionId }
    const taken = await this.world.ask<Result<unknown, CodedError>>({ name: 'take-back', request })
    if (!taken.ok) refuse(taken.error)
  }
}

function refuse({ code, context }: CodedError): void {
  if (!expected.has(code)) throw new Error(`${code}: ${JSON.stringify(context)}`)
}
