/** Wiring of `orders`. Called by startService. Must never hold logic. */
import { Module } from '@nestjs/common'
import { Clock } from '@tradewire/kernel/clock'
import { Metrics } from '@tradewire/observability/metrics'
import { setTimeout as rested } from 'node:timers/promises'
import { BrokerPrices } from './clients/broker-prices.client.ts'
import { EntryPace } from './domain/planning/entry-pace.ts'
import { PlanningMeans } from './ports/planning-means.port.ts'
import { SlotBell } from './domain/planning/slot-bell.ts'
import { BracketReads } from './ports/bracket-reads.port.ts'
import { OrderHistory } from './ports/order-history.port.ts'
import { Brackets } from './ports/brackets.port.ts'
import { Facts } from './ports/facts.port.ts'
import { Holdings } from './ports/holdings.port.ts'
import { KillSwitches } from './ports/kill-switches.port.ts'
import { LossWatches } from './ports/loss-watches.port.ts'
import { Planning } from './ports/planning.port.ts'
import { PriceWatches } from './ports/price-watches.port.ts'
import { SignalRates } from './ports/signal-rates.port.ts'
import { VenuePrices } from './ports/venue-prices.port.ts'
import { Subscriptions } from './ports/subscriptions.port.ts'
import { WaitingEntries } from './ports/waiting-entries.port.ts'
import { SqlBracketReads } from './store/sql-bracket-reads.store.ts'
import { SqlOrderHistory } from './store/sql-order-history.store.ts'
import { SqlBrackets } from './store/sql-brackets.store.ts'
import { SqlFacts } from './store/sql-facts.store.ts'
import { SqlHoldings } from './store/sql-holdings.store.ts'
import { SqlKillSwitches } from './store/sql-kill-switches.store.ts'
import { SqlLossWatches } from './store/sql-loss-watches.store.ts'
import { SqlPlanning } from './store/sql-planning.store.ts'
import { SqlPriceWatches } from './store/sql-price-watches.store.ts'
import { SqlSignalRates } from './store/sql-signal-rates.store.ts'
import { SqlSubscriptions } from './store/sql-subscriptions.store.ts'
import { SqlWaitingEntries } from './store/sql-waiting-entries.store.ts'
import { AccountsConsumer } from './transport/bus/accounts.consumer.ts'
import { OrderUpdatesConsumer } from './transport/bus/order-updates.consumer.ts'
import { PositionsConsumer } from './transport/bus/positions.consumer.ts'
import { SignalsConsumer } from './transport/bus/signals.consumer.ts'
import { SubscriptionsConsumer } from './transport/bus/subscriptions.consumer.ts'
import { WakeBracketsJob } from './transport/cron/wake-brackets.job.ts'
import { WatchPricesJob } from './transport/cron/watch-prices.job.ts'
import { BracketsController } from './transport/rpc/brackets.controller.ts'
import { OrderHistoryController } from './transport/rpc/order-history.controller.ts'
import { ClosingController } from './transport/rpc/closing.controller.ts'
import { KillSwitchesController } from './transport/rpc/kill-switches.controller.ts'
import { AdvanceBatch } from './use-cases/advance-batch/advance-batch.use-case.ts'
import { AdvanceBrackets } from './use-cases/advance-brackets/advance-brackets.use-case.ts'
import { ApplyKillSwitches } from './use-cases/apply-kill-switches/apply-kill-switches.use-case.ts'
import { CloseFollow } from './use-cases/close-follow/close-follow.use-case.ts'
import { CloseOpenBrackets } from './use-cases/close-open-brackets/close-open-brackets.use-case.ts'
import { CloseStrategy } from './use-cases/close-strategy/close-strategy.use-case.ts'
import { EngageKillSwitch } from './use-cases/engage-kill-switch/engage-kill-switch.use-case.ts'
import { ExplainBracket } from './use-cases/explain-bracket/explain-bracket.use-case.ts'
import { GetBracket } from './use-cases/get-bracket/get-bracket.use-case.ts'
import { LearnFacts } from './use-cases/learn-facts/learn-facts.use-case.ts'
import { LearnSubscriptions } from './use-cases/learn-subscriptions/learn-subscriptions.use-case.ts'
import { LeaveFollow } from './use-cases/leave-follow/leave-follow.use-case.ts'
import { ListEndedOrders } from './use-cases/list-ended-orders/list-ended-orders.use-case.ts'
import { ListRefusedSignals } from './use-cases/list-refused-signals/list-refused-signals.use-case.ts'
import { ListSignalBrackets } from './use-cases/list-signal-brackets/list-signal-brackets.use-case.ts'
import { ListBrackets } from './use-cases/list-brackets/list-brackets.use-case.ts'
import { ListKillSwitches } from './use-cases/list-kill-switches/list-kill-switches.use-case.ts'
import { ListPositions } from './use-cases/list-positions/list-positions.use-case.ts'
import { PlanDueEntries } from './use-cases/plan-due-entries/plan-due-entries.use-case.ts'
import { PlanSignal } from './use-cases/plan-signal/plan-signal.use-case.ts'
import { PlanWaiting } from './use-cases/plan-waiting/plan-waiting.use-case.ts'
import { ReadOverview } from './use-cases/read-overview/read-overview.use-case.ts'
import { ReleaseKillSwitch } from './use-cases/release-kill-switch/release-kill-switch.use-case.ts'
import { TakeLosses } from './use-cases/take-losses/take-losses.use-case.ts'
import { TakeOrderUpdates } from './use-cases/take-order-updates/take-order-updates.use-case.ts'
import { WakeBrackets } from './use-cases/wake-brackets/wake-brackets.use-case.ts'
import { WatchLosses } from './use-cases/watch-losses/watch-losses.use-case.ts'
import { WatchPrices } from './use-cases/watch-prices/watch-prices.use-case.ts'
import { WatchSource } from './use-cases/watch-source/watch-source.use-case.ts'

