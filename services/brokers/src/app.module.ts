/** Wiring of `brokers`. Called by startService. Must never hold logic. */
import { Module } from '@nestjs/common'
import { Clock } from '@tradewire/kernel/clock'
import { Randomness } from '@tradewire/kernel/randomness'
import { CONFIG } from '@tradewire/nest-kit/tokens'
import { BrokerRegistry } from './adapters/registry.adapter.ts'
import { Budgets } from './clients/budgets.client.ts'
import { masterKeyHolderOf } from './clients/master-key-holder.client.ts'
import { PartitionIntake } from './clients/partition-intake.client.ts'
import { ProcessIdentity } from './clients/process-identity.client.ts'
import { VenueSendGate } from './clients/venue-send-gate.client.ts'
import { AdapterMeans, VenueSessions } from './clients/venue-sessions.client.ts'
import { type BrokersConfig, laneSlotsOf } from './config.ts'
import { Desk } from './domain/sending/desk.ts'
import { PassSchedule } from './domain/reconcile/pass-schedule.ts'
import { Accounts } from './ports/accounts.port.ts'
import { Allowances } from './ports/allowances.port.ts'
import { Attempts } from './ports/attempts.port.ts'
import { Brokers } from './ports/brokers.port.ts'
import { CommandIntake } from './ports/command-intake.port.ts'
import { CommandLog } from './ports/command-log.port.ts'
import { CredentialBoxes } from './ports/credential-boxes.port.ts'
import { DatabaseTime } from './ports/database-time.port.ts'
import { Instruments } from './ports/instruments.port.ts'
import { KeyWarnings } from './ports/key-warnings.port.ts'
import { Leases } from './ports/leases.port.ts'
import { Leverages } from './ports/leverages.port.ts'
import { MasterKeyHolder } from './ports/master-keys.port.ts'
import { Reconciliations } from './ports/reconciliations.port.ts'
import { Results } from './ports/results.port.ts'
import { SealedKeys } from './ports/sealed-keys.port.ts'
import { SendGate } from './ports/send-gate.port.ts'
import { Sessions } from './ports/sessions.port.ts'
import { AccountStore } from './store/account.store.ts'
import { AllowancesStore } from './store/allowances.store.ts'
import { AnchoredTime } from './store/anchored-time.store.ts'
import { AttemptWriter } from './store/attempt-writer.store.ts'
import { AttemptStore } from './store/attempt.store.ts'
import { CommandLogStore } from './store/command-log.store.ts'
import { CredentialSealer } from './store/credential-sealer.store.ts'
import { CredentialsKeyStore } from './store/credentials-key.store.ts'
import { InstrumentStore } from './store/instrument.store.ts'
import { KeyWarningStore } from './store/key-warnings.store.ts'
import { LeaseStore } from './store/lease.store.ts'
import { LeverageStore } from './store/leverages.store.ts'
import { ReconciliationStore } from './store/reconciliation.store.ts'
import { SealedKeyStore } from './store/sealed-keys.store.ts'
import { SubmitMarks } from './store/submit-marks.store.ts'
import { CommandsConsumer } from './transport/bus/commands.consumer.ts'
import { EntitlementsConsumer } from './transport/bus/entitlements.consumer.ts'
import { KeysJob } from './transport/cron/keys.job.ts'
import { LeasesJob } from './transport/cron/leases.job.ts'
import { InstrumentsJob } from './transport/cron/instruments.job.ts'
import { RatesJob } from './transport/cron/rates.job.ts'
import { UpkeepJob } from './transport/cron/upkeep.job.ts'
import { AccountsController } from './transport/rpc/accounts.controller.ts'
import { AttemptsController } from './transport/rpc/attempts.controller.ts'
import { CredentialsController } from './transport/rpc/credentials.controller.ts'
import { VenueBooksController } from './transport/rpc/venue-books.controller.ts'
import { VenuesController } from './transport/rpc/venues.controller.ts'
import { AgreeInstruments } from './use-cases/agree-instruments/agree-instruments.use-case.ts'
import { AnnounceInstruments } from './use-cases/announce-instruments/announce-instruments.use-case.ts'
import { AnnounceRates } from './use-cases/announce-rates/announce-rates.use-case.ts'
import { ApplyEvidence } from './use-cases/apply-evidence/apply-evidence.use-case.ts'
import { CancelOrders } from './use-cases/cancel-orders/cancel-orders.use-case.ts'
import { CheckAccount } from './use-cases/check-account/check-account.use-case.ts'
import { ConnectAccounts } from './use-cases/connect-accounts/connect-accounts.use-case.ts'
import { WelcomeAccount } from './use-cases/welcome-account/welcome-account.use-case.ts'
import { FollowAccounts } from './use-cases/follow-accounts/follow-accounts.use-case.ts'
import { HearLeverage } from './use-cases/hear-leverage/hear-leverage.use-case.ts'
import { HearVenue } from './use-cases/hear-venue/hear-venue.use-case.ts'
import { KeepBalances } from './use-cases/keep-balances/keep-balances.use-case.ts'
import { AskVenue } from './use-cases/ask-venue/ask-venue.use-case.ts'
import { ListDrift } from './use-cases/list-drift/list-drift.use-case.ts'
import { LookUpOrder } from './use-cases/look-up-order/look-up-order.use-case.ts'
import { ListVenueFills } from './use-cases/list-venue-fills/list-venue-fills.use-case.ts'
import { ListVenueOrders } from './use-cases/list-venue-orders/list-venue-orders.use-case.ts'
import { ListVenuePositions } from './use-cases/list-venue-positions/list-venue-positions.use-case.ts'
import { ListVenues } from './use-cases/list-venues/list-venues.use-case.ts'
import { LearnAllowances } from './use-cases/learn-allowances/learn-allowances.use-case.ts'
import { ManageAccounts } from './use-cases/manage-accounts/manage-accounts.use-case.ts'
import { OwnPartitions } from './use-cases/own-partitions/own-partitions.use-case.ts'
import { HoldPartitions } from './use-cases/hold-partitions/hold-partitions.use-case.ts'
import { RecoverAttempts } from './use-cases/recover-attempts/recover-attempts.use-case.ts'
import { TakeUpAttempts } from './use-cases/take-up-attempts/take-up-attempts.use-case.ts'
import { PlaceOrders } from './use-cases/place-orders/place-orders.use-case.ts'
import { SettleOutcome } from './use-cases/settle-outcome/settle-outcome.use-case.ts'
import { RefreshInstruments } from './use-cases/refresh-instruments/refresh-instruments.use-case.ts'
import { ReadAttempts } from './use-cases/read-attempts/read-attempts.use-case.ts'
import { ReadPrices } from './use-cases/read-prices/read-prices.use-case.ts'
import { ReadVenue } from './use-cases/read-venue/read-venue.use-case.ts'
import { ReconcileAccount } from './use-cases/reconcile-account/reconcile-account.use-case.ts'
import { ResolveUnknown } from './use-cases/resolve-unknown/resolve-unknown.use-case.ts'
import { RotateKeys } from './use-cases/rotate-keys/rotate-keys.use-case.ts'
import { RunLanes } from './use-cases/run-lanes/run-lanes.use-case.ts'
import { TakeFindings } from './use-cases/take-findings/take-findings.use-case.ts'
import { TendOrders } from './use-cases/tend-orders/tend-orders.use-case.ts'
import { TakeCommands } from './use-cases/take-commands/take-commands.use-case.ts'
import { TrackHealth } from './use-cases/track-health/track-health.use-case.ts'
import { WarnOfKeys } from './use-cases/warn-of-keys/warn-of-keys.use-case.ts'
import { WatchAccounts } from './use-cases/watch-accounts/watch-accounts.use-case.ts'

