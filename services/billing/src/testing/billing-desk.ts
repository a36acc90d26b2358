/**
 * The service on real servers with the mock provider, a user, a strategy and a clock that tests move. Called by
 * integration specs, which start it in their hooks. Must never answer a question by itself: it asks the service.
 */
import { RpcClient } from '@tradewire/bus/rpc-client'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import { readMessage } from '@tradewire/contracts/event-message'
import { userCreated } from '@tradewire/contracts/events/identity'
import { strategyChanged } from '@tradewire/contracts/events/signals'
import { listBalances } from '@tradewire/contracts/rpc/billing/books'
import { createPlan } from '@tradewire/contracts/rpc/billing/plans'
import { beginSubscription, listSubscriptions } from '@tradewire/contracts/rpc/billing/subscriptions'
import { Database } from '@tradewire/database/database'
import { eventually } from '@tradewire/testkit/eventually'
import { exampleOf } from '@tradewire/testkit/example-of'
import { ManualClock } from '@tradewire/testkit/manual-clock'
import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { request } from 'undici'
import { billingService } from '../service.ts'
import { RunBilling } from '../use-cases/run-billing/run-billing.use-case.ts'

type Contract = Parameters<RpcClient['ask']>[0]

export const operator = { userId: '01963a5e-0000-7000-8000-00000000000a', roles: ['operator' as const] }
export const follower = { userId: userCreated.example.userId, roles: ['follower' as const] }
export const stranger = { userId: '01963a5e-0000-7000-8000-00000000000b', roles: ['follower' as const] }
export const owner = { userId: strategyChanged.example.ownerId, roles: ['provider' as const] }
export const { strategyId } = strategyChanged.example

export const dayMs = 86_400_000

export const wishFor = (id: string, kind: 'plan' | 'strategy' = 'plan') => ({
  subject: { kind, id },
  provider: 'mock' as const,
  currency: 'USD',
  cycle: 'monthly' as const,
})

export class BillingDesk {
  readonly backends = testBackends()
  readonly clock: ManualClock
  private started: TestService | undefined

  constructor(private readonly since = '2026-01-31T12:00:00.000Z') {
    this.clock = new ManualClock(since)
  }

  get service(): TestService {
    if (this.started === undefined) throw new Error('start the desk first')
    return this.started
  }

  get client(): RpcClient {
    return this.service.app.get(RpcClient)
  }

  /** For beforeAll. */
  async start(settings: Readonly<Record<string, string>> = { BILLING_PROVIDERS: 'mock' }): Promise<void> {
    const all = { BILLING_PUBLIC_URL: 'http://pay.test', ...settings }
    this.started = await startTestService(billingService, this.backends, { settings: all, clock: this.clock })
  }

  /** For beforeEach. */
  async clear(): Promise<void> {
    await this.empty()
    this.clock.jumpTo(this.since)
  }

  /** Nothing was sold yet, and the user and the strategy are known. */
  protected async empty(): Promise<void> {
    await this.quiet()
    await this.backends.query(`truncate billing.plan, billing.price, billing.strategy, billing.product,
      billing.discount, billing.customer, billing.subscription, billing.subscription_change, billing.purchase, billing.payment,
      billing.provider_event, billing.mock_payment, billing.journal, billing.entry, billing.rule_run, billing.invoice,
      billing.invoice_counter, billing.credit_note, billing.credit_note_counter, billing.reminder, billing.payout, billing.billing_profile, billing.tax_rate`)
    await this.backends.query('delete from billing.outbox')
    await this.service.app.get(Database).transact(async (tx) => {
      tx.append(userCreated, userCreated.example)
      tx.append(strategyChanged, exampleOf(strategyChanged, { ownerId: owner.userId }))
    })
    const isKnown = async (table: string) => (await this.backends.query(`select 1 from billing.${table}`)).length === 1
    await eventually(() => isKnown('strategy'))
    await eventually(() => isKnown('customer'))
  }

  async ask<Asked extends Contract>(
    contract: Asked,
    asked: Parameters<typeof this.client.ask<Asked>>[1],
  ): Promise<ReplyOf<Asked>> {
    const answer = await this.client.ask(contract, asked)
    if (!answer.ok) throw new Error(`${answer.error.code} ${JSON.stringify(answer.error.context)}`)
    return answer.value
  }

  async refusal(contract: Contract, asked: unknown): Promise<string> {
    const answer = await this.client.ask(contract, asked)
    return answer.ok ? 'accepted' : answer.error.code
  }

  /** A plan of 40.00 USD a month unless it is said otherwise; answers its id. */
  async plan(changes: Partial<RequestOf<typeof createPlan>['plan']> = {}): Promise<string> {
    const plan = { name: 'PROFESSIONAL', monthlyPrice: '40', maxApiKeys: 20, private: false, ...changes }
    return (await this.ask(createPlan, { caller: operator, plan })).id
  }

  /** A subscription by the month that nobody has paid yet. */
  begin(subjectId: string, caller = follower, kind: 'plan' | 'strategy' = 'plan') {
    return this.ask(beginSubscription, { caller, subscription: wishFor(subjectId, kind) })
  }

  /** One to a plan that is begun and paid; answers its id. */
  async subscribed(planId: string, caller = follower): Promise<string> {
    const { paymentUrl, subscriptionId } = await this.begin(planId, caller)
    await this.pay(paymentUrl)
    return subscriptionId ?? ''
  }

  /** The newest first. */
  async subscriptions(caller = follower) {
    return (await this.ask(listSubscriptions, { caller, page: {} })).items
  }

  /** The newest one. */
  async held(caller = follower) {
    return (await this.subscriptions(caller))[0]
  }

  run(work: Parameters<RunBilling['execute']>[0]): Promise<void> {
    return this.service.app.get(RunBilling).execute(work)
  }

  /** Until all that providers told has been worked on at least once, by us or by the service's own job. */
  async quiet(): Promise<void> {
    await this.run('events')
    const waiting = "select 1 from billing.provider_event where state = 'waiting' and attempts = 0"
    await eventually(async () => (await this.backends.query(waiting)).length === 0)
  }

  /** As a payer does it, on the page. */
  async pay(paymentUrl: string | null, outcome = 'succeeded'): Promise<void> {
    const page = new URL(paymentUrl ?? '')
    const answer = await request(new URL(page.pathname, this.service.url), {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `outcome=${outcome}`,
    })
    if (answer.statusCode !== 200) throw new Error(`the page answered ${answer.statusCode}`)
    await answer.body.dump()
    await this.quiet()
  }

  async passDays(days: number): Promise<void> {
    this.clock.advance(days * dayMs)
    await this.run('time')
  }

  async published(subject: string): Promise<Record<string, unknown>[]> {
    const rows = await this.backends.query<{ body: string }>(
      'select body from billing.outbox where subject = $1 order by id',
      [subject],
    )
    return rows.flatMap(({ body }) => readMessage(body).events.map(({ data }) => data as Record<string, unknown>))
  }

  async told(subject: string): Promise<number> {
    return (await this.published(subject)).length
  }

  /** Throws when the books are out of balance. */
  async balances(): Promise<Record<string, string>> {
    const { items, imbalance } = await this.ask(listBalances, { caller: operator })
    if (imbalance !== '0') throw new Error(`the books are out of balance by ${imbalance}`)
    return Object.fromEntries(items.map(({ account, balance }) => [account, balance]))
  }
}
