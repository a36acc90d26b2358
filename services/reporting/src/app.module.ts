/** Wiring of `reporting`. Called by startService. Must never hold logic. */
import { Module } from '@nestjs/common'
import { Ledger } from './ports/ledger.port.ts'
import { SqlLedger } from './store/sql-ledger.store.ts'
import { TradesConsumer } from './transport/bus/trades.consumer.ts'
import { ReportingController } from './transport/rpc/reporting.controller.ts'
import { GetPerformance } from './use-cases/get-performance/get-performance.use-case.ts'
import { GetTrade } from './use-cases/get-trade/get-trade.use-case.ts'
import { ListFollowerPerformance } from './use-cases/list-follower-performance/list-follower-performance.use-case.ts'
import { ListTrades } from './use-cases/list-trades/list-trades.use-case.ts'
import { RecordClosedTrades } from './use-cases/record-closed-trades/record-closed-trades.use-case.ts'
import { RecordOpenedTrades } from './use-cases/record-opened-trades/record-opened-trades.use-case.ts'

@Module({
  controllers: [TradesConsumer, ReportingController],
  providers: [
    { provide: Ledger, useClass: SqlLedger },
    GetPerformance,
    GetTrade,
    ListFollowerPerformance,
    ListTrades,
    RecordClosedTrades,
    RecordOpenedTrades,
  ],
})
export class AppModule {}