@Module({
  controllers: [
    AccountsController,
    AttemptsController,
    CredentialsController,
    VenueBooksController,
    VenuesController,
    EntitlementsConsumer,
  ],
  providers: [
    { provide: Desk, useFactory: (config: BrokersConfig) => new Desk(laneSlotsOf(config)), inject: [CONFIG] },
    {
      provide: PassSchedule,
      useFactory: (clock: Clock, randomness: Randomness, { paperRateLimits }: BrokersConfig) =>
        new PassSchedule({
          nowMs: () => clock.monotonicMs(),
          fraction: () => randomness.fraction(),
          paperRateLimits,
        }),
      inject: [Clock, Randomness, CONFIG],
    },
    {
      provide: MasterKeyHolder,
      useFactory: masterKeyHolderOf,
      inject: [CONFIG, Randomness, Clock],
    },
    // Stores that only other stores use have no port.
    AttemptStore,
    CredentialSealer,
    LeaseStore,
    SubmitMarks,
    ProcessIdentity,
    Budgets,
    AdapterMeans,
    { provide: Accounts, useClass: AccountStore },
    { provide: Leverages, useClass: LeverageStore },
    { provide: Allowances, useClass: AllowancesStore },
    { provide: Attempts, useExisting: AttemptStore },
    { provide: Brokers, useClass: BrokerRegistry },
    { provide: CommandIntake, useClass: PartitionIntake },
    { provide: CommandLog, useClass: CommandLogStore },
    { provide: CredentialBoxes, useClass: CredentialsKeyStore },
    { provide: DatabaseTime, useClass: AnchoredTime },
    { provide: Instruments, useClass: InstrumentStore },
    { provide: KeyWarnings, useClass: KeyWarningStore },
    { provide: Leases, useExisting: LeaseStore },
    { provide: Reconciliations, useClass: ReconciliationStore },
    { provide: Results, useClass: AttemptWriter },
    { provide: SealedKeys, useClass: SealedKeyStore },
    { provide: SendGate, useClass: VenueSendGate },
    { provide: Sessions, useClass: VenueSessions },
    AgreeInstruments,
    AnnounceInstruments,
    AnnounceRates,
    ApplyEvidence,
    AskVenue,
    CancelOrders,
    CommandsConsumer,
    CheckAccount,
    ConnectAccounts,
    FollowAccounts,
    HearLeverage,
    HearVenue,
    HoldPartitions,
    KeepBalances,
    KeysJob,
    LeasesJob,
    ListDrift,
    ListVenueFills,
    ListVenueOrders,
    ListVenuePositions,
    ListVenues,
    LookUpOrder,
    LearnAllowances,
    ManageAccounts,
    OwnPartitions,
    PlaceOrders,
    ReadAttempts,
    ReadPrices,
    ReadVenue,
    ReconcileAccount,
    RecoverAttempts,
    ResolveUnknown,
    RotateKeys,
    RunLanes,
    SettleOutcome,
    TakeCommands,
    TakeFindings,
    TakeUpAttempts,
    TendOrders,
    TrackHealth,
    RefreshInstruments,
    InstrumentsJob,
    RatesJob,
    UpkeepJob,
    WarnOfKeys,
    WatchAccounts,
    WelcomeAccount,
  ],
})
export class AppModule {}
