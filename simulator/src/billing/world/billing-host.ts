/**
 * The real billing service on the simulation's clock, and what may be asked of it. Called by the simulation itself, or by a
 * process of its own that is there to be killed. Must never run work on timers: the same seed would not make the same days.
 */
import { billingService } from '@tradewire/billing/service'
import { BillingJob } from '@tradewire/billing/transport/cron/billing.job'
import { BeginSubscription } from '@tradewire/billing/use-cases/begin-subscription/begin-subscription.use-case'
import { CancelSubscription } from '@tradewire/billing/use-cases/cancel-subscription/cancel-subscription.use-case'
import { ChangeSubscription } from '@tradewire/billing/use-cases/change-subscription/change-subscription.use-case'
import { ChooseOutcome, type MockOutcome } from '@tradewire/billing/use-cases/choose-outcome/choose-outcome.use-case'
import { CreatePlan } from '@tradewire/billing/use-cases/create-plan/create-plan.use-case'
import { LearnFacts } from '@tradewire/billing/use-cases/learn-facts/learn-facts.use-case'
import { RefundPayment } from '@tradewire/billing/use-cases/refund-payment/refund-payment.use-case'
import { RunBilling } from '@tradewire/billing/use-cases/run-billing/run-billing.use-case'
import { SetStrategyPrices } from '@tradewire/billing/use-cases/set-strategy-prices/set-strategy-prices.use-case'
import { TakeBackChange } from '@tradewire/billing/use-cases/take-back-change/take-back-change.use-case'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import { strategyChanged } from '@tradewire/contracts/events/signals'
import type { refundPayment } from '@tradewire/contracts/rpc/billing/payments'
import type { createPlan } from '@tradewire/contracts/rpc/billing/plans'
import type { setStrategyPrices } from '@tradewire/contracts/rpc/billing/prices'
import type { beginSubscription, cancelSubscription } from '@tradewire/contracts/rpc/billing/subscriptions'
import type * as changing from '@tradewire/contracts/rpc/billing/subscription-changes'
import { Database } from '@tradewire/database/database'
import type { EventId } from '@tradewire/kernel/ids'
import { startService } from '@tradewire/nest-kit/start-service'
import { createLogger } from '@tradewire/observability/logger'
import { SettableClock } from './settable-clock.ts'

export type BillingCall =
  | { readonly name: 'offer'; readonly request: RequestOf<typeof createPlan> }
  | { readonly name: 'price'; readonly request: RequestOf<typeof setStrategyPrices> }
  | { readonly name: 'begin'; readonly request: RequestOf<typeof beginSubscription> }
  | { readonly name: 'cancel'; readonly request: RequestOf<typeof cancelSubscription> }
  | { readonly name: 'change'; readonly request: RequestOf<typeof changing.changeSubscription> }
  | { readonly name: 'take-back'; readonly request: RequestOf<typeof changing.takeBackChange> }
  | { readonly name: 'refund'; readonly request: RequestOf<typeof refundPayment> }
  | { readonly name: 'choose'; readonly id: string; readonly outcome: MockOutcome }
  | { readonly name: 'run'; readonly works: readonly Parameters<RunBilling['execute']>[0][] }

export interface BillingHost {
  readonly url: string
  /** At this moment of the simulation. The answer is as JSON can carry it. */
  ask(nowMs: number, call: BillingCall): Promise<unknown>
  stop(): Promise<void>
}

export async function startBillingHost(
  environment: Readonly<Record<string, string>>,
  startsAt: Date,
): Promise<BillingHost> {
  const clock = new SettableClock(startsAt)
  const logger = createLogger({ service: 'billing', level: 'silent' })
  const billing = await startService(billingService, environment, { clock, logger })
  await billing.app.get(BillingJob).onApplicationShutdown()
  await knowStrategy(billing.app.get(Database), billing.app.get(LearnFacts))
  const { app } = billing
  const carryOut = async (call: BillingCall): Promise<unknown> => {
    switch (call.name) {
      case 'offer':
        return app.get(CreatePlan).execute(call.request)
      case 'price':
        return app.get(SetStrategyPrices).execute(call.request)
      case 'begin':
        return app.get(BeginSubscription).execute(call.request)
      case 'cancel':
        return app.get(CancelSubscription).execute(call.request)
      case 'change':
        return app.get(ChangeSubscription).execute(call.request)
      case 'take-back':
        return app.get(TakeBackChange).execute(call.request)
      case 'refund':
        return app.get(RefundPayment).execute(call.request)
      case 'choose':
        await app.get(ChooseOutcome).execute(call.id, call.outcome)
        return undefined
      case 'run':
        for (const work of call.works) await app.get(RunBilling).execute(work)
        return undefined
    }
  }
  return {
    url: billing.url,
    ask: (nowMs, call) => {
      clock.advance(nowMs - clock.now().getTime())
      return carryOut(call)
    },
    stop: () => billing.stop(),
  }
}

/** Told anew by each life of the process: older news of it changes nothing. */
export async function knowStrategy(database: Database, learnFacts: LearnFacts): Promise<void> {
  const event = {
    id: strategyChanged.example.strategyId as EventId,
    name: strategyChanged.name,
    version: strategyChanged.version,
    occurredAt: '2026-01-15T08:00:00.000Z',
    data: strategyChanged.example,
  }
  await database.transact((tx) => learnFacts.execute([event], tx))
}
