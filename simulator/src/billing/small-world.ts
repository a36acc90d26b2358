/**
 * One payer at each provider, and all that a seed makes happen to them and to the work of billing: it dies at any step, or is
 * held up there while others work. Called by the property of a thousand seeds, one world after another in one database.
 * Must never do what its seed does not say, nor see what belongs to another.
 */
import { BeginSubscription } from '@tradewire/billing/use-cases/begin-subscription/begin-subscription.use-case'
import { ChooseOutcome } from '@tradewire/billing/use-cases/choose-outcome/choose-outcome.use-case'
import { ConfirmPayment } from '@tradewire/billing/use-cases/confirm-payment/confirm-payment.use-case'
import { PassTime } from '@tradewire/billing/use-cases/pass-time/pass-time.use-case'
import { ReceiveEvent } from '@tradewire/billing/use-cases/receive-event/receive-event.use-case'
import { RefundPayment } from '@tradewire/billing/use-cases/refund-payment/refund-payment.use-case'
import { ReturnSurplus } from '@tradewire/billing/use-cases/return-surplus/return-surplus.use-case'
import { RunBilling } from '@tradewire/billing/use-cases/run-billing/run-billing.use-case'
import type { ReplyOf } from '@tradewire/contracts/define-rpc'
import type { beginSubscription } from '@tradewire/contracts/rpc/billing/subscriptions'
import { type Id, timedUuidOf, uuidOfHash } from '@tradewire/kernel/ids'
import { SeededRandomness } from '@tradewire/kernel/randomness'
import type { SignedDelivery } from '@tradewire/paper/surfaces/payments/provider-scope.wire'
import { MayarServer } from '@tradewire/paper/surfaces/mayar/mayar.controller'
import {
  payersProof,
  RazorpayServer,
  signedDelivery as byRazorpay,
} from '@tradewire/paper/surfaces/razorpay/razorpay.controller'
import { signedDelivery as byStripe, StripeServer } from '@tradewire/paper/surfaces/stripe/stripe.controller'
import type { RunningService } from '@tradewire/nest-kit/start-service'
import Fastify, { type FastifyInstance } from 'fastify'
import { Died, type MortalDatabase } from './world/mortal-database.ts'
import { type SimulatedProvider, simulatedProviders } from './crowd/payers.ts'
import type { SettableClock } from './world/settable-clock.ts'

const dayMs = 86_400_000
/** A claim of a process that was killed is taken over after a minute. */
const claimMs = 61_000
/** A run seldom has more. */
const stepsMax = 48
const turns = 2
const stepsOfTurn = 3
/** Where nobody is charged without coming to pay. */
const byLink = ['mayar', 'mock'] as const
const operator = { userId: '01963a5e-0000-7000-8000-00000000000a', roles: ['operator' as const] }

/** What all worlds have in common. */
export interface Stage {
  readonly app: RunningService['app']
  readonly clock: SettableClock
  readonly mortal: MortalDatabase
  readonly strategyId: string
  readonly webhookSecret: string
  readonly mayarPath: string
  /** From now on these providers answer. */
  serve(providers: FastifyInstance): void
}

type Begun = ReplyOf<typeof beginSubscription>
type Telling = () => Promise<unknown>

export class SmallWorld {
  readonly stripe: StripeServer
  readonly razorpay: RazorpayServer
  readonly mayar: MayarServer
  private readonly stage: Stage
  private readonly seed: number
  private readonly random: SeededRandomness
  private readonly begun = new Map<SimulatedProvider, Begun>()
  private refunds = 0

  constructor(stage: Stage, seed: number) {
    this.stage = stage
    this.seed = seed
    this.random = new SeededRandomness(seed)
    this.stripe = new StripeServer(stage.clock)
    this.razorpay = new RazorpayServer(stage.clock)
    this.mayar = new MayarServer(stage.clock)
  }

  get payers(): Id<'User'>[] {
    return simulatedProviders.map((provider) => this.payerAt(provider))
  }

