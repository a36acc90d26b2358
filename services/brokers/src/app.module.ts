/** Wiring of `brokers`. Called by startService. Must never hold logic. */
import { Module } from '@nestjs/common'
import { CONFIG } from '@tradewire/nest-kit/tokens'
import { Budgets } from './clients/budgets.client.ts'
import { Sessions } from './clients/sessions.client.ts'
import type { BrokersConfig } from './config.ts'
import { Desk } from './domain/desk.ts'
import { AccountStore } from './store/account.store.ts'
import { AttemptWriter } from './store/attempt-writer.store.ts'
import { AttemptStore } from './store/attempt.store.ts'
import { DatabaseTime } from './store/database-time.store.ts'
import { InstrumentStore } from './store/instrument.store.ts'
import { LeaseStore } from './store/lease.store.ts'
import { SubmitMarks } from './store/submit-marks.store.ts'
import { LeasesJob } from './transport/cron/leases.job.ts'
import { UpkeepJob } from './transport/cron/upkeep.job.ts'
import { AccountsController } from './transport/rpc/accounts.controller.ts'
import { AttemptsController } from './transport/rpc/attempts.controller.ts'
import { AnnounceInstruments } from './use-cases/announce-instruments/announce-instruments.use-case.ts'
import { ApplyEvidence } from './use-cases/apply-evidence/apply-evidence.use-case.ts'
import { CancelOrders } from './use-cases/cancel-orders/cancel-orders.use-case.ts'
import { ConnectAccounts } from './use-cases/connect-accounts/connect-accounts.use-case.ts'
import { WelcomeAccount } from './use-cases/connect-accounts/welcome-account.use-case.ts'
import { FollowAccounts } from './use-cases/follow-accounts/follow-accounts.use-case.ts'
import { HearVenue } from './use-cases/hear-venue/hear-venue.use-case.ts'
import { KeepBalances } from './use-cases/keep-balances/keep-balances.use-case.ts'
import { AskVenue } from './use-cases/manage-accounts/ask-venue.use-case.ts'
import { ManageAccounts } from './use-cases/manage-accounts/manage-accounts.use-case.ts'
import { OwnPartitions } from './use-cases/own-partitions/own-partitions.use-case.ts'
import { PartitionWork } from './use-cases/own-partitions/partition-work.use-case.ts'
import { RecoverAttempts } from './use-cases/own-partitions/recover-attempts.use-case.ts'
import { TakeUp } from './use-cases/own-partitions/take-up.use-case.ts'
import { PlaceOrders } from './use-cases/place-orders/place-orders.use-case.ts'
import { SendGate } from './use-cases/place-orders/send-gate.client.ts'
import { SettleOutcome } from './use-cases/place-orders/settle-outcome.use-case.ts'
import { ReconcileOrders } from './use-cases/reconcile-orders/reconcile-orders.use-case.ts'
import { ResolveUnknown } from './use-cases/resolve-unknown/resolve-unknown.use-case.ts'
import { RunLanes } from './use-cases/run-lanes/run-lanes.use-case.ts'
import { CommandIntake } from './use-cases/take-commands/command-intake.client.ts'
import { CommandStores, TakeCommands } from './use-cases/take-commands/take-commands.use-case.ts'
import { TrackHealth } from './use-cases/track-health/track-health.use-case.ts'

@Module({
  controllers: [AccountsController, AttemptsController],
  providers: [
    { provide: Desk, useFactory: (config: BrokersConfig) => new Desk(config.connections), inject: [CONFIG] },
    AccountStore,
    AnnounceInstruments,
    ApplyEvidence,
    AskVenue,
    AttemptStore,
    AttemptWriter,
    Budgets,
    CancelOrders,
    CommandIntake,
    CommandStores,
    ConnectAccounts,
    DatabaseTime,
    FollowAccounts,
    HearVenue,
    InstrumentStore,
    KeepBalances,
    LeaseStore,
    LeasesJob,
    ManageAccounts,
    OwnPartitions,
    PartitionWork,
    PlaceOrders,
    ReconcileOrders,
    RecoverAttempts,
    ResolveUnknown,
    RunLanes,
    SendGate,
    Sessions,
    SettleOutcome,
    SubmitMarks,
    TakeCommands,
    TakeUp,
    TrackHealth,
    UpkeepJob,
    WelcomeAccount,
  ],
})
export class AppModule {}