@Module({
  controllers: [
    SignalsConsumer,
    SubscriptionsConsumer,
    AccountsConsumer,
    OrderUpdatesConsumer,
    PositionsConsumer,
    BracketsController,
    OrderHistoryController,
    ClosingController,
    KillSwitchesController,
  ],
  providers: [
    { provide: Planning, useClass: SqlPlanning },
    { provide: Brackets, useClass: SqlBrackets },
    { provide: BracketReads, useClass: SqlBracketReads },
    { provide: OrderHistory, useClass: SqlOrderHistory },
    { provide: Facts, useClass: SqlFacts },
    { provide: Holdings, useClass: SqlHoldings },
    { provide: Subscriptions, useClass: SqlSubscriptions },
    { provide: KillSwitches, useClass: SqlKillSwitches },
    { provide: PriceWatches, useClass: SqlPriceWatches },
    { provide: VenuePrices, useClass: BrokerPrices },
    { provide: SignalRates, useClass: SqlSignalRates },
    { provide: WaitingEntries, useClass: SqlWaitingEntries },
    SlotBell,
    {
      provide: EntryPace,
      useFactory: (clock: Clock) => new EntryPace(() => clock.monotonicMs(), rested),
      inject: [Clock],
    },
    {
      provide: PlanningMeans,
      useFactory: (clock: Clock, metrics: Metrics, pace: EntryPace) => new PlanningMeans(clock, metrics, pace),
      inject: [Clock, Metrics, EntryPace],
    },
    { provide: LossWatches, useClass: SqlLossWatches },
    AdvanceBatch,
    AdvanceBrackets,
    ApplyKillSwitches,
    CloseFollow,
    CloseOpenBrackets,
    CloseStrategy,
    EngageKillSwitch,
    ExplainBracket,
    GetBracket,
    LearnFacts,
    LearnSubscriptions,
    LeaveFollow,
    ListBrackets,
    ListEndedOrders,
    ListRefusedSignals,
    ListSignalBrackets,
    ListKillSwitches,
    ListPositions,
    PlanDueEntries,
    PlanSignal,
    PlanWaiting,
    ReadOverview,
    ReleaseKillSwitch,
    TakeLosses,
    TakeOrderUpdates,
    WakeBrackets,
    WakeBracketsJob,
    WatchLosses,
    WatchPrices,
    WatchPricesJob,
    WatchSource,
  ],
})
export class AppModule {}