  /** Afterwards everything was told three times over and worked on, whatever became of the work. */
  async live(): Promise<void> {
    const http = Fastify()
    for (const provider of [this.stripe, this.razorpay, this.mayar]) await provider.register(http, () => true)
    await http.ready()
    this.stage.serve(http)
    for (const provider of simulatedProviders) await this.begin(provider, 'first')
    for (let turn = 0; turn < turns; turn += 1) {
      for (let step = 0; step < stepsOfTurn; step += 1) this.happen()
      const told = this.thrice()
      await Promise.all(told.slice(0, Math.ceil(told.length / 2)).map((tell) => tell()))
      await this.workCut(() => (this.chance(0.7) ? this.run() : this.callBack()))
    }
    for (const provider of byLink) if (this.chance(0.4)) await this.beginAnew(provider)
    await Promise.all(this.thrice().map((tell) => tell()))
    await this.run()
    await this.stage.app.get(ReturnSurplus).execute(this.stage.clock.now())
    await this.run()
    await http.close()
  }

  /** What was not paid in time has lapsed by then. The old link, the new one or both are paid, late or at once. */
  private async beginAnew(provider: (typeof byLink)[number]): Promise<void> {
    const { app, clock } = this.stage
    clock.advance((this.chance(0.5) ? 2 : 35) * dayMs)
    await app.get(PassTime).execute()
    const before = this.externalIdAt(provider)
    await this.begin(provider, 'anew')
    const links = [before, this.externalIdAt(provider)]
    for (const link of this.chance(0.5) ? links : links.toReversed()) {
      if (!this.chance(0.7)) continue
      if (provider === 'mayar') this.mayar.pay(link)
      else await app.get(ChooseOutcome).execute(link, 'succeeded')
      if (this.chance(0.5)) await this.run()
    }
  }

  private async begin(provider: SimulatedProvider, which: 'first' | 'anew'): Promise<void> {
    const { app, strategyId } = this.stage
    const caller = { userId: this.payerAt(provider), roles: ['follower' as const] }
    const subject = { kind: 'strategy' as const, id: strategyId }
    const currency = provider === 'mayar' ? 'IDR' : 'USD'
    const requestId = uuidOfHash(`payment ${this.seed} ${provider} ${which}`)
    const subscription = { subject, provider, currency, cycle: 'monthly' as const, requestId }
    const begun = await app.get(BeginSubscription).execute({ caller, subscription })
    if (!begun.ok && which === 'anew' && begun.error.code === 'ALREADY_SUBSCRIBED') return
    if (!begun.ok) throw new Error(`${begun.error.code} ${JSON.stringify(begun.error.context)}`)
    this.begun.set(provider, begun.value)
  }

  /** Something at each provider of which billing does not know yet. */
  private happen(): void {
    if (this.chance(0.2)) this.stage.clock.advance(35 * dayMs)
    this.stripe.books.advanceTo(this.stage.clock.now())
    this.razorpay.books.advanceTo(this.stage.clock.now())
    this.happenAtStripe()
    this.happenAtRazorpay()
    if (this.chance(0.4)) this.mayar.pay(this.externalIdAt('mayar'))
  }

  private happenAtStripe(): void {
    const { books } = this.stripe
    const intent = this.pick([...books.intents.values()])!
    const dispute = this.pick([...books.disputes.values()])
    const chance = this.random.fraction()
    if (intent.status !== 'succeeded') {
      const cards = ['pm_card_visa', 'pm_card_visa', 'pm_card_chargeDeclined', 'pm_card_authenticationRequired']
      books.confirm(intent, this.pick(cards)!, this.chance(0.5))
    } else if (chance < 0.3) books.refund(intent, 1 + Math.floor(this.random.fraction() * intent.amount))
    else if (chance < 0.5) books.dispute(intent)
    else if (dispute !== undefined) books.closeDispute(dispute, this.pick(['won', 'lost'] as const)!)
  }

  private happenAtRazorpay(): void {
    const { books } = this.razorpay
    const [subscription] = books.subscriptions.values()
    const paid = this.pick([...books.payments.values()].filter(({ captured }) => captured))
    const dispute = this.pick([...books.disputes.values()])
    const chance = this.random.fraction()
    if (paid === undefined) {
      const cards = ['card_success', 'card_success', 'card_declined', 'card_asks_bank']
      books.authorise(subscription!, this.pick(cards)!, this.chance(0.5))
    } else if (chance < 0.3) books.refund(paid, 1 + Math.floor(this.random.fraction() * paid.amount), {})
    else if (chance < 0.5) books.dispute(paid)
    else if (dispute !== undefined) books.closeDispute(dispute, this.pick(['won', 'lost'] as const)!)
    else books.changeCard(subscription!, this.pick(['card_success', 'card_declined'])!)
  }

