/** `signals` as data. Called by main, the launcher, the testkit and the generators. Must never start anything. */
import { defineService } from '@tradewire/nest-kit/define-service'
import { AppModule } from './app.module.ts'
import { signalsConfig } from './config.ts'
import { signalsErrors } from './signals.errors.ts'
import { FollowRow } from './store/follow.row.ts'
import { createSignals } from './store/migrations/001-signals.migration.ts'
import { RiskProfileRow } from './store/risk-profile.row.ts'
import { StrategyRow } from './store/strategy.row.ts'
import { serveAlerts } from './transport/http/alert.controller.ts'

/** Below the 2.5 s that the gateway waits for an answer to an alert, above the time that a busy machine takes to connect. */
const connectionWaitMs = 1_500

export const signalsService = defineService({
  name: 'signals',
  config: signalsConfig,
  module: AppModule,
  errors: signalsErrors,
  database: {
    schema: 'signals',
    rows: [StrategyRow, RiskProfileRow, FollowRow],
    migrations: [createSignals],
    connectionWaitMs,
  },
  bus: true,
  // Alerts are taken without the bus; their events wait in the outbox.
  readyWithoutBus: true,
  configureHttp: serveAlerts,
})
