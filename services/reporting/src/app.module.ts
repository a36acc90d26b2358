/** Wiring of `reporting`. Called by startService. Must never hold logic. */
import { Module } from '@nestjs/common'
import { MyfxbookClient } from './clients/myfxbook.client.ts'
import { Ledger } from './ports/ledger.port.ts'
import { OutsideAccounts } from './ports/outside-accounts.port.ts'
import { Reports } from './ports/reports.port.ts'
import { Verifications } from './ports/verifications.port.ts'
import { Worths } from './ports/worths.port.ts'
import { SqlLedger } from './store/sql-ledger.store.ts'
import { SqlReports } from './store/sql-reports.store.ts'
import { SqlVerifications } from './store/sql-verifications.store.ts'
import { SqlWorths } from './store/sql-worths.store.ts'
import { StrategyReturns } from './ports/returns.port.ts'
import { SqlStrategyReturns } from './store/sql-strategy-returns.store.ts'
import { StrategiesConsumer } from './transport/bus/strategies.consumer.ts'
import { TradesConsumer } from './transport/bus/trades.consumer.ts'
import { WorthConsumer } from './transport/bus/worth.consumer.ts'
import { ReportsJob } from './transport/cron/reports.job.ts'
import { VerificationJob } from './transport/cron/verification.job.ts'
import { ReportingController } from './transport/rpc/reporting.controller.ts'
import { WorthController } from './transport/rpc/worth.controller.ts'
import { FindBalances } from './use-cases/find-balances/find-balances.use-case.ts'
import { ReturnsController } from './transport/rpc/returns.controller.ts'
import { GetFollowReturns } from './use-cases/get-follow-returns/get-follow-returns.use-case.ts'
import { GetPerformance } from './use-cases/get-performance/get-performance.use-case.ts'
import { GetStrategy } from './use-cases/get-strategy/get-strategy.use-case.ts'
import { GetStrategyReturns } from './use-cases/get-strategy-returns/get-strategy-returns.use-case.ts'
import { GetTrade } from './use-cases/get-trade/get-trade.use-case.ts'
import { GetUserWorth } from './use-cases/get-user-worth/get-user-worth.use-case.ts'
import { ListAccountTotals } from './use-cases/list-account-totals/list-account-totals.use-case.ts'
import { ListBalanceDays } from './use-cases/list-balance-days/list-balance-days.use-case.ts'
import { ListFollowerPerformance } from './use-cases/list-follower-performance/list-follower-performance.use-case.ts'
import { ListLedgerTrades } from './use-cases/list-ledger-trades/list-ledger-trades.use-case.ts'
import { ListStrategies } from './use-cases/list-strategies/list-strategies.use-case.ts'
import { ListTrades } from './use-cases/list-trades/list-trades.use-case.ts'
import { ListTradingDays } from './use-cases/list-trading-days/list-trading-days.use-case.ts'
import { MakeReports } from './use-cases/make-reports/make-reports.use-case.ts'
import { RecordClosedTrades } from './use-cases/record-closed-trades/record-closed-trades.use-case.ts'
import { RecordHandSignals } from './use-cases/record-hand-signals/record-hand-signals.use-case.ts'
import { RecordOpenedTrades } from './use-cases/record-opened-trades/record-opened-trades.use-case.ts'
import { RecordWorth } from './use-cases/record-worth/record-worth.use-case.ts'
import { RecordStrategies } from './use-cases/record-strategies/record-strategies.use-case.ts'
import { VerifyStrategies } from './use-cases/verify-strategies/verify-strategies.use-case.ts'

@Module({
  controllers: [
    TradesConsumer,
    StrategiesConsumer,
    WorthConsumer,
    ReportingController,
    ReturnsController,
    WorthController,
  ],
  providers: [
    { provide: Ledger, useClass: SqlLedger },
    { provide: StrategyReturns, useClass: SqlStrategyReturns },
    { provide: Worths, useClass: SqlWorths },
    { provide: Reports, useClass: SqlReports },
    { provide: Verifications, useClass: SqlVerifications },
    { provide: OutsideAccounts, useClass: MyfxbookClient },
    ReportsJob,
    VerificationJob,
    VerifyStrategies,
    FindBalances,
    GetFollowReturns,
    GetPerformance,
    GetStrategy,
    GetStrategyReturns,
    GetTrade,
    GetUserWorth,
    ListAccountTotals,
    ListBalanceDays,
    ListFollowerPerformance,
    ListLedgerTrades,
    ListStrategies,
    ListTrades,
    ListTradingDays,
    MakeReports,
    RecordClosedTrades,
    RecordHandSignals,
    RecordOpenedTrades,
    RecordWorth,
    RecordStrategies,
  ],
})
export class AppModule {}