  /** All that was ever told: as it happened, the other way round, and once more, mixed with each other. */
  private thrice(): Telling[] {
    const { clock, webhookSecret, mayarPath } = this.stage
    const headers = { 'content-type': 'application/json' }
    const all: Telling[] = [
      ...this.stripe.books.events.map(
        (event) => () => this.deliver('stripe', byStripe(event, webhookSecret, clock.now())),
      ),
      ...this.razorpay.books.events.map((event) => () => this.deliver('razorpay', byRazorpay(event, webhookSecret))),
      ...this.mayar.told.map(
        ({ payload: body }) =>
          () =>
            this.deliver('mayar', { headers, body }, mayarPath),
      ),
      ...this.choices(),
    ]
    const thrice = [...all, ...all.toReversed(), ...all]
    const placed = thrice.map((tell, index) => ({ tell, place: index + this.random.fraction() * all.length }))
    return placed.toSorted((left, right) => left.place - right.place).map(({ tell }) => tell)
  }

  private async deliver(provider: SimulatedProvider, { headers, body }: SignedDelivery, pathToken?: string) {
    const delivery = { headers, body: Buffer.from(body), pathToken }
    const taken = await this.stage.app.get(ReceiveEvent).execute(provider, delivery)
    if (taken !== 'stored') throw new Error(`a delivery of ${provider} was ${taken}`)
  }

  /** The mock provider has no events of its own: its payer presses again. */
  private choices(): Telling[] {
    const outcome = this.pick(['succeeded', 'succeeded', 'failed', 'needs-action'] as const)!
    return [() => this.stage.app.get(ChooseOutcome).execute(this.externalIdAt('mock'), outcome)]
  }

  private run(): Promise<void> {
    return this.stage.app.get(RunBilling).execute('events')
  }

  /** A payer's page brings its proof, or an operator gives money back: both know at once what a delivery tells later. */
  private async callBack(): Promise<void> {
    const { app } = this.stage
    const [subscription] = this.razorpay.books.subscriptions.values()
    const paid = [...this.razorpay.books.payments.values()].find(({ captured }) => captured)
    if (paid !== undefined && this.chance(0.6)) {
      const caller = { userId: this.payerAt('razorpay'), roles: ['follower' as const] }
      const proof = payersProof(paid, subscription!.id)
      await app.get(ConfirmPayment).execute({ caller, paymentId: this.begun.get('razorpay')!.paymentId, proof })
      return
    }
    const provider = this.pick(['stripe', 'razorpay', 'mock'] as const)!
    this.refunds += 1
    const requestId = uuidOfHash(`refund ${this.seed} ${this.refunds}`)
    const { paymentId } = this.begun.get(provider)!
    const amount = `${1 + Math.floor(this.random.fraction() * 9)}.${10 + Math.floor(this.random.fraction() * 90)}`
    await app.get(RefundPayment).execute({ caller: operator, paymentId, amount, requestId })
  }

  /** It dies at some step, or is held up there while the world goes on and others work; or nothing becomes of it. */
  private async workCut(work: () => Promise<void>): Promise<void> {
    const { mortal, clock } = this.stage
    const step = 1 + Math.floor(this.random.fraction() * stepsMax)
    const fate = this.random.fraction()
    if (fate < 0.6) mortal.live(step)
    else if (fate < 0.9) mortal.liveHeldUp(step, () => this.comeBetween())
    try {
      await work()
    } catch (error) {
      if (!(error instanceof Died)) throw error
    } finally {
      mortal.live(Infinity)
      clock.advance(claimMs)
    }
  }

  /** Another process, which may take over what the one that is held up has claimed. */
  private async comeBetween(): Promise<void> {
    if (this.chance(0.5)) this.happen()
    if (this.chance(0.5)) this.stage.clock.advance(claimMs)
    if (this.chance(0.5)) await this.callBack()
    await this.run()
  }

  private payerAt(provider: SimulatedProvider): Id<'User'> {
    return timedUuidOf('01963a5e-0000-7000-8000-000000000000', `payer ${this.seed} ${provider}`) as Id<'User'>
  }

  /** Where a page of the provider's own is what the payer is sent to. */
  private externalIdAt(provider: 'mayar' | 'mock'): string {
    return this.begun.get(provider)?.paymentUrl?.split('/').at(-1) ?? ''
  }

  private chance(of: number): boolean {
    return this.random.fraction() < of
  }

  private pick<One>(all: readonly One[]): One | undefined {
    return all[Math.floor(this.random.fraction() * all.length)]
  }
}
