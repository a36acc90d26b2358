/** Wiring of `reporting`. Called by startService. Must never hold logic. */
import { Module } from '@nestjs/common'
import { Ledger } from './ports/ledger.port.ts'
import { SqlLedger } from './store/sql-ledger.store.ts'
import { TradesConsumer } from './transport/bus/trades.consumer.ts'
import { ReportingController } from './transport/rpc/reporting.controller.ts'
import { ReadPerformance } from './use-cases/read-performance/read-performance.use-case.ts'
import { ReadTrades } from './use-cases/read-trades/read-trades.use-case.ts'
import { RecordTrades } from './use-cases/record-trades/record-trades.use-case.ts'

@Module({
  controllers: [TradesConsumer, ReportingController],
  providers: [{ provide: Ledger, useClass: SqlLedger }, ReadPerformance, ReadTrades, RecordTrades],
})
export class AppModule {}
